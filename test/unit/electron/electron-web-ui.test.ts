/** The web UI for Electron over a window that shows nothing: how it is made, where it ends, and what is left of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { electronWebUi } from 'latchkey/electron'
import { FakeBrowserWindow, FakeEvent } from '../../fakes/fake-browser-window.js'
import { FakeClock } from '../../fakes/fake-clock.js'

const AUTHORIZE = 'https://login.contoso.com/t/authorize?client_id=c&prompt=select_account'
const REDIRECT = 'http://localhost/back'
const ANSWER = `${REDIRECT}?code=abc&state=xyz`

type Options = Partial<Parameters<typeof electronWebUi<FakeBrowserWindow>>[0]>

/** A sign-in that has just been begun. */
function begin(options: Options = {}, { url = AUTHORIZE, redirectUri = REDIRECT, platform = 'linux' } = {}) {
  const windows: FakeBrowserWindow[] = []
  class BrowserWindow extends FakeBrowserWindow {
    constructor(given?: ConstructorParameters<typeof FakeBrowserWindow>[0]) {
      super(given)
      windows.push(this)
    }
  }
  const clock = new FakeClock()
  const ui = (electronWebUi as (...args: unknown[]) => ReturnType<typeof electronWebUi>)(
    { BrowserWindow, ...options },
    { clock, platform },
  )
  const controller = new AbortController()
  const call = () => ui.acquireAuthorizationCode(new URL(url), new URL(redirectUri), controller.signal)
  const signIn = call()
  signIn.catch(() => {})
  const window = windows[0] as FakeBrowserWindow
  return { window, windows, signIn, controller, clock, again: call }
}

test('the window is a modal child that is harmless, and the page gets no menu, window or permission', async () => {
  const parent = new FakeBrowserWindow()
  const { window } = begin({ parent })
  assert.deepEqual(
    { ...window.options, webPreferences: { ...window.options?.webPreferences, partition: '' } },
    {
      parent,
      modal: true,
      show: true,
      width: 500,
      height: 680,
      title: 'Sign in',
      center: true,
      minimizable: false,
      fullscreenable: false,
      autoHideMenuBar: true,
      webPreferences: {
        partition: '',
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        safeDialogs: true,
        spellcheck: false,
      },
    },
  )
  assert.deepEqual(window.loaded, [AUTHORIZE])
  assert.equal(window.menu, null)
  assert.deepEqual(window.webContents.windowOpenHandler?.(), { action: 'deny' })
  assert.deepEqual(window.webContents.session.grants, [false, false, false])
  const [download, unload, title] = [new FakeEvent(), new FakeEvent(), new FakeEvent()]
  window.webContents.session.emitter.emit('will-download', download)
  window.webContents.emitter.emit('will-prevent-unload', unload)
  window.emitter.emit('page-title-updated', title)
  // A page that wants to be asked before it is left would keep its window open.
  assert.deepEqual([download.isPrevented, unload.isPrevented, title.isPrevented], [true, true, true])
  window.webContents.emitter.emit('did-navigate', {}, 'https://login.contoso.com/t/authorize?client_id=c')
  assert.deepEqual(window.titles, ['Sign in – login.contoso.com'])
})

test('the parent can be found late, be absent, and stays usable on a Mac, where a sheet has no close button', async () => {
  const parent = new FakeBrowserWindow()
  assert.equal(begin({ parent: () => parent }).window.options?.parent, parent)
  for (const none of [undefined, () => undefined, () => null]) {
    const { options } = begin(none && { parent: none }).window
    assert.deepEqual([options?.modal, options && 'parent' in options], [false, false])
  }
  const onMac = begin({ parent }, { platform: 'darwin' }).window.options
  assert.deepEqual([onMac?.parent, onMac?.modal], [parent, false])
  assert.equal(begin({ parent, modal: false }).window.options?.modal, false)
  parent.destroy()
  const { windows, signIn } = begin({ parent })
  await assert.rejects(signIn, { code: 'invalid_window_handle' })
  assert.equal(windows.length, 0)
})

