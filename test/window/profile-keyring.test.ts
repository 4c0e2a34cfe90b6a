/** The cookies of a kept profile, where there is a keyring: sealed with a key of it, which the browser without a window has, too. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Prompt } from 'latchkey'
import { GnomeKeyring } from '../keyring/support/gnome-keyring.js'
import { WHOLE_FILE } from '../support/machine.js'
import { alice, application, debuggingPort, folder, pageAt, request, signIn, tenant } from './app-window-support.js'
import { Desktop } from './support.js'

await GnomeKeyring.start(WHOLE_FILE)
await Desktop.start()
// Chromium asks for a keyring where it knows the desktop.
Object.assign(process.env, { XDG_DATA_HOME: folder, XDG_CURRENT_DESKTOP: 'GNOME' })

test('cookies are sealed with a key of the keyring', async t => {
  const kept = { appWindow: { profile: 'kept' as const } }
  const port = await debuggingPort()
  const call = application(t).acquireTokenInteractive(request([`--remote-debugging-port=${port}`], kept))
  await signIn(await pageAt(t, port), { staysSignedIn: true })
  await call
  const cookies = await readFile(join(folder, 'latchkey/windows', tenant.clientId, 'Default/Cookies'))
  assert.ok(cookies.includes('ESTSAUTH'))
  // Chromium marks what a key of the keyring has sealed with v11, and what only looks sealed with v10.
  assert.equal(cookies.includes('v11'), true)
  assert.equal(cookies.includes('v10'), false)
  const { account } = await application(t).acquireTokenInteractive(request([], { ...kept, prompt: Prompt.Never }))
  assert.equal(account.username, alice.username)
})
