/** The example app packed as electron-builder and Forge pack it: all of it in an asar but the addon, which is beside it. */
import assert from 'node:assert/strict'
import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { createPackageWithOptions, listPackage } from '@electron/asar'
import { startTenant } from 'latchkey/emulator'
import { GnomeKeyring } from '../keyring/support/gnome-keyring.js'
import { installExample, ROOT } from '../support/examples.js'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { Display } from './support/display.js'
import { ElectronApp } from './support/electron.js'

const tenant = await startTenant()
WHOLE_FILE.after(() => tenant.close())
const keyring = await GnomeKeyring.start(WHOLE_FILE)
const display = await Display.start(WHOLE_FILE)
const [alice] = tenant.users

/** What npm would install: the package's own files, its binary where a release has it, and what it depends on. */
async function installPackage(app: string): Promise<void> {
  const modules = join(app, 'node_modules')
  await rm(modules, { recursive: true })
  const own = join(modules, 'latchkey')
  await cp(join(ROOT, 'package.json'), join(own, 'package.json'))
  await cp(join(ROOT, 'dist'), join(own, 'dist'), { recursive: true })
  await mkdir(join(own, 'prebuilds/linux-x64'), { recursive: true })
  await cp(join(ROOT, 'build/Release/latchkey.node'), join(own, 'prebuilds/linux-x64/latchkey.node'))
  for (const name of ['undici', 'saxes', 'xmlchars', 'node-gyp-build']) {
    const folder = dirname(createRequire(join(ROOT, 'package.json')).resolve(`${name}/package.json`))
    await cp(folder, join(modules, name), { recursive: true })
  }
}

test('signs in from an asar, with the addon unpacked', async t => {
  assert(alice)
  const folder = await temporaryFolder(t)
  const source = await installExample('electron', folder)
  await installPackage(source)
  const app = join(folder, 'app.asar')
  await createPackageWithOptions(source, app, { unpack: '**/*.node' })
  await rm(source, { recursive: true })
  const addon = 'node_modules/latchkey/prebuilds/linux-x64/latchkey.node'
  assert.ok(listPackage(app, { isPack: false }).includes(`/${addon}`))
  assert.deepEqual(await readdir(dirname(join(`${app}.unpacked`, addon))), ['latchkey.node'])

  const env = { ...keyring.bus.env, DISPLAY: display.name }
  const program = await ElectronApp.start(t, { app, folder, tenant, env })
  const window = await program.page('file:')
  // An addon that did not load would be an error here, since there could be no cache.
  await window.getByRole('status').getByText('Nobody is signed in.').waitFor()
  await window.getByRole('button', { name: 'Sign in' }).click()
  const page = await program.page(tenant.origin)
  await page.getByLabel('User name').fill(alice.username)
  await page.getByLabel('Password').fill(alice.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await window.getByRole('status').getByText(`Signed in as ${alice.username}.`).waitFor()
  await program.quit(window)
})
