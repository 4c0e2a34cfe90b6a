/** The lock for renewals: beside the cache, not for ever, and never a reason not to renew. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { lutimes, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createFileLock } from '#lib/cache/storage/file-lock.js'
import { createRefreshLock } from '#lib/cache/storage/refresh-lock.js'
import { createLogger } from '#lib/logger.js'
import { loadNativeAddon } from '#lib/native/addon.js'
import type { Clock } from '#lib/request/clock.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { deadPid, temporaryFolder } from '../support/machine.js'
import { FastClock, startProgram } from './support.js'

const native = loadNativeAddon()
const KEY = '["client","user.tenant","login.windows.net"]'
const DAY_MS = 24 * 3_600_000

async function beside(t: TestContext, name = 'cache') {
  const folder = await temporaryFolder(t)
  const file = join(folder, name)
  const log: string[] = []
  const logger = createLogger({ log: (_level, message) => log.push(message), logPii: true })
  /** Of another process, as far as the file tells. */
  const open = (clock: Clock = SYSTEM_CLOCK) => createRefreshLock({ file, native, clock, logger })
  /** The file of the lock, as it is named while somebody has it. */
  const lockFile = async (): Promise<string> => {
    const [found = ''] = await open().withRefreshLock(KEY, () => readdir(folder))
    return join(folder, found)
  }
  return { folder, file, log, open, lockFile }
}

/** Something that waits until it is told to go on. */
function gate() {
  let open = () => {}
  const passed = new Promise<void>(resolve => {
    open = resolve
  })
  return { open: () => open(), passed }
}

describe('withRefreshLock', () => {
  test('has one file a key, whose name tells nothing of the user, and leaves none', async t => {
    const { folder, open } = await beside(t)
    const names = await open().withRefreshLock(KEY, () => open().withRefreshLock('another', () => readdir(folder)))
    assert.equal(names.length, 2)
    for (const name of names) assert.match(name, /^cache\.[0-9a-f]{16}\.refresh\.lockfile$/)
    assert.deepEqual(await readdir(folder), [])
  })

  test('lets one in at a time, in one process and in several', async t => {
    const { open } = await beside(t)
    const [one, other] = [open(), open()]
    let inside = 0
    const work = async () => {
      assert.equal(++inside, 1)
      await setTimeout(2)
      inside--
    }
    await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 3 ? one : other).withRefreshLock(KEY, work)))
  })

  test('leaves the lock of the cache free', async t => {
    const { file, open } = await beside(t)
    const cacheLock = createFileLock({ path: `${file}.lockfile`, native, clock: SYSTEM_CLOCK, timeoutMs: 50 })
    assert.equal(await open().withRefreshLock(KEY, () => cacheLock.withLock(async () => 'free')), 'free')
  })

  test('hands out what the work resolves with and what it throws', async t => {
    const { open } = await beside(t)
    const failure = new Error('of the service')
    assert.equal(await open().withRefreshLock(KEY, async () => 5), 5)
    const lock = open()
    for (let i = 0; i < 2; i++) {
      await assert.rejects(
        lock.withRefreshLock(KEY, () => Promise.reject(failure)),
        error => error === failure,
      )
    }
  })
})

