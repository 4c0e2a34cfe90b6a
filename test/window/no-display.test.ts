/** Parent windows where nothing shows them: no X server, one that is gone, one that hangs, Wayland alone. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { LOADER } from '../native/support.js'
import { startDisplay } from '../support/display.js'
import { temporaryFolder } from '../support/machine.js'
import { Program } from '../support/program.js'

/** Runs a script with `native` at hand, in an environment of its own, and gives what it prints. */
async function inspectIn(t: TestContext, variables: Record<string, string>, body: string): Promise<string> {
  const script = `import { loadNativeAddon } from ${JSON.stringify(LOADER)}
    const native = loadNativeAddon().parentWindow
    const answer = promise => promise.then(() => 'done', ({ code, message }) => code + ' ' + message)
    ${body}`
  const env = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ...variables }
  const program = Program.start(t, process.execPath, ['--input-type=module', '-e', script], env)
  const [output] = await Promise.all([program.rest(), program.ended()])
  return output
}

const EVERY_CALL = `const calls = [native.inspect(5n), native.find(process.pid), native.own(5n, 6n), native.activate(5n)]
  for (const line of await Promise.all(calls.map(answer))) console.log(line)`

test('without an X server every call is UNAVAILABLE and says so', async t => {
  const lines = (await inspectIn(t, {}, EVERY_CALL)).split('\n')
  assert.deepEqual(new Set(lines), new Set(['UNAVAILABLE xcb_connect: there is no X server: DISPLAY is not set']))
  assert.equal(lines.length, 4)
})

test('Wayland alone is said to be what makes it impossible', async t => {
  const output = await inspectIn(t, { WAYLAND_DISPLAY: 'wayland-0' }, EVERY_CALL)
  for (const line of output.split('\n')) assert.match(line, /^UNAVAILABLE .*Wayland does not let/)
})

test('an X server that is gone is UNAVAILABLE, before and between two calls', async t => {
  assert.match(await inspectIn(t, { DISPLAY: ':4095' }, EVERY_CALL), /^(UNAVAILABLE .*cannot be connected to\n?)+$/)
  const { serverPid, variables } = await startDisplay(t)
  const body = `console.log(await answer(native.find(process.pid)))
    process.kill(${serverPid}, 'SIGKILL')
    await new Promise(resolve => setTimeout(resolve, 200))
    console.log(await answer(native.find(process.pid)))`
  assert.match(await inspectIn(t, variables, body), /^done\nUNAVAILABLE .*$/)
})

test('an X server that hangs ends a call after two seconds, holds up nobody else, and is of use again afterwards', async t => {
  const { serverPid, variables } = await startDisplay(t)
  const lock = join(await temporaryFolder(t), 'lock')
  const output = await inspectIn(
    t,
    variables,
    `process.kill(${serverPid}, 'SIGSTOP')
    let turns = 0
    const ticks = setInterval(() => turns++, 20)
    const began = performance.now()
    const calls = Array.from({ length: 8 }, () => answer(native.find(process.pid)))
    const { handle } = await loadNativeAddon().fileLock.tryAcquire(${JSON.stringify(lock)}, 'me', '')
    await handle.release()
    console.log(performance.now() - began < 1000 ? 'not held up' : 'held up')
    for (const call of calls) console.log(await call)
    console.log(performance.now() - began < 5000 && turns > 40 ? 'in time' : 'late: ' + (performance.now() - began))
    clearInterval(ticks)
    process.kill(${serverPid}, 'SIGCONT')
    await new Promise(resolve => setTimeout(resolve, 500))
    console.log(await answer(native.find(process.pid)))`,
  )
  const late = 'TIMEOUT find: the window system does not answer'
  assert.deepEqual(output.split('\n'), ['not held up', ...Array(8).fill(late), 'in time', 'done'])
})

test('an X server that hangs does not keep the process', async t => {
  const { serverPid, variables } = await startDisplay(t)
  const began = performance.now()
  await inspectIn(
    t,
    variables,
    `process.kill(${serverPid}, 'SIGSTOP')
    answer(native.find(process.pid))
    setTimeout(() => process.exit(0), 100)`,
  )
  assert.ok(performance.now() - began < 10_000)
})
