/** A parent window from its check to its release: what is waited for, what ends the wait, and what is only logged. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type AttachOptions, attachToParent, bringToFront, findParentWindow } from '#lib/browser/parent-window.js'
import { createLogger, LogLevel } from '#lib/logger.js'
import { FakeClock } from '../../fakes/fake-clock.js'
import { FakeParentWindow } from '../../fakes/fake-parent-window.js'

const PARENT = 0x100n
const CHILD = 0x200n
const PID = 42

function setUp() {
  const native = new FakeParentWindow()
  native.windows.set(PARENT, 1)
  const lines: string[] = []
  const log = (level: LogLevel, message: string) =>
    void lines.push(`${level} ${message.replace(/^.*?(?=parent window:)/, '')}`)
  const logger = createLogger({ log, level: LogLevel.Verbose })
  const clock = new FakeClock()
  const find = async () => (await findParentWindow(PARENT, native.addon, logger)) ?? assert.fail('no parent')
  const attach = async (options: Partial<AttachOptions> = {}) =>
    attachToParent({ parent: await find(), pid: PID, clock, logger, ...options })
  return { native, lines, logger, clock, find, attach }
}

/** Lets everything happen that waits for nothing. */
const settle = async () => {
  for (let turn = 0; turn < 10; ++turn) await nextTurn()
}

describe('looking for the parent', () => {
  test('a window that is gone is refused', async () => {
    const { native, logger } = setUp()
    await assert.rejects(findParentWindow(7n, native.addon, logger), {
      name: 'ClientError',
      code: 'invalid_window_handle',
    })
  })

  test('a system without windows, or that does not answer, is warned of and does without', async () => {
    const { native, lines, logger } = setUp()
    for (const code of ['UNAVAILABLE', 'TIMEOUT', 'FAILED'] as const) {
      native.failures.set('inspect', code)
      assert.equal(await findParentWindow(PARENT, native.addon, logger), undefined)
      assert.equal(lines.pop(), `warning parent window: left out: call: ${code}`)
    }
    assert.equal(await findParentWindow(PARENT, { parentWindow: undefined }, logger), undefined)
    assert.equal(lines.pop(), 'warning parent window: left out, since the native addon is not there')
  })

  test('a window that does not come to the front is only logged', async () => {
    const { native, lines, logger, find } = setUp()
    const parent = await find()
    await bringToFront(parent, logger)
    native.letsActivate = false
    await bringToFront(parent, logger)
    native.windows.clear()
    await bringToFront(parent, logger)
    assert.deepEqual(lines, [
      'verbose parent window: in front',
      'info parent window: the system did not bring it to the front',
      'info parent window: not brought to the front: call: INVALID_HANDLE',
    ])
  })
})

describe('attaching', () => {
  test('waits for the window of the process, and releases the parent once', async () => {
    const { native, clock, attach } = setUp()
    const attachment = await attach()
    await clock.advance(5_000)
    assert.deepEqual(native.done, [])
    native.windows.set(CHILD, PID)
    await clock.advance(100)
    assert.equal(await attachment.attached, true)
    await clock.advance(10_000)
    await Promise.all([attachment.release(), attachment.release()])
    await attachment.release()
    assert.deepEqual(native.done, ['own 512 by 256', 'release 256'])
    assert.deepEqual([clock.sleeping, attachment.parentClosed.aborted], [0, false])
  })

  test('tries again while the parent is busy, or when the window was gone again', async () => {
    const { native, clock, attach } = setUp()
    native.windows.set(CHILD, PID)
    for (const code of ['TIMEOUT', 'INVALID_HANDLE'] as const) {
      native.failures.set('own', code)
      const attachment = await attach()
      await clock.advance(1_000)
      native.failures.delete('own')
      await clock.advance(100)
      assert.equal(await attachment.attached, true)
      await attachment.release()
    }
  })

  test('gives up where it is not possible or nothing comes, and still watches the parent and brings it to the front', async () => {
    const { native, lines, clock, attach } = setUp()
    native.failures.set('find', 'UNAVAILABLE')
    const impossible = await attach()
    assert.equal(await impossible.attached, false)
    assert.match(String(lines.pop()), /^warning .*does not belong to it: call: UNAVAILABLE$/)
    await impossible.release()
    assert.deepEqual(native.done.splice(0), ['activate 256'])

    native.failures.clear()
    const late = await attach()
    await clock.advance(30_100)
    assert.equal(await late.attached, false)
    native.windows.set(CHILD, PID)
    await clock.advance(1_000)
    assert.deepEqual(native.done, [])
    native.windows.delete(PARENT)
    await clock.advance(250)
    assert.equal(late.parentClosed.aborted, true)
    await late.release()
    assert.deepEqual(native.done, [])
  })

  test('notices that the parent is closed, and has nothing to release then', async () => {
    const { native, lines, clock, attach } = setUp()
    native.windows.set(CHILD, PID)
    const attachment = await attach()
    await settle()
    native.windows.delete(PARENT)
    await clock.advance(250)
    assert.equal(attachment.parentClosed.aborted, true)
    await attachment.release()
    assert.deepEqual(lines, [])
    assert.equal(clock.sleeping, 0)
  })

  test('a parent that cannot be looked at for a moment is not taken for closed', async () => {
    const { native, clock, attach } = setUp()
    const attachment = await attach()
    await settle()
    for (const code of ['TIMEOUT', 'UNAVAILABLE'] as const) {
      native.failures.set('inspect', code)
      await clock.advance(500)
    }
    assert.equal(attachment.parentClosed.aborted, false)
    await attachment.release()
  })

  test('ends with its signal, before the window is there and after', async () => {
    const { native, clock, attach } = setUp()
    const early = new AbortController()
    const waiting = await attach({ signal: early.signal })
    await settle()
    early.abort()
    assert.equal(await waiting.attached, false)
    native.windows.set(CHILD, PID)
    const late = new AbortController()
    const attachment = await attach({ signal: late.signal })
    assert.equal(await attachment.attached, true)
    late.abort()
    await attachment.release()
    const aborted = await attach({ signal: AbortSignal.abort() })
    assert.equal(await aborted.attached, false)
    await settle()
    assert.deepEqual(native.done, ['activate 256', 'own 512 by 256', 'release 256', 'activate 256'])
    assert.equal(clock.sleeping, 0)
  })

  test('a release that fails is only logged', async () => {
    const { native, lines, attach } = setUp()
    native.windows.set(CHILD, PID)
    native.failures.set('release', 'FAILED')
    const attachment = await attach()
    assert.equal(await attachment.attached, true)
    await attachment.release()
    assert.deepEqual(lines, ['warning parent window: not released: call: FAILED'])
  })

  test('a parent that is switched off is switched on when the process ends', async () => {
    const { native, attach } = setUp()
    native.isWindows = true
    native.windows.set(CHILD, PID)
    const before = process.listeners('exit')
    const attachment = await attach()
    assert.equal(await attachment.attached, true)
    const [onExit, ...others] = process.listeners('exit').filter(listener => !before.includes(listener))
    assert.deepEqual(others, [])
    onExit?.(0)
    assert.deepEqual(native.done, ['own 512 by 256', 'release 256 now'])
    await attachment.release()
    assert.deepEqual(process.listeners('exit'), before)
  })
})