describe('waiting', () => {
  test('ends after thirty seconds, and the work is done without the lock', async t => {
    const { lockFile, log, open } = await beside(t)
    const holder = startProgram(t, 'use-lock', 'hold', await lockFile())
    assert.equal(await holder.line(), 'held')
    const clock = new FastClock()
    const lock = open(clock)
    const started = clock.now()
    const waits = await Promise.all([1, 2, 3].map(() => lock.withRefreshLock(KEY, async () => clock.now() - started)))
    assert.ok(
      waits.every(ms => ms >= 30_000 && ms < 31_000),
      String(waits),
    )
    assert.equal(log.filter(message => /cache_lock_timeout/.test(message)).length, 1)
  })

  test('ends with the signal, before the work', async t => {
    const { open } = await beside(t)
    const { open: letGo, passed } = gate()
    const holding = open().withRefreshLock(KEY, () => passed)
    const controller = new AbortController()
    const reason = new Error('gave up')
    const lock = open()
    const never = async () => assert.fail('the work ran')
    const waiting = [1, 2].map(() => lock.withRefreshLock(KEY, never, controller.signal))
    const ended = Promise.all(waiting.map(wait => assert.rejects(wait, error => error === reason)))
    await setTimeout(30)
    controller.abort(reason)
    await ended
    letGo()
    await holding
  })

  test('ends at once when the holder is killed', async t => {
    const { lockFile, open } = await beside(t)
    const path = await lockFile()
    const holder = startProgram(t, 'use-lock', 'hold', path)
    assert.equal(await holder.line(), 'held')
    const waiting = open().withRefreshLock(KEY, async () => performance.now())
    await setTimeout(50)
    await holder.kill()
    const killedAt = performance.now()
    assert.ok((await waiting) - killedAt < 2_000)
    assert.equal(existsSync(path), false)
  })
})

describe('what keeps nobody from renewing', () => {
  test('a folder that is not there, or in which nothing can be made; it is said once', async t => {
    const { file, open, log, folder } = await beside(t, join('missing', 'cache'))
    const lock = open()
    for (let i = 0; i < 3; i++) assert.equal(await lock.withRefreshLock(KEY, async () => 'renewed'), 'renewed')
    assert.equal(log.length, 1)
    assert.match(log[0] ?? '', /cache_write_failed/)
    assert.equal(existsSync(join(file, '..')), false)

    // Root may write to any folder, but to none that is a file.
    await writeFile(join(folder, 'missing'), '')
    assert.equal(await lock.withRefreshLock(KEY, async () => 'renewed'), 'renewed')
  })

  test('no native addon', async t => {
    const { file } = await beside(t)
    const logger = createLogger(undefined)
    const lock = createRefreshLock({ file, native: { ...native, fileLock: undefined }, clock: SYSTEM_CLOCK, logger })
    assert.equal(await lock.withRefreshLock(KEY, async () => 'renewed'), 'renewed')
  })

  for (const [what, text] of [
    ['of a killed process', `${deadPid()} node\n`],
    ['that names a process with the number of one that was killed', `${process.pid} node\n`],
    ['of a process that was killed before it could write', ''],
  ] as const) {
    test(`a lock file ${what}`, async t => {
      const { lockFile, open } = await beside(t)
      const path = await lockFile()
      await writeFile(path, text)
      const clock = new FastClock()
      const started = clock.now()
      const waitedMs = await open(clock).withRefreshLock(KEY, async () => clock.now() - started)
      assert.ok(waitedMs < 100, `waited ${waitedMs} ms`)
      assert.equal(existsSync(path), false)
    })
  }
})

test('lock files that were left behind go with the next renewal; those of others and what is in use stay', async t => {
  const { folder, file, open } = await beside(t)
  const old = (Date.now() - DAY_MS) / 1000
  const litter = ['0123456789abcdef', 'fedcba9876543210'].map(hash => `${file}.${hash}.refresh.lockfile`)
  const held = `${file}.00000000aaaaaaaa.refresh.lockfile`
  const fresh = `${file}.00000000bbbbbbbb.refresh.lockfile`
  const others = [`${file}2.0123456789abcdef.refresh.lockfile`, `${file}.x.refresh.lockfile`, `${file}.lockfile`]
  const holder = startProgram(t, 'use-lock', 'hold', held)
  assert.equal(await holder.line(), 'held')
  for (const path of [...litter, fresh, ...others]) await writeFile(path, `${deadPid()} node\n`)
  const target = join(folder, 'target')
  await mkdir(target)
  const link = `${file}.00000000cccccccc.refresh.lockfile`
  await symlink(target, link)
  for (const path of [...litter, held, link, ...others]) await lutimes(path, old, old)
  const lock = open()
  await lock.withRefreshLock(KEY, async () => {})
  const left = (await readdir(folder)).sort()
  const expected = [held, fresh, link, target, ...others].map(path => path.slice(folder.length + 1)).sort()
  assert.deepEqual(left, expected)
})
