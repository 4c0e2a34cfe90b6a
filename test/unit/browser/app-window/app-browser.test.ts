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

test('one that does not end is killed', scripts, async t => {
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
