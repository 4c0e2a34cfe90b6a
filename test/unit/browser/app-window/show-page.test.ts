/** A sign-in in the window of a browser that shows nothing: where its page may go, where it ends, and what is noticed. */
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { showPage } from '#lib/browser/app-window/show-page.js'
import { ClientError, InteractionRequiredError } from '#lib/errors.js'
import { FakeClock } from '../../../fakes/fake-clock.js'
import { type Answers, FakeDevTools, PAGE, SESSION } from '../../../fakes/fake-dev-tools.js'

const AUTHORIZE = 'https://login.contoso.com/t/authorize?client_id=c'
const REDIRECT = 'http://localhost/back'
const ANSWER = `${REDIRECT}?code=abc&state=xyz`

/** A sign-in whose page has been asked for. */
async function begin({
  answers = {} as Answers,
  redirectUri = REDIRECT,
  isShown = true,
  isCentred = false,
  signal = new AbortController().signal,
} = {}) {
  const devTools = new FakeDevTools(answers)
  const clock = new FakeClock()
  const signIn = showPage({
    browser: devTools.browser,
    authorizationUrl: new URL(AUTHORIZE),
    redirectUri: new URL(redirectUri),
    isShown,
    isCentred,
    signal,
    clock,
  })
  signIn.catch(() => {})
  await turns()
  return { devTools, clock, signIn }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; ++turn) await nextTurn()
}

/** How requests of pages were decided on. */
const decisions = (devTools: FakeDevTools) =>
  devTools.orders
    .filter(({ method }) => /^Fetch\.(?:continue|fail)Request$/.test(method))
    .map(({ method, params }) => `${method} ${params.requestId} ${params.errorReason ?? ''}`.trim())

