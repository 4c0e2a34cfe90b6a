/** What an app window needs before a browser is started, and with which arguments it is. */
import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AppWindowParts, createAppWindow } from '#lib/browser/app-window/app-window.js'
import { withKeptProfile, withPrivateProfile } from '#lib/browser/app-window/profile.js'
import { ClientError } from '#lib/errors.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { FakeParentWindow } from '../../../fakes/fake-parent-window.js'
import { exceptOnWindows, temporaryFolder } from '../../../support/machine.js'

const AUTHORIZE = new URL('https://login.contoso.com/t/authorize?client_id=c&state=s3cret')
const UNSEEN = new URL(`${AUTHORIZE.href}&prompt=none`)
const REDIRECT = new URL('http://localhost/')

const show = (parts: Partial<AppWindowParts>, url = AUTHORIZE) =>
  createAppWindow({
    options: {},
    withProfile: withPrivateProfile(SILENT_LOGGER),
    parent: undefined,
    clock: SYSTEM_CLOCK,
    logger: SILENT_LOGGER,
    ...parts,
  }).acquireAuthorizationCode(url, REDIRECT, new AbortController().signal)

const noWebView = (message: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === 'no_system_webview' && message.test(error.message)

test('without a desktop there is no window, and a device code is advised', async () => {
  const call = show({ platform: 'linux', env: { PATH: process.env.PATH } })
  await assert.rejects(call, noWebView(/neither DISPLAY nor WAYLAND_DISPLAY/))
})

test('without a browser the hint says what to do, with a window and without one', async () => {
  for (const [platform, url] of [
    ['linux', UNSEEN],
    ['win32', AUTHORIZE],
    ['darwin', AUTHORIZE],
  ] as const) {
    const call = show({ platform, env: { HOME: '/nowhere' } }, url)
    await assert.rejects(call, noWebView(/needs Edge, Chrome or Chromium/))
  }
})

/** The arguments that a browser is given, which ends at once. */
async function argumentsFor(t: TestContext, parts: Partial<AppWindowParts>, url = AUTHORIZE): Promise<string[]> {
  const folder = await temporaryFolder(t)
  const [executable, told] = [join(folder, 'browser'), join(folder, 'told')]
  await writeFile(executable, `#!/bin/sh\nprintf '%s\\n' "$@" >'${told}'\n`, { mode: 0o755 })
  const options = { executable, ...parts.options }
  const env = { ...process.env, DISPLAY: ':9' }
  await assert.rejects(show({ env, ...parts, options }, url), { code: 'authentication_ui_failed' })
  return (await readFile(told, 'utf8')).trim().split('\n')
}

test(
  'the arguments: nothing of the address, no weaker sandbox, those of the app last',
  exceptOnWindows('scripts'),
  async t => {
    const args = await argumentsFor(t, {
      options: { args: ['--lang=de', '--disable-features=Translate', '--no-sandbox'], width: 300, height: 200 },
    })
    const profile = args.find(arg => arg.startsWith('--user-data-dir=')) ?? ''
    assert.deepEqual(args, [
      '--remote-debugging-pipe',
      profile,
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-mode',
      '--hide-crash-restore-bubble',
      '--password-store=basic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--window-size=300,200',
      '--app=data:text/html,<title>Sign in</title>',
      '--lang=de',
      '--no-sandbox',
      '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,Translate',
    ])
    const plain = await argumentsFor(t, {})
    assert.equal(
      plain.some(arg => /sandbox|state|s3cret/.test(arg)),
      false,
    )
    assert.ok(plain.includes('--window-size=500,680'))
    // A browser that keeps its cookies seals them as it does its own.
    const kept = await argumentsFor(t, { options: { profile: 'kept' } })
    assert.equal(
      kept.some(arg => arg.startsWith('--password-store')),
      false,
    )
    assert.ok((await argumentsFor(t, {}, UNSEEN)).includes('--headless=new'))
  },
)

test(
  'a window that belongs to a parent begins in its middle, in pixels of its own',
  exceptOnWindows('scripts'),
  async t => {
    const native = new FakeParentWindow()
    native.windows.set(7n, 1)
    const at = (x: number, y: number, width: number, height: number, scale: number) => {
      return { handle: 7n, native, place: { processId: 1, x, y, width, height, scale } }
    }
    const parent = at(300, 150, 1_500, 1_200, 1.5)
    const args = await argumentsFor(t, { parent, options: { width: 500, height: 600 } })
    assert.ok(args.includes('--window-position=450,200'), args.join(' '))
    const clamped = await argumentsFor(t, { parent: at(0, 0, 100, 100, 1) })
    assert.ok(clamped.includes('--window-position=0,0'))
    const unseen = await argumentsFor(t, { parent }, UNSEEN)
    assert.equal(
      unseen.some(arg => arg.startsWith('--window-position')),
      false,
    )
  },
)

const onlyOwn = (error: unknown) =>
  error instanceof ClientError &&
  error.code === 'authentication_ui_failed' &&
  /is a link.*open to others/.test(error.message)

test('profiles: passwords are not offered to be saved; a kept one stays as the browser left it', async t => {
  const { signal } = new AbortController()
  let gone = ''
  await withPrivateProfile(SILENT_LOGGER)(async folder => {
    gone = folder
    const { credentials_enable_service } = JSON.parse(await readFile(join(folder, 'Default/Preferences'), 'utf8'))
    assert.equal(credentials_enable_service, false)
  }, signal)
  await assert.rejects(stat(gone), { code: 'ENOENT' })

  const folder = join(await temporaryFolder(t), 'a', 'kept')
  const locked: string[] = []
  const kept = withKeptProfile(folder, async work => {
    locked.push('locked')
    return work()
  })
  await kept(() => writeFile(join(folder, 'Default/Preferences'), '{"its":"own"}'), signal)
  await kept(
    async () => assert.equal(await readFile(join(folder, 'Default/Preferences'), 'utf8'), '{"its":"own"}'),
    signal,
  )
  assert.equal(locked.length, 2)
  await chmod(folder, 0o755)
  await assert.rejects(
    kept(async () => {}, signal),
    onlyOwn,
  )
  const [elsewhere, link] = [join(folder, 'elsewhere'), join(folder, 'link')]
  await mkdir(elsewhere, { mode: 0o700 })
  await symlink(elsewhere, link)
  await assert.rejects(
    withKeptProfile(link, work => work())(async () => {}, signal),
    onlyOwn,
  )
  const inTheWay = withKeptProfile(join(folder, 'Default/Preferences'), work => work())
  await assert.rejects(
    inTheWay(async () => {}, signal),
    { code: 'authentication_ui_failed' },
  )
})
