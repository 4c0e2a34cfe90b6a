/** Signing in with an app window on a real desktop: whose window it is, how it ends, and what is left of it. */
import assert from 'node:assert/strict'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ClientError } from 'latchkey'
import { Program } from '../support/program.js'
import {
  alice,
  application,
  browsers,
  debuggingPort,
  folder,
  pageAt,
  processes,
  request,
  signIn,
  soon,
  tenant,
  theBrowser,
} from './app-window-support.js'
import { Desktop, native } from './support.js'

const desktop = await Desktop.start()

/** Folders of private profiles that are there now. */
const privateProfiles = async () => (await readdir(folder)).filter(name => name.startsWith('latchkey-window-'))

const nothingIsLeft = async () => {
  assert.deepEqual(await processes(), [])
  assert.deepEqual(await privateProfiles(), [])
}

const windowOf = (pid: number) => soon('a window', () => native.find(pid))
const canceled = (message: RegExp) => (error: unknown) =>
  error instanceof ClientError &&
  error.code === 'authentication_canceled' &&
  message.test(error.message) &&
  error.correlationId !== undefined

test('the window stays above its parent, is minimised with it, and leaves it the focus', async t => {
  const parent = await desktop.show(t, 'PARENT', '140x50+30+30', { colour: 'steelblue' })
  const app = application(t, { parentWindow: parent.window })
  const call = app.acquireTokenInteractive(request([], { appWindow: { width: 420, height: 560 } }))
  call.catch(() => {})
  const window = await windowOf((await theBrowser()).pid)
  await desktop.becomes('WM_TRANSIENT_FOR', parent.window, window)
  await desktop.becomes('_NET_WM_STATE', /_NET_WM_STATE_MODAL/, window)
  await desktop.becomes('_NET_ACTIVE_WINDOW', window)
  await desktop.becomes('_NET_WM_NAME', /Sign in – latchkey emulator/, window)

  const [inner, outer] = [await native.inspect(window), await native.inspect(parent.window)]
  assert.deepEqual([inner.width, inner.height], [420, 560])
  assert.ok(Math.abs(inner.x + inner.width / 2 - (outer.x + outer.width / 2)) <= 1)
  assert.ok(Math.abs(inner.y + inner.height / 2 - (outer.y + outer.height / 2)) <= 1)
  await delay(500)
  await desktop.picture('app-window')

  await desktop.tool('wmctrl', '-ia', String(parent.window))
  await desktop.tool('xdotool', 'windowraise', String(parent.window))
  await delay(300)
  assert.deepEqual((await desktop.stacking()).slice(-2), [parent.window, window])
  await desktop.tool('xdotool', 'windowminimize', String(parent.window))
  await desktop.becomes('WM_STATE', /Iconic/, window)
  await desktop.picture('app-window-minimised')
  await desktop.tool('wmctrl', '-ia', String(parent.window))
  await desktop.becomes('WM_STATE', /Normal/, window)

  // A person at the keyboard, who has been given the focus.
  const other = await desktop.show(t, 'OTHER', '40x10+900+600', { colour: 'gray' })
  await desktop.becomes('_NET_ACTIVE_WINDOW', other.window)
  await desktop.tool('wmctrl', '-ia', String(window))
  await desktop.becomes('_NET_ACTIVE_WINDOW', window)
  for (const word of [alice.username, alice.password]) {
    await desktop.tool('xdotool', 'type', '--delay', '25', word)
    await desktop.tool('xdotool', 'key', word === alice.username ? 'Tab' : 'Return')
  }
  const { account } = await call
  assert.equal(account.username, alice.username)
  await desktop.becomes('_NET_ACTIVE_WINDOW', parent.window)
  await desktop.picture('app-window-after')
  await nothingIsLeft()
})

test('closing the window cancels', async t => {
  const parent = await desktop.show(t, 'PARENT', '100x40+30+30')
  const app = application(t)
  const call = app.acquireTokenInteractive(request([], { parentWindow: parent.window }))
  const rejected = assert.rejects(call, canceled(/cancelled/))
  const window = await windowOf((await theBrowser()).pid)
  await desktop.becomes('_NET_WM_NAME', /Sign in – latchkey emulator/, window)
  await desktop.tool('wmctrl', '-ic', String(window))
  await rejected
  await desktop.becomes('_NET_ACTIVE_WINDOW', parent.window)
  await nothingIsLeft()
})

test('closing the parent window cancels, and takes the window away', async t => {
  const parent = await desktop.show(t, 'PARENT', '100x40+30+30')
  const call = application(t).acquireTokenInteractive(request([], { parentWindow: parent.window }))
  const rejected = assert.rejects(call, canceled(/The parent window was closed/))
  const window = await windowOf((await theBrowser()).pid)
  await desktop.becomes('WM_TRANSIENT_FOR', parent.window, window)
  await parent.program.kill()
  await rejected
  await nothingIsLeft()
})

