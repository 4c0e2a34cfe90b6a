/** Starting a browser and ending it for certain, with programs that are none and do not do what they should. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AppBrowserOptions, startAppBrowser } from '#lib/browser/app-window/app-browser.js'
import { ClientError } from '#lib/errors.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { FakeClock } from '../../../fakes/fake-clock.js'
import { exceptOnWindows, temporaryFolder, until } from '../../../support/machine.js'
import { Program } from '../../../support/program.js'

const scripts = exceptOnWindows('scripts that are programs')

/** A program of a few lines of Node. */
async function program(t: TestContext, body: string): Promise<string> {
  const file = join(await temporaryFolder(t), 'browser.cjs')
  await writeFile(file, `#!${process.execPath}\n${body}`, { mode: 0o755 })
  return file
}

const OBEDIENT = `const { Socket } = require('node:net')
  const answers = new Socket({ fd: 4 })
  new Socket({ fd: 3 }).setEncoding('utf8').on('data', text => {
    for (const line of text.split('\\0').filter(Boolean)) {
      const { id, method } = JSON.parse(line)
      obey(method, result => answers.write(JSON.stringify({ id, result }) + '\\0'))
    }
  })
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 1_000)`

const start = (executable: string, options: Partial<AppBrowserOptions> = {}) =>
  startAppBrowser({
    executable,
    args: ['--one', 'two words'],
    env: process.env,
    signal: new AbortController().signal,
    clock: SYSTEM_CLOCK,
    logger: SILENT_LOGGER,
    ...options,
  })

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const uiFailed = (message: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === 'authentication_ui_failed' && message.test(error.message)

test(
  'a browser that takes orders is there, with the arguments as they were given, and ends when it is told to',
  scripts,
  async t => {
    const file = await program(
      t,
      `function obey(method, answer) {
      if (method === 'Browser.close') process.exit()
      answer({ args: process.argv.slice(2), method })
    }
    ${OBEDIENT}`,
    )
    const browser = await start(file)
    assert.deepEqual(await browser.devTools.send('Anything'), {
      args: ['--remote-debugging-pipe', '--one', 'two words'],
      method: 'Anything',
    })
    assert.equal(isRunning(browser.pid), true)
    await browser.close()
    assert.equal(isRunning(browser.pid), false)
    await browser.close()
  },
)

test('one that does not end is killed', { ...scripts, timeout: 60_000 }, async t => {
  const file = await program(t, `const obey = (method, answer) => answer({})\n${OBEDIENT}`)
  const clock = new FakeClock()
  const browser = await start(file, { clock })
  const closed = browser.close()
  await clock.advance(4_000)
  assert.equal(isRunning(browser.pid), true)
  await clock.advance(1_000)
  await until(() => !isRunning(browser.pid))
  await closed
})

test('one that does not start says why, in its last lines', scripts, async t => {
  await assert.rejects(start('/nowhere/browser'), uiFailed(/^\/nowhere\/browser could not be started \(ENOENT\)\.$/))
  await assert.rejects(start('/etc/passwd'), uiFailed(/could not be started \(EACCES\)\.$/))
  // Said at once, and not by an event.
  await assert.rejects(start('/etc/passwd/browser'), uiFailed(/could not be started \(ENOTDIR\)\.$/))
  await assert.rejects(
    start('/bin/true', { args: ['x'.repeat(3_000_000)] }),
    uiFailed(/could not be started \(E2BIG\)\.$/),
  )
  const speaking = await program(t, `console.error('one\\ntwo\\nthree\\nthe \\x1b[31mreason\\n'); process.exitCode = 7`)
  await assert.rejects(start(speaking), uiFailed(/browser.cjs ended \(7\)\. two three the +\[31mreason$/))
})

test('one that takes no orders is ended, and the message names the policy that makes it so', scripts, async t => {
  const deaf = await program(t, `setInterval(() => {}, 1_000); console.log('deaf')`)
  const clock = new FakeClock()
  const started = start(deaf, { clock })
  started.catch(() => {})
  await until(() => clock.sleeping > 0)
  await clock.advance(60_000)
  await clock.advance(5_000)
  await assert.rejects(started, uiFailed(/takes no orders.*RemoteDebuggingAllowed/))
})

test('the signal ends it before it is ready', scripts, async t => {
  const deaf = await program(t, `setInterval(() => {}, 1_000)`)
  const controller = new AbortController()
  const clock = new FakeClock()
  const started = start(deaf, { clock, signal: controller.signal })
  const rejected = assert.rejects(started, { message: 'enough' })
  await until(() => clock.sleeping > 0)
  controller.abort(new Error('enough'))
  await until(() => clock.sleeping > 0)
  await clock.advance(5_000)
  await rejected
})

test('what the browser has started may live on, and keeps nobody', scripts, async t => {
  const file = await program(
    t,
    `require('node:child_process').spawn('/bin/sleep', ['60'], { stdio: 'inherit' }).unref()
    function obey(method, answer) {
      if (method === 'Browser.close') process.exit()
      answer({})
    }
    ${OBEDIENT}`,
  )
  const library = (name: string) => JSON.stringify(new URL(`../../../../dist/${name}.js`, import.meta.url).href)
  const host = Program.script(
    t,
    `import { startAppBrowser } from ${library('browser/app-window/app-browser')}
    import { SILENT_LOGGER as logger } from ${library('logger')}
    import { SYSTEM_CLOCK as clock } from ${library('request/system-clock')}
    const { signal } = new AbortController()
    const browser = await startAppBrowser({ executable: ${JSON.stringify(file)}, args: [], env: process.env, signal, clock, logger })
    await browser.close()`,
  )
  await host.ended()
})