test('takes the answer from a redirect, a navigation or an address that cannot be loaded, and leaves nothing', async () => {
  const ways: Array<[how: string, redirectUri: string, end: (window: FakeBrowserWindow, url: string) => unknown]> = [
    ['will-redirect', REDIRECT, (window, url) => assert.ok(window.page('will-redirect', url).isPrevented)],
    ['will-navigate', REDIRECT, (window, url) => assert.ok(window.page('will-navigate', url).isPrevented)],
    ['an https address', 'https://login.contoso.com/nativeclient', (w, url) => w.page('will-redirect', url)],
    ['a custom scheme', 'msal1234://auth', (window, url) => window.page('will-redirect', url)],
    [
      'did-fail-load',
      'com.contoso.app:/back',
      (window, url) => window.webContents.emitter.emit('did-fail-load', {}, -302, 'UNKNOWN_URL_SCHEME', url, true),
    ],
  ]
  for (const [how, redirectUri, end] of ways) {
    const parent = new FakeBrowserWindow()
    const { window, signIn, controller } = begin({ parent }, { redirectUri })
    assert.ok(window.left > 5)
    let isSettled = false
    signIn.then(() => {
      assert.ok(window.isDestroyed(), how)
      isSettled = true
    })
    const url = `${redirectUri}?code=abc&state=xyz`
    end(window, url)
    // Until the window is gone, its page is to go nowhere.
    assert.ok(window.page('will-navigate', 'https://login.contoso.com/next').isPrevented)
    assert.equal(isSettled, false)
    assert.equal((await signIn).href, new URL(url).href, how)
    assert.deepEqual([window.left, parent.left, parent.focused], [0, 0, 1], how)
    controller.abort()
  }
})

test('keeps pages to https: other redirects end the sign-in, other links do nothing, and frames are their own business', async () => {
  const { window, signIn } = begin()
  for (const url of ['https://sts.fabrikam.com/adfs/ls', 'https://localhost/back?code=abc']) {
    assert.equal(window.page('will-navigate', url).isPrevented, false)
    assert.equal(window.page('will-redirect', url).isPrevented, false)
  }
  for (const url of ['http://fabrikam.com/help', 'mailto:help@fabrikam.com', 'file:///etc/passwd', 'data:text/html,']) {
    assert.ok(window.page('will-navigate', url).isPrevented, url)
  }
  // What a frame is redirected to is no answer.
  assert.equal(window.page('will-redirect', ANSWER, false).isPrevented, false)
  window.webContents.emitter.emit('did-fail-load', {}, -105, 'NAME_NOT_RESOLVED', 'https://ads.example/', false)
  window.webContents.emitter.emit('did-fail-load', {}, -3, 'ABORTED', 'https://login.contoso.com/', true)
  await nextTurn()
  assert.equal(window.isDestroyed(), false)
  for (const url of ['http://localhost/other?code=abc', 'http://localhost:81/back?code=abc', 'file:///etc/passwd']) {
    const other = begin()
    assert.ok(other.window.page('will-redirect', url).isPrevented)
    await assert.rejects(other.signIn, { code: 'non_https_redirect_failed' })
    assert.equal(other.window.left, 0)
  }
  window.page('will-redirect', ANSWER)
  await signIn
})

test('ends without an answer: closed, cancelled, unreachable, not trusted, crashed', async () => {
  const reason = new Error('enough')
  type Begun = ReturnType<typeof begin>
  const load = (code: number) => (b: Begun) =>
    b.window.webContents.emitter.emit('did-fail-load', {}, code, 'WHY', 'https://sts.contoso.com/?secret', true)
  const ends: Array<[(begun: Begun) => unknown, object, focused: number]> = [
    [({ window }) => window.destroy(), { code: 'authentication_canceled' }, 1],
    [({ controller }) => controller.abort(reason), reason, 0],
    [load(-105), { code: 'network_error', message: 'sts.contoso.com could not be reached: WHY.' }, 1],
    [load(-202), { code: 'tls_error', message: 'The certificate of sts.contoso.com is not trusted: WHY.' }, 1],
    [
      b => b.window.webContents.emitter.emit('render-process-gone', {}, { reason: 'oom' }),
      { name: 'WebUiError', message: 'The process of the sign-in page has ended: oom.' },
      1,
    ],
  ]
  for (const [end, error, focused] of ends) {
    const parent = new FakeBrowserWindow()
    const begun = begin({ parent })
    end(begun)
    await assert.rejects(begun.signIn, error)
    assert.ok(begun.window.isDestroyed())
    assert.deepEqual([begun.window.left, parent.focused], [0, focused])
  }
  const { again, controller, windows } = begin()
  controller.abort(reason)
  await assert.rejects(again(), reason)
  assert.equal(windows.length, 1)
})