test('a stale parent window is refused before a browser is started', async t => {
  const parent = await desktop.show(t, 'STALE', '20x5+0+0')
  await parent.program.kill()
  const call = application(t).acquireTokenInteractive(request([], { parentWindow: parent.window }))
  await assert.rejects(call, { code: 'invalid_window_handle' })
  await nothingIsLeft()
})

test('without a parent it is in the middle of the screen, and nobody else can read what is in it', async t => {
  const port = await debuggingPort()
  const call = application(t).acquireTokenInteractive(request([`--remote-debugging-port=${port}`]))
  const browser = await theBrowser()
  const page = await pageAt(t, port)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  const place = await native.inspect(await windowOf(browser.pid))
  // The screen has 1280 × 800 points, and the window a frame.
  assert.ok(Math.abs(place.x + place.width / 2 - 640) <= 2, JSON.stringify(place))
  assert.ok(Math.abs(place.y + place.height / 2 - 400) <= 15, JSON.stringify(place))

  const words = (await processes()).flatMap(({ args }) => args)
  assert.ok(words.length > 20)
  assert.deepEqual(
    words.filter(word => /state=|code_challenge|login_hint|authorize/.test(word)),
    [],
  )
  const [profile = ''] = await privateProfiles()
  assert.equal((await stat(join(folder, profile))).mode & 0o777, 0o700)

  await signIn(page)
  assert.equal((await call).account.username, alice.username)
  await nothingIsLeft()
})

test('the browser gets no argument that takes its sandbox away', async t => {
  const appWindow = { args: ['--ignore-certificate-errors'] }
  const call = application(t).acquireTokenInteractive({ scopes: ['User.Read'], webUi: 'appWindow', appWindow })
  if (process.getuid?.() === 0) {
    // Chromium says itself why it does not start for root.
    await assert.rejects(call, (error: ClientError) => {
      assert.equal(error.code, 'authentication_ui_failed')
      assert.match(error.message, /chromium ended \(1\)\. .*without --no-sandbox is not supported/)
      return true
    })
  } else {
    call.catch(() => {})
    const { args } = await theBrowser()
    assert.deepEqual(
      args.filter(arg => arg.includes('sandbox')),
      [],
    )
  }
})

test('a signal or the time limit takes the window away', async t => {
  const controller = new AbortController()
  const app = application(t)
  const aborted = app.acquireTokenInteractive(request([], { signal: controller.signal }))
  const rejected = assert.rejects(aborted, { message: 'enough' })
  await windowOf((await theBrowser()).pid)
  controller.abort(new Error('enough'))
  await rejected
  await nothingIsLeft()

  const late = app.acquireTokenInteractive(request([], { timeoutSeconds: 4 }))
  await assert.rejects(late, { code: 'authentication_timeout' })
  await nothingIsLeft()

  // Before there is a window, too.
  const early = new AbortController()
  const soonAborted = app.acquireTokenInteractive(request([], { signal: early.signal }))
  const refused = assert.rejects(soonAborted, { message: 'at once' })
  await soon('a process', async () => (await browsers()).length > 0)
  early.abort(new Error('at once'))
  await refused
  await nothingIsLeft()
})

test('a browser that crashes ends the sign-in, and the parent takes input again', async t => {
  const parent = await desktop.show(t, 'PARENT', '100x40+30+30')
  const call = application(t).acquireTokenInteractive(request([], { parentWindow: parent.window }))
  const rejected = assert.rejects(call, { code: 'authentication_ui_failed', message: 'The browser has crashed.' })
  const { pid } = await theBrowser()
  const window = await windowOf(pid)
  await desktop.becomes('WM_TRANSIENT_FOR', parent.window, window)
  process.kill(pid, 'SIGKILL')
  await rejected
  await desktop.becomes('_NET_ACTIVE_WINDOW', parent.window)
  await soon('the helpers are gone', async () => (await processes()).length === 0)
})

test('a program that is killed takes its browser along', async t => {
  const script = `import { PublicClientApplication } from 'latchkey'
    const app = new PublicClientApplication(${JSON.stringify({
      clientId: tenant.clientId,
      authority: tenant.authority,
      instanceDiscovery: false,
      http: { ca: tenant.caPem },
    })})
    await app.acquireTokenInteractive(${JSON.stringify(request())})`
  const program = Program.script(t, script)
  const { pid } = await theBrowser()
  await windowOf(pid)
  await program.kill()
  // Its profile is left: there is nobody to delete it, and nothing but cookies of a sign-in that was not finished.
  t.after(async () => {
    for (const name of await privateProfiles()) await rm(join(folder, name), { recursive: true, force: true })
  })
  await soon('the browser is gone', async () => (await processes()).length === 0)
})

test('three windows at once bring three answers', { timeout: 120_000 }, async t => {
  const users = await Promise.all(
    [1, 2, 3].map(async () => {
      const port = await debuggingPort()
      const call = application(t).acquireTokenInteractive(request([`--remote-debugging-port=${port}`]))
      await signIn(await pageAt(t, port))
      return (await call).account.username
    }),
  )
  assert.deepEqual(users, Array(3).fill(alice.username))
  await nothingIsLeft()
})
