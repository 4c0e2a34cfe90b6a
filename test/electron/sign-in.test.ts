/** The example app in a real Electron: signing in with a child window, cancelling, and the cache of the next start. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTenant } from 'latchkey/emulator'
import { readHeader } from '#lib/cache/storage/envelope.js'
import { GnomeKeyring } from '../keyring/support/gnome-keyring.js'
import { installExample } from '../support/examples.js'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { Display } from './support/display.js'
import { ElectronApp } from './support/electron.js'

const tenant = await startTenant()
WHOLE_FILE.after(() => tenant.close())
const keyring = await GnomeKeyring.start(WHOLE_FILE)
const display = await Display.start(WHOLE_FILE)
const [alice] = tenant.users
const env = { ...keyring.bus.env, DISPLAY: display.name }

test('signs in with a modal child window, cancels, and is silent when it is started again', async t => {
  assert(alice)
  const folder = await temporaryFolder(t)
  const app = await installExample('electron', folder)
  const first = await ElectronApp.start(t, { app, folder, tenant, env })
  const window = await first.page('file:')
  const status = window.getByRole('status')
  await status.getByText('Nobody is signed in.').waitFor()

  await window.getByRole('button', { name: 'Sign in' }).click()
  const cancelled = await first.page(tenant.origin)
  await cancelled.getByRole('heading', { name: 'Sign in' }).waitFor()
  await cancelled.evaluate('window.close()')
  await status.getByText('authentication_canceled').waitFor()

  await window.getByRole('button', { name: 'Sign in' }).click()
  const page = await first.page(tenant.origin)
  await page.getByLabel('User name').fill(alice.username)
  await page.getByLabel('Password').fill(alice.password)
  const [parent = ''] = (await display.properties('Contoso Notes')).split('\n')
  const child = await display.properties(`Sign in – ${new URL(tenant.origin).host}`)
  assert.match(child, new RegExp(`WM_TRANSIENT_FOR.*${parent}`))
  assert.match(child, /_NET_WM_WINDOW_TYPE_DIALOG/)
  await display.picture('electron-sign-in')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await status.getByText(`Signed in as ${alice.username}.`).waitFor()
  await display.picture('electron-signed-in')
  assert.equal((await first.addresses()).length, 1)
  await first.quit(window)
  const cache = join(folder, 'data/latchkey/tokens')
  assert.equal(readHeader(await readFile(cache)).kind, 'sealed')

  const requests = tenant.requests.length
  const second = await ElectronApp.start(t, { app, folder, tenant, env })
  const again = await second.page('file:')
  await again.getByText(`Signed in as ${alice.username}, from the cache.`).waitFor()
  assert.equal(tenant.requests.length, requests)
  await again.getByRole('button', { name: 'Sign out' }).click()
  await again.getByText('Nobody is signed in.').waitFor()
  await second.quit(again)
})
