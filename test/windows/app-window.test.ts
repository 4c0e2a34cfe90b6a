/** App windows of a program that stands for Edge: its pipe, its owner, and a parent that has its input again. Runs in node.exe. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createAppWindow } from '#lib/browser/app-window/app-window.js'
import { withPrivateProfile } from '#lib/browser/app-window/profile.js'
import { findParentWindow } from '#lib/browser/parent-window.js'
import { ClientError } from '#lib/errors.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { temporaryFolder } from '../support/machine.js'
import { openWindow } from './support/window.js'

const addon = loadNativeAddon()
const native = requireCapability(addon, 'parentWindow')
const executable = join(process.cwd(), '..', 'app_browser.exe')
const REDIRECT = 'http://localhost/'

/** A sign-in that belongs to a window of another program. */
async function begin(t: TestContext, path: string) {
  const parentWindow = await openWindow(t, '100 100 900 600')
  const parent = await findParentWindow(parentWindow.handle, addon, SILENT_LOGGER)
  const file = join(await temporaryFolder(t), 'window')
  const ui = createAppWindow({
    env: { ...process.env, APP_BROWSER_TELLS: file },
    options: { executable, width: 400, height: 300 },
    withProfile: withPrivateProfile(SILENT_LOGGER),
    parent,
    clock: SYSTEM_CLOCK,
    logger: SILENT_LOGGER,
  })
  const controller = new AbortController()
  const url = new URL(`https://login.test/${path}?state=abc&redirect_uri=${REDIRECT}`)
  const signIn = ui.acquireAuthorizationCode(url, new URL(REDIRECT), controller.signal)
  signIn.catch(() => {})
  return { parentWindow, signIn, controller, window: async () => BigInt(await readFile(file, 'utf8')) }
}

const nothingIsLeft = async () =>
  assert.deepEqual(
    (await readdir(tmpdir())).filter(name => name.startsWith('latchkey-window-')),
    [],
  )

const clientError = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === code && message.test(error.message)

test('the answer comes through the pipe, and the parent, without input meanwhile, has it again', async t => {
  const { parentWindow, signIn } = await begin(t, 'answer')
  assert.equal((await signIn).href, `${REDIRECT}?code=1&state=abc`)
  await parentWindow.becomes({ enabled: 1, front: 1 })
  await nothingIsLeft()
})

test('the window belongs to the parent and is in its middle; the signal takes it away', async t => {
  const { parentWindow, signIn, controller, window } = await begin(t, 'wait')
  await parentWindow.becomes({ enabled: 0 })
  const { x, y, width, height } = await native.inspect(await window())
  assert.deepEqual([x, y, width, height], [350, 250, 400, 300])
  controller.abort(new Error('enough'))
  await assert.rejects(signIn, { message: 'enough' })
  await parentWindow.becomes({ enabled: 1, front: 1 })
  await nothingIsLeft()
})

test('a browser that crashes ends the sign-in, and the parent has its input again', async t => {
  const { parentWindow, signIn } = await begin(t, 'crash')
  await assert.rejects(signIn, clientError('authentication_ui_failed', /browser has crashed/))
  await parentWindow.becomes({ enabled: 1 })
  await nothingIsLeft()
})

test('closing the parent cancels, and takes the window away', async t => {
  const { parentWindow, signIn } = await begin(t, 'wait')
  await parentWindow.becomes({ enabled: 0 })
  parentWindow.program.send('close')
  await assert.rejects(signIn, clientError('authentication_canceled', /parent window was closed/))
  await nothingIsLeft()
})

test('a program that is no browser, or not there, says so', async () => {
  const start = (executable: string) =>
    createAppWindow({
      options: { executable },
      withProfile: withPrivateProfile(SILENT_LOGGER),
      parent: undefined,
      clock: SYSTEM_CLOCK,
      logger: SILENT_LOGGER,
    }).acquireAuthorizationCode(new URL('https://login.test/'), new URL(REDIRECT), AbortSignal.timeout(30_000))
  await assert.rejects(start('C:\\nowhere\\msedge.exe'), clientError('authentication_ui_failed', /ENOENT/))
  await assert.rejects(start('C:\\windows\\system32\\whoami.exe'), clientError('authentication_ui_failed', /ended/))
})
