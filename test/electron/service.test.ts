/** The example service with a real Electron as its web UI, in a process of its own. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTenant } from 'latchkey/emulator'
import { GnomeKeyring } from '../keyring/support/gnome-keyring.js'
import { installExample } from '../support/examples.js'
import { temporaryFolder, until, WHOLE_FILE } from '../support/machine.js'
import { Program } from '../support/program.js'
import { Display } from './support/display.js'
import { ELECTRON, environmentFor, FLAGS, Pages } from './support/electron.js'

const tenant = await startTenant()
WHOLE_FILE.after(() => tenant.close())
const keyring = await GnomeKeyring.start(WHOLE_FILE)
const display = await Display.start(WHOLE_FILE)
const [alice] = tenant.users

test('asks again when the window is closed, signs in with it, and has the tokens to itself', async t => {
  assert(alice)
  const folder = await temporaryFolder(t)
  const service = await installExample('service', folder)
  const env = await environmentFor({ folder, tenant, env: { ...keyring.bus.env, DISPLAY: display.name } })
  const own = {
    SERVICE_API: `${tenant.origin}/v1.0/me`,
    SERVICE_CACHE: join(folder, 'cache'),
    SERVICE_EVERY_SECONDS: '1',
  }
  const ui = [ELECTRON, ...FLAGS, join(service, 'ui')]
  const program = Program.start(t, process.execPath, [join(service, 'service.js'), ...ui], { ...env, ...own })
  // Each window is of another Electron; the last one that has told its address is the one that runs.
  const pages = new Pages(t, () => program.errors.slice(program.errors.lastIndexOf('\nDevTools listening')))
  const closed = await pages.find(tenant.origin)
  await closed.evaluate('window.close()')
  assert.equal(await program.line(), 'The user is needed.')
  assert.match(await program.line(), /^authentication_canceled/)
  assert.equal(await program.line(), 'The user is needed.')
  await until(() => program.errors.split('DevTools listening').length === 3)
  const page = await pages.find(tenant.origin)
  await page.getByLabel('User name').fill(alice.username)
  await page.getByLabel('Password').fill(alice.password)
  await display.picture('electron-service')
  await page.getByRole('button', { name: 'Sign in' }).click()
  assert.equal(await program.line(), `200 for ${alice.username}, with a token from the service`)
  assert.equal(await program.line(), `200 for ${alice.username}, with a token from the cache`)
  const redemption = tenant.requests.find(({ path }) => path.endsWith('/token'))
  // The window's process is Chromium; who redeemed the code is not.
  assert.doesNotMatch(`${redemption?.headers['user-agent']}`, /Electron/)
  program.process.kill('SIGTERM')
  await program.ended()
})
