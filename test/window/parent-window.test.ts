/** A window of another process that belongs to the application's: on a real X server with openbox. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { attachToParent, findParentWindow } from '#lib/browser/parent-window.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { LOADER } from '../native/support.js'
import { addon, Desktop, native } from './support.js'

const desktop = await Desktop.start()

// The middle of the place of the parent, and a corner of it that the child does not reach.
const MIDDLE = '360,320'
const CORNER = '100,500'
const BLUE = '#4682b4'
const GOLD = '#ffd700'

const attach = async (t: TestContext, window: bigint, pid: number) => {
  const parent = await findParentWindow(window, addon, SILENT_LOGGER)
  assert.ok(parent)
  const attachment = attachToParent({ parent, pid, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER })
  t.after(() => attachment.release())
  return attachment
}

test('the window stays above its parent, is minimised with it, and leaves it the focus', async t => {
  const parent = await desktop.show(t, 'PARENT', '100x40+50+50', { colour: 'steelblue' })
  // The child is not there yet, and is started by a script.
  const child = desktop.start(t, 'CHILD', '40x10+800+600', { wrapped: true, colour: 'gold' })
  const attachment = await attach(t, parent.window, child.pid)
  assert.equal(await attachment.attached, true)
  const window = (await native.find(child.pid)) ?? assert.fail('no window')

  await desktop.becomes('WM_TRANSIENT_FOR', parent.window, window)
  await desktop.becomes('_NET_WM_STATE', /_NET_WM_STATE_MODAL/, window)
  await desktop.becomes('_NET_ACTIVE_WINDOW', window)
  await delay(300)
  assert.deepEqual(await desktop.picture('parent-window', MIDDLE, CORNER), [GOLD, BLUE])

  // The difference to its middle is half a pixel and the frame at most.
  const [inner, outer] = [await native.inspect(window), await native.inspect(parent.window)]
  assert.ok(Math.abs(inner.x + inner.width / 2 - (outer.x + outer.width / 2)) <= 1)
  assert.ok(Math.abs(inner.y + inner.height / 2 - (outer.y + outer.height / 2)) <= 1)

  await desktop.tool('wmctrl', '-ia', String(parent.window))
  await desktop.tool('xdotool', 'windowraise', String(parent.window))
  await delay(300)
  assert.deepEqual((await desktop.stacking()).slice(-2), [parent.window, window])
  const other = await desktop.show(t, 'OTHER', '100x40+60+60', { colour: 'gray' })
  await desktop.becomes('_NET_ACTIVE_WINDOW', other.window)
  await desktop.tool('wmctrl', '-ia', String(parent.window))
  await delay(300)
  assert.deepEqual(await desktop.stacking(), [other.window, parent.window, window])

  await desktop.tool('xdotool', 'windowminimize', String(parent.window))
  await desktop.becomes('WM_STATE', /Iconic/, window)
  await desktop.tool('wmctrl', '-ia', String(parent.window))
  await desktop.becomes('WM_STATE', /Normal/, window)
  await desktop.tool('wmctrl', '-ia', String(other.window))

  await attachment.release()
  await desktop.becomes('_NET_ACTIVE_WINDOW', parent.window)
  assert.doesNotMatch(await desktop.property('_NET_WM_STATE', window), /MODAL/)
  child.process.kill('SIGTERM')
  await desktop.becomes('_NET_ACTIVE_WINDOW', parent.window)
  await delay(300)
  assert.deepEqual(await desktop.picture('parent-window-after', MIDDLE, CORNER), [BLUE, BLUE])
})

test('without it the parent covers the other window: the test above can fail', async t => {
  const parent = await desktop.show(t, 'PARENT', '100x40+50+50', { colour: 'steelblue' })
  const other = await desktop.show(t, 'OTHER', '40x10+240+260', { colour: 'gold' })
  await desktop.tool('wmctrl', '-ia', String(parent.window))
  await desktop.becomes('_NET_ACTIVE_WINDOW', parent.window)
  assert.deepEqual((await desktop.stacking()).slice(-2), [other.window, parent.window])
  await delay(300)
  assert.deepEqual(await desktop.picture('no-parent-window', MIDDLE), [BLUE])
})

test('a handle of a window within the application’s stands for the whole', async t => {
  const parent = await desktop.show(t, 'PARENT', '80x24+50+50')
  const child = await desktop.show(t, 'CHILD', '20x5+500+400')
  // A terminal tells the programs in it the window that it draws them in.
  const inner = BigInt(
    /0x[0-9a-f]+/.exec(
      await desktop
        .tool('xwininfo', '-id', String(parent.window), '-tree')
        .then(text => text.split('child').at(-1) ?? ''),
    )?.[0] ?? 0,
  )
  assert.notEqual(inner, parent.window)
  assert.equal((await native.inspect(inner)).processId, parent.program.pid)
  const ownership = await native.own(child.window, inner)
  await desktop.becomes('WM_TRANSIENT_FOR', parent.window, child.window)
  assert.equal(await ownership.release(), true)
  await desktop.becomes('_NET_ACTIVE_WINDOW', parent.window)
})

test('a parent that is minimised comes to the front', async t => {
  const { window } = await desktop.show(t, 'PARENT', '80x24+50+50')
  await desktop.tool('xdotool', 'windowminimize', String(window))
  await desktop.becomes('WM_STATE', /Iconic/, window)
  assert.equal(await native.activate(window), true)
  await desktop.becomes('WM_STATE', /Normal/, window)
  await desktop.becomes('_NET_ACTIVE_WINDOW', window)
})

describe('handles', () => {
  test('that are no window, or of one that is gone, are refused by every call', async t => {
    const stale = await desktop.show(t, 'STALE', '20x5+0+0')
    const { window } = await desktop.show(t, 'PARENT', '20x5+300+0')
    await stale.program.kill()
    await assert.rejects(native.inspect(stale.window), { code: 'INVALID_HANDLE' })
    const root = BigInt(/0x[0-9a-f]+/.exec(await desktop.tool('xwininfo', '-root'))?.[0] ?? 0)
    for (const bogus of [0n, 1n, 0xdeadbeefn, 2n ** 32n + window, 2n ** 64n - 1n, stale.window, root]) {
      await assert.rejects(native.inspect(bogus), { code: 'INVALID_HANDLE' }, `inspect ${bogus}`)
      await assert.rejects(native.activate(bogus), { code: 'INVALID_HANDLE' }, `activate ${bogus}`)
      await assert.rejects(native.own(window, bogus), { code: 'INVALID_HANDLE' }, `own by ${bogus}`)
      await assert.rejects(native.own(bogus, window), { code: 'INVALID_HANDLE' }, `own ${bogus}`)
    }
    for (const wrong of [-1n, 2n ** 64n, 5, '5', undefined]) {
      assert.throws(() => native.inspect(wrong as bigint), TypeError, String(wrong))
    }
    for (const wrong of [0, -1, 1.5, 2 ** 32, Number.NaN, 5n]) {
      assert.throws(() => native.find(wrong as number), TypeError, String(wrong))
    }
    assert.equal((await native.inspect(window)).width > 0, true)
  })

  test('of a parent that is closed: that is noticed, and releasing does not fail', async t => {
    const parent = await desktop.show(t, 'PARENT', '80x24+50+50')
    const child = await desktop.show(t, 'CHILD', '20x5+500+400')
    const attachment = await attach(t, parent.window, child.program.pid)
    assert.equal(await attachment.attached, true)
    const closed = new Promise(resolve => attachment.parentClosed.addEventListener('abort', resolve))
    await parent.program.kill()
    await closed
    await attachment.release()
  })

  test('of a child that crashes: the parent is released', async t => {
    const parent = await desktop.show(t, 'PARENT', '80x24+50+50')
    const child = await desktop.show(t, 'CHILD', '20x5+500+400')
    const attachment = await attach(t, parent.window, child.program.pid)
    assert.equal(await attachment.attached, true)
    await child.program.kill()
    await attachment.release()
    assert.equal(attachment.parentClosed.aborted, false)
    await desktop.becomes('_NET_ACTIVE_WINDOW', parent.window)
  })
})

test('a parent whose program is stopped holds up neither a call nor the event loop', async t => {
  const parent = await desktop.show(t, 'PARENT', '80x24+50+50')
  const child = await desktop.show(t, 'CHILD', '20x5+500+400')
  parent.program.process.kill('SIGSTOP')
  t.after(() => parent.program.process.kill('SIGCONT'))
  const began = performance.now()
  let turns = 0
  const ticks = setInterval(() => void turns++, 10)
  const ownership = await native.own(child.window, parent.window)
  await desktop.becomes('WM_TRANSIENT_FOR', parent.window, child.window)
  await ownership.release()
  await native.activate(parent.window)
  clearInterval(ticks)
  const took = performance.now() - began
  assert.ok(took < 5_000, `the calls took ${took} ms`)
  // Ten times fewer than on a machine with nothing else to do.
  assert.ok(turns >= Math.floor(took / 100), `the event loop had ${turns} turns in ${took} ms`)
})

test('a worker thread can do it too, while the main one does', async t => {
  const parent = await desktop.show(t, 'PARENT', '80x24+50+50')
  const child = await desktop.show(t, 'CHILD', '20x5+500+400')
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(LOADER)}).then(async ({ loadNativeAddon }) => {
      const native = loadNativeAddon().parentWindow
      const ownership = await native.own(${child.window}n, ${parent.window}n)
      for (let i = 0; i < 50; ++i) await native.inspect(${parent.window}n)
      parentPort.postMessage(await ownership.release())
    })`,
    { eval: true },
  )
  const answer = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  const places = await Promise.all(Array.from({ length: 50 }, () => native.inspect(parent.window)))
  assert.equal(new Set(places.map(({ width }) => width)).size, 1)
  assert.equal(await answer, true)
  await desktop.becomes('WM_TRANSIENT_FOR', parent.window, child.window)
})
