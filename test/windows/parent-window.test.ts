/** Windows that belong to each other across processes: the owner, its input, and handles that are no windows. Runs in node.exe. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { attachToParent, findParentWindow } from '#lib/browser/parent-window.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { LOADER } from '../native/support.js'
import { Program } from '../support/program.js'
import { openWindow } from './support/window.js'

const addon = loadNativeAddon()
const native = requireCapability(addon, 'parentWindow')

const openPair = async (t: TestContext) => ({
  parent: await openWindow(t, '100 100 600 400'),
  child: await openWindow(t, '700 50 200 100'),
})

test('tells whose window it is, and where', async t => {
  const { handle, pid } = await openWindow(t, '100 100 600 400')
  const { scale, ...place } = await native.inspect(handle)
  assert.deepEqual(place, { processId: pid, x: 100, y: 100, width: 600, height: 400 })
  assert.equal(scale, 1)
})

test('numbers that are no window are told from one, and windows that are gone', async t => {
  const { program, handle, pid } = await openWindow(t, '100 100 600 400')
  const stale = await openWindow(t, '0 0 100 100')
  stale.program.send('close')
  await stale.becomes({ exists: 0 })
  for (const bogus of [0n, 1n, 0xdeadbeefn, 0xffffffffn, 2n ** 64n - 1n, stale.handle]) {
    await assert.rejects(native.inspect(bogus), { code: 'INVALID_HANDLE' }, `inspect ${bogus}`)
    await assert.rejects(native.activate(bogus), { code: 'INVALID_HANDLE' }, `activate ${bogus}`)
    await assert.rejects(native.own(handle, bogus), { code: 'INVALID_HANDLE' }, `own by ${bogus}`)
    await assert.rejects(native.own(bogus, handle), { code: 'INVALID_HANDLE' }, `own ${bogus}`)
  }
  await assert.rejects(native.own(handle, handle), { code: 'INVALID_HANDLE' })
  assert.throws(() => native.inspect(-1n), TypeError)
  assert.equal(await native.find(pid), handle)
  await program.kill()
  assert.equal(await native.find(pid), undefined)
})

test('a window of another process belongs to the parent, in its middle, and the parent has no input until it is released', async t => {
  const { parent, child } = await openPair(t)
  const ownership = await native.own(child.handle, parent.handle)
  await child.becomes({ owner: Number(parent.handle), x: 300, y: 250, front: 1 })
  await parent.becomes({ enabled: 0 })
  await ownership.release()
  await parent.becomes({ enabled: 1, front: 1 })
  assert.equal((await child.state()).owner, Number(parent.handle))
  await ownership.release()
  assert.equal((await parent.state()).enabled, 1)
})

test('a parent that had no input before is left without', async t => {
  const { parent, child } = await openPair(t)
  const first = await native.own(child.handle, parent.handle)
  await parent.becomes({ enabled: 0 })
  const second = await native.own((await openWindow(t, '0 0 90 90')).handle, parent.handle)
  await second.release()
  assert.equal((await parent.state()).enabled, 0)
  await first.release()
  await parent.becomes({ enabled: 1 })
})

for (const end of ['crash', 'close'] as const) {
  test(`the parent has its input again after a ${end} of the other window, whoever releases it or not`, async t => {
    const { parent, child } = await openPair(t)
    const ownership = await native.own(child.handle, parent.handle)
    await parent.becomes({ enabled: 0 })
    child.program.send(end)
    await parent.becomes({ enabled: 1 })
    await ownership.release()
    assert.equal((await parent.state()).enabled, 1)
  })
}

test('a thread that hangs holds up neither a call nor the event loop, and its window is not left without input', async t => {
  const { parent, child } = await openPair(t)
  parent.program.send('hang 3000')
  assert.equal(await parent.program.line(), 'hangs')
  const began = performance.now()
  let turns = 0
  const ticks = setInterval(() => void turns++, 20)
  assert.equal((await native.inspect(parent.handle)).width, 600)
  await assert.rejects(native.own(child.handle, parent.handle), { code: 'TIMEOUT' })
  assert.equal(await native.activate(child.handle), true)
  clearInterval(ticks)
  const took = performance.now() - began
  assert.ok(took < 1_500, `the calls took ${took} ms`)
  assert.ok(turns >= Math.floor(took / 200), `the event loop had ${turns} turns in ${took} ms`)
  assert.equal(await parent.program.line(), 'goes on')
  await native.own(child.handle, parent.handle)
  await parent.becomes({ enabled: 0 })
})

test('a parent that hangs while it has no input is released all the same', async t => {
  const { parent, child } = await openPair(t)
  const ownership = await native.own(child.handle, parent.handle)
  await parent.becomes({ enabled: 0 })
  parent.program.send('hang 4000')
  assert.equal(await parent.program.line(), 'hangs')
  const began = performance.now()
  await ownership.release()
  const took = performance.now() - began
  assert.ok(took < 3_500, `releasing took ${took} ms`)
  // Wine has the program itself do it; Windows need not wait for that.
  assert.equal(await parent.program.line(), 'goes on')
  await parent.becomes({ enabled: 1 })
})

test('attaching waits for the window, cancelling restores the parent, and a parent that is closed is noticed', async t => {
  const parentWindow = await openWindow(t, '100 100 600 400')
  const parent = await findParentWindow(parentWindow.handle, addon, SILENT_LOGGER)
  assert.ok(parent)
  const child = await openWindow(t, '700 50 200 100')
  const cancel = new AbortController()
  const listeners = process.listenerCount('exit')
  const options = { parent, pid: child.pid, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER }
  const cancelled = attachToParent({ ...options, signal: cancel.signal })
  assert.equal(await cancelled.attached, true)
  await parentWindow.becomes({ enabled: 0 })
  assert.equal(process.listenerCount('exit'), listeners + 1)
  cancel.abort()
  await cancelled.release()
  await parentWindow.becomes({ enabled: 1 })
  assert.equal(process.listenerCount('exit'), listeners)

  const { pid } = await openWindow(t, '700 50 200 100')
  const attachment = attachToParent({ ...options, pid })
  t.after(() => attachment.release())
  assert.equal(await attachment.attached, true)
  const closed = new Promise(resolve => attachment.parentClosed.addEventListener('abort', resolve))
  parentWindow.program.send('close')
  await closed
  await attachment.release()
})

test('works in a worker thread, and a parent has its input again when that thread ends', async t => {
  const { parent, child } = await openPair(t)
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(LOADER)}).then(async ({ loadNativeAddon }) => {
      globalThis.kept = await loadNativeAddon().parentWindow.own(${child.handle}n, ${parent.handle}n)
      parentPort.postMessage('owned')
      setInterval(() => {}, 1000)
    })`,
    { eval: true },
  )
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  await parent.becomes({ enabled: 0 })
  await worker.terminate()
  await parent.becomes({ enabled: 1 })
})

test('a parent of another process has its input again when this one ends', async t => {
  const { parent, child } = await openPair(t)
  const library = (name: string) => JSON.stringify(new URL(`../../dist/${name}.js`, import.meta.url).href)
  const program = Program.script(
    t,
    `import { attachToParent, findParentWindow } from ${library('browser/parent-window')}
    import { SILENT_LOGGER as logger } from ${library('logger')}
    import { loadNativeAddon } from ${library('native/addon')}
    import { SYSTEM_CLOCK as clock } from ${library('request/system-clock')}
    const parent = await findParentWindow(${parent.handle}n, loadNativeAddon(), logger)
    const { attached } = attachToParent({ parent, pid: ${child.pid}, clock, logger })
    console.log(await attached)
    process.stdin.once('data', () => process.exit(0))`,
  )
  assert.equal(await program.line(), 'true')
  await parent.becomes({ enabled: 0 })
  program.send('end')
  await program.ended()
  await parent.becomes({ enabled: 1 })
})