test('who has turned to another program is not called back', async () => {
  const parent = new FakeBrowserWindow()
  const { window, signIn } = begin({ parent })
  window.hasFocus = false
  window.page('will-redirect', ANSWER)
  await signIn
  assert.equal(parent.focused, 0)
  // A parent that is closed takes the window with it.
  const other = begin({ parent })
  parent.destroy()
  other.window.destroy()
  await assert.rejects(other.signIn, { code: 'authentication_canceled' })
  assert.equal(parent.focused, 0)
})

test('with prompt=none it is never shown, and a page that waits for a person ends it', async () => {
  const silent = { url: AUTHORIZE.replace('select_account', 'none') }
  const parent = new FakeBrowserWindow()
  const first = begin({ parent, partition: 'persist:sign-in' }, silent)
  const { options } = first.window
  assert.deepEqual([options?.show, options?.modal, options && 'parent' in options], [false, false, false])
  first.window.webContents.emitter.emit('did-stop-loading')
  await first.clock.advance(4_999)
  // A page that posts itself on.
  first.window.webContents.emitter.emit('did-start-loading')
  await first.clock.advance(60_000)
  const answer = `${REDIRECT}?error=login_required&state=xyz`
  first.window.page('will-redirect', answer)
  assert.equal((await first.signIn).href, answer)
  assert.deepEqual([first.clock.sleeping, parent.focused], [0, 0])

  const second = begin({ parent }, silent)
  for (let i = 0; i < 3; i++) second.window.webContents.emitter.emit('did-stop-loading')
  assert.equal(second.clock.sleeping, 1)
  await second.clock.advance(5_000)
  await assert.rejects(second.signIn, { code: 'no_prompt_failed', classification: 'prompt_never_failed' })
  assert.equal(second.window.left, 0)
  // A window that people see may wait for them.
  const shown = begin()
  shown.window.webContents.emitter.emit('did-stop-loading')
  assert.equal(shown.clock.sleeping, 0)
})

test('sign-ins share no partition in memory, which is emptied and used again; a named one is left alone', async () => {
  const { windows, window, again } = begin()
  again().catch(() => {})
  const partition = (i: number) => windows[i]?.options?.webPreferences.partition
  const [one, two] = [partition(0), partition(1)]
  assert.match(`${one}`, /^latchkey-[0-9a-f-]{36}$/)
  assert.notEqual(one, two)
  window.destroy()
  for (let i = 0; i < 3; i++) await nextTurn()
  assert.deepEqual(window.webContents.session.cleared, ['storage', 'cache', 'auth'])
  again().catch(() => {})
  assert.equal(partition(2), one)
  const broken = windows[1] as FakeBrowserWindow
  broken.webContents.session.isBroken = true
  broken.destroy()
  for (let i = 0; i < 3; i++) await nextTurn()
  again().catch(() => {})
  assert.ok(![one, two].includes(partition(3)))

  const named = begin({ partition: 'persist:sign-in' })
  assert.equal(named.window.options?.webPreferences.partition, 'persist:sign-in')
  named.window.destroy()
  for (let i = 0; i < 3; i++) await nextTurn()
  assert.deepEqual(named.window.webContents.session.cleared, [])
})

test('refuses options that are wrong', () => {
  const wrong: object[] = [
    { BrowserWindow: undefined },
    { parent: 7 },
    { modal: 'yes' },
    { partition: '' },
    { partition: 'persist:' },
    { width: 0 },
    { height: 1.5 },
    { title: 7 },
  ]
  for (const options of wrong) {
    const make = () => electronWebUi({ BrowserWindow: FakeBrowserWindow, ...options } as never)
    assert.throws(make, { code: 'invalid_configuration' }, JSON.stringify(options))
  }
  assert.throws(() => electronWebUi(undefined as never), { code: 'invalid_configuration' })
})