const clientError = (code: string, message?: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === code && (message?.test(error.message) ?? true)

test('the page is asked for once nothing it does can be missed, and the redirect is the answer, which is not sent', async () => {
  const { devTools, signIn } = await begin()
  assert.deepEqual(
    devTools.orders.map(({ method }) => method),
    [
      'Browser.setDownloadBehavior',
      'Target.setDiscoverTargets',
      'Target.setAutoAttach',
      'Fetch.enable',
      'Network.enable',
      'Network.setBypassServiceWorker',
      'Page.enable',
      'Page.navigate',
    ],
  )
  assert.deepEqual(devTools.of('Browser.setDownloadBehavior')[0]?.params, { behavior: 'deny' })
  assert.deepEqual(devTools.of('Fetch.enable')[0]?.params, {
    patterns: [
      { urlPattern: 'http://localhost/back*', resourceType: 'Document' },
      { urlPattern: 'http://*', resourceType: 'Document' },
    ],
  })
  assert.deepEqual(devTools.of('Page.navigate')[0]?.params, { url: AUTHORIZE })
  devTools.requests(ANSWER)
  assert.equal((await signIn).href, ANSWER)
  await turns()
  assert.deepEqual(decisions(devTools), [])
})

test('only the page itself can answer, and only at the redirect URI', async () => {
  const redirectUri = 'https://login.contoso.com/common/*/nativeclient'
  const { devTools, signIn } = await begin({ redirectUri })
  assert.match(JSON.stringify(devTools.of('Fetch.enable')[0]?.params), /common\/\\\\\*\/nativeclient\*"/)
  devTools.requests(`${redirectUri}?code=1`, { frameId: 'a frame in it' })
  devTools.requests(`${redirectUri}?code=2`, { sessionId: 'another window' })
  devTools.requests(`${redirectUri}/more?code=3`)
  devTools.requests('https://login.contoso.com:444/common/*/nativeclient?code=4')
  devTools.requests(`${redirectUri}?code=5`)
  assert.equal((await signIn).search, '?code=5')
  await turns()
  assert.deepEqual(decisions(devTools), [
    `Fetch.continueRequest to ${redirectUri}?code=1`,
    `Fetch.continueRequest to ${redirectUri}/more?code=3`,
    'Fetch.continueRequest to https://login.contoso.com:444/common/*/nativeclient?code=4',
  ])
})

test('a redirect to an address that is not https fails; a link there does nothing; a frame may go there', async () => {
  const { devTools, signIn } = await begin()
  devTools.requests('http://insecure.contoso.com/', { redirected: false })
  devTools.requests('http://insecure.contoso.com/frame', { frameId: 'a frame in it' })
  await turns()
  assert.deepEqual(decisions(devTools), [
    'Fetch.failRequest to http://insecure.contoso.com/ Aborted',
    'Fetch.continueRequest to http://insecure.contoso.com/frame',
  ])
  devTools.requests('http://insecure.contoso.com/next')
  await assert.rejects(signIn, clientError('non_https_redirect_failed'))
})

test('a window that is closed is a cancelled sign-in; another window is not', async () => {
  const { devTools, signIn } = await begin()
  devTools.happens('Target.targetDestroyed', { targetId: 'another' })
  devTools.happens('Target.targetCrashed', { targetId: 'another' })
  devTools.happens('Target.targetDestroyed', { targetId: PAGE })
  devTools.end()
  await assert.rejects(signIn, clientError('authentication_canceled'))
})

test('a process that ends is told from a window that is closed', async () => {
  const crashed = await begin()
  crashed.devTools.happens('Target.targetCrashed', { targetId: PAGE })
  await assert.rejects(crashed.signIn, clientError('authentication_ui_failed', /process of the sign-in page/))
  const killed = await begin()
  killed.devTools.end()
  await assert.rejects(killed.signIn, clientError('authentication_ui_failed', /browser has crashed/))
  const failed = await begin()
  failed.devTools.end(1)
  await assert.rejects(failed.signIn, clientError('authentication_ui_failed', /browser has crashed/))
  // As with the menu of macOS.
  const quit = await begin()
  quit.devTools.end(0)
  await assert.rejects(quit.signIn, clientError('authentication_canceled'))
  const deaf = await begin()
  deaf.devTools.end('alive')
  await turns()
  await deaf.clock.advance(1_000)
  await assert.rejects(deaf.signIn, clientError('authentication_ui_failed', /takes no orders/))
})

test('another window is closed before it loads anything', async () => {
  const { devTools, signIn } = await begin()
  const [attach] = devTools.of('Target.setAutoAttach')
  assert.equal(attach?.params.waitForDebuggerOnStart, true)
  devTools.opens('a window that the page opens', 'another session')
  devTools.requests(ANSWER, { frameId: 'a window that the page opens', sessionId: 'another session' })
  await turns()
  assert.deepEqual(
    devTools.of('Target.closeTarget').map(({ params }) => params),
    [{ targetId: 'a window that the page opens' }],
  )
  devTools.requests(`${ANSWER}2`)
  assert.equal((await signIn).href, `${ANSWER}2`)
})

test('there is no way back to the empty page, once there is another one', async () => {
  let isThere = false
  const { devTools } = await begin({
    answers: {
      'Page.resetNavigationHistory': () => (isThere ? { result: {} } : { error: { message: 'Not attached' } }),
    },
  })
  const navigates = async (id: string, url: string) => {
    devTools.happens('Page.frameNavigated', { frame: { id, url } }, SESSION)
    await turns()
    return devTools.of('Page.resetNavigationHistory').length
  }
  assert.equal(await navigates(PAGE, 'data:text/html,'), 0)
  assert.equal(await navigates('a frame in it', AUTHORIZE), 0)
  assert.equal(await navigates(PAGE, AUTHORIZE), 1)
  isThere = true
  assert.equal(await navigates(PAGE, AUTHORIZE), 2)
  assert.equal(await navigates(PAGE, AUTHORIZE), 2)
})

test('a first page that cannot be loaded says why; one that the answer has interrupted does not', async () => {
  const failing = (errorText: string) =>
    begin({ answers: { 'Page.navigate': () => ({ result: { frameId: PAGE, errorText } }) } })
  for (const [errorText, code] of [
    ['net::ERR_CERT_AUTHORITY_INVALID', 'tls_error'],
    ['net::ERR_SSL_PROTOCOL_ERROR', 'tls_error'],
    ['net::ERR_NAME_NOT_RESOLVED', 'network_error'],
  ] as const) {
    const { signIn } = await failing(errorText)
    const message = new RegExp(`^[^?]*login\\.contoso\\.com[^?]*${errorText}`)
    await assert.rejects(signIn, clientError(code, message))
  }
  const { devTools, signIn } = await failing('net::ERR_ABORTED')
  devTools.requests(ANSWER)
  assert.equal((await signIn).href, ANSWER)
})

test('an order that the browser refuses fails, unless the window was closed meanwhile', async () => {
  const answers = { 'Fetch.enable': () => ({ error: { message: 'no such method' } }) }
  const refused = await begin({ answers })
  await refused.clock.advance(999)
  assert.equal(refused.clock.sleeping, 1)
  await refused.clock.advance(1)
  await assert.rejects(refused.signIn, clientError('authentication_ui_failed', /does not show the page/))
  const closed = await begin({ answers })
  closed.devTools.happens('Target.targetDestroyed', { targetId: PAGE })
  await assert.rejects(closed.signIn, clientError('authentication_canceled'))
  assert.equal(closed.clock.sleeping, 0)
})

test('without a parent the window goes to the middle of the screen, if it lets itself be moved', async () => {
  const { devTools } = await begin({ isCentred: true })
  assert.deepEqual(devTools.of('Browser.setWindowBounds')[0]?.params, {
    windowId: 7,
    bounds: { left: 390, top: 75 },
  })
  const stubborn = await begin({
    isCentred: true,
    answers: { 'Browser.setWindowBounds': () => ({ error: { message: 'no' } }) },
  })
  assert.equal(stubborn.devTools.of('Page.navigate').length, 1)
})

test('a page that nobody sees and that comes to rest needs the user; one that goes on does not', async () => {
  const { devTools, clock, signIn } = await begin({ isShown: false })
  for (let page = 0; page < 4; ++page) {
    devTools.inPage('Page.frameStartedLoading')
    devTools.inPage('Page.frameStoppedLoading')
    await turns()
    await clock.advance(4_000)
  }
  devTools.inPage('Page.frameStartedLoading', 'a frame in it')
  await turns()
  await clock.advance(1_000)
  await assert.rejects(signIn, (error: unknown) => {
    assert.ok(error instanceof InteractionRequiredError)
    assert.deepEqual([error.code, error.classification], ['no_prompt_failed', 'prompt_never_failed'])
    return true
  })
  const seen = await begin()
  seen.devTools.inPage('Page.frameStoppedLoading')
  await turns()
  await seen.clock.advance(60_000)
  seen.devTools.requests(ANSWER)
  assert.equal((await seen.signIn).href, ANSWER)
})

test('a page that nobody sees needs the user when it asks something, or never has all of its pictures', async () => {
  const asking = await begin({ isShown: false })
  asking.devTools.happens('Page.javascriptDialogOpening', { message: 'Are you there?' }, SESSION)
  await assert.rejects(asking.signIn, { code: 'no_prompt_failed' })
  const slow = await begin({ isShown: false })
  slow.devTools.inPage('Page.frameStartedLoading')
  slow.devTools.happens('Page.domContentEventFired', {}, SESSION)
  await turns()
  await slow.clock.advance(5_000)
  await assert.rejects(slow.signIn, { code: 'no_prompt_failed' })
})

test('the signal ends it, and nothing is listened to any more', async () => {
  const controller = new AbortController()
  const { devTools, signIn, clock } = await begin({ signal: controller.signal, isShown: false })
  devTools.inPage('Page.frameStoppedLoading')
  await turns()
  assert.equal(clock.sleeping, 1)
  controller.abort(new Error('enough'))
  await assert.rejects(signIn, { message: 'enough' })
  assert.equal(clock.sleeping, 0)
  assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
  const orders = devTools.orders.length
  devTools.requests('https://login.contoso.com/late')
  await turns()
  assert.equal(devTools.orders.length, orders)
  await assert.rejects((await begin({ signal: AbortSignal.abort(new Error('before')) })).signIn, { message: 'before' })
})
