/** How a sign-in in the browser may end otherwise: given up, refused, interrupted, too late; and what the person is told. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { ClientError, ServiceError, WebUiError } from 'latchkey'
import { interactively, SCOPES, setStage, until } from './support.js'

const stage = await setStage()
const { tenant } = stage
const cancel = { 'Sign in': () => ({ cancel: '1' }) }

test('Cancel on the page is authentication_canceled, and the page says so', async t => {
  const { app } = stage.application(t)
  const onFirstPage = stage.visit('alice', { deeds: cancel })
  await assert.rejects(interactively(app, onFirstPage), { code: 'authentication_canceled', name: 'ClientError' })
  const { page, url } = await onFirstPage.end()
  assert.equal(page.title, 'Not signed in')
  assert.match(url.pathname, /^\/not-signed-in\/[\w-]{12}$/)
  assert.match(page.answer.text, /Error code: <code>authentication_canceled/)

  const atTheCode = stage.visit('mia', { deeds: { 'Enter your code': () => ({ cancel: '1' }) } })
  await assert.rejects(interactively(app, atTheCode), { code: 'authentication_canceled' })
  const atConsent = stage.visit('cara', { deeds: { 'Permissions requested': () => ({ ucaccept: 'no' }) } })
  await assert.rejects(interactively(app, atConsent), { code: 'authentication_canceled' })
  assert.deepEqual(await app.getAccounts(), [])
  assert.equal(stage.tokenRequests().length, 0)
})

test('a refusal of the service without the word cancel is the ServiceError that it names', async t => {
  const { app } = stage.application(t)
  tenant.scenario({ authorizeAnswer: { drop: ['error_subcode'] } })
  await assert.rejects(interactively(app, stage.visit('pat')), error => {
    assert.ok(error instanceof ServiceError)
    assert.deepEqual([error.code, error.errorCodes, error.status], ['access_denied', [65004], undefined])
    assert.match(error.message, /^AADSTS65004: /)
    assert.notEqual(error.hint, '')
    return true
  })
})

test('a wrong password, a second factor and a consent are between the person and the page', async t => {
  const { app } = stage.application(t)
  let tries = 0
  const visit = stage.visit('mia', {
    deeds: {
      'Sign in': page => {
        tries += 1
        if (tries > 1) assert.match(page.alert ?? '', /^AADSTS50126/)
        const { username, password } = stage.user('mia')
        return { loginfmt: username, passwd: tries > 1 ? password : 'wrong' }
      },
    },
  })
  const { account } = await interactively(app, visit)
  assert.equal(account.username, stage.user('mia').username)
  assert.deepEqual(visit.titles, ['Sign in', 'Sign in', 'Enter your code', 'Returning to the app', 'Signed in'])
})

test('a browser that is closed, or never answers, ends at the time limit', async t => {
  const { app, clock } = stage.application(t)
  const leave = { deeds: { 'Sign in': () => undefined } }
  const timeout = { code: 'authentication_timeout', name: 'ClientError' }
  const short = assert.rejects(interactively(app, stage.visit('alice', leave), { timeoutSeconds: 20 }), timeout)
  const usual = interactively(app, stage.visit('alice', leave))
  let isOver = false
  const over = assert.rejects(usual, timeout).finally(() => {
    isOver = true
  })
  await until(() => tenant.requests.length === 2, 'both pages are open')
  await clock.advance(20_000)
  await short
  await clock.advance(279_999)
  assert.equal(isOver, false)
  await clock.advance(1)
  await over
  assert.equal(clock.sleeping, 0)
})

test('a browser that cannot start, and an openBrowser that throws, end the wait at once and unchanged', async t => {
  const { app, clock } = stage.application(t)
  const own = new TypeError('no browser in this test')
  const webUi = new WebUiError('the window was closed')
  for (const [openBrowser, thrown] of [
    [() => Promise.reject(own), own],
    [
      () => {
        throw webUi
      },
      webUi,
    ],
  ] as const) {
    const signIn = app.acquireTokenInteractive({ scopes: SCOPES, systemBrowser: { openBrowser } })
    assert.equal(await signIn.catch((error: unknown) => error), thrown)
  }
  assert.equal(webUi.correlationId, undefined)
  assert.equal(clock.sleeping, 0)
  if (process.platform !== 'linux') return
  // As on a machine without a desktop: nothing on it may be started by a test.
  const { DISPLAY, WAYLAND_DISPLAY, BROWSER, PATH } = process.env
  t.after(() => {
    for (const [name, value] of Object.entries({ DISPLAY, WAYLAND_DISPLAY, BROWSER, PATH })) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER']) delete process.env[name]
  process.env.PATH = '/nowhere'
  await assert.rejects(app.acquireTokenInteractive({ scopes: SCOPES }), { code: 'linux_xdg_open_failed' })
})

test('openBrowser is told when the sign-in has ended, however it did', async t => {
  const { app } = stage.application(t)
  const signals: AbortSignal[] = []
  const end = (visit: ReturnType<typeof stage.visit>) =>
    interactively(app, visit, {
      systemBrowser: {
        openBrowser: (url, signal) => {
          assert.equal(signal.aborted, false)
          signals.push(signal)
          return visit.open(url)
        },
      },
    })
  await end(stage.visit('alice'))
  await assert.rejects(end(stage.visit('alice', { deeds: cancel })), { code: 'authentication_canceled' })
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, true],
  )
})

test('a port in use is http_listener_error, before a browser opens', async t => {
  const { app } = stage.application(t)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  const visit = stage.visit('alice')
  for (const request of [{ redirectUri: `http://localhost:${port}` }, { systemBrowser: { port } }]) {
    await assert.rejects(interactively(app, visit, request), { code: 'http_listener_error' })
  }
  const elsewhere = { redirectUri: 'https://contoso.com/back' }
  await assert.rejects(interactively(app, visit, elsewhere), { code: 'loopback_redirect_uri' })
  assert.deepEqual(visit.urls, [])
})

test('redirectUri of the request goes before that of the application, with a port in it and without', async t => {
  const { app } = stage.application(t, { redirectUri: 'http://localhost/app' })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  for (const [request, pattern] of [
    [{}, /^http:\/\/localhost:\d+\/app$/],
    [{ redirectUri: 'http://127.0.0.1/own' }, /^http:\/\/127\.0\.0\.1:\d+\/own$/],
    [{ redirectUri: `http://localhost:${port}/own/` }, new RegExp(`^http://localhost:${port}/own/$`)],
    [{ redirectUri: 'http://localhost:81', systemBrowser: { port } }, new RegExp(`^http://localhost:${port}$`)],
  ] as const) {
    const visit = stage.visit('alice')
    tenant.requests.length = 0
    await interactively(app, visit, request)
    const sent = visit.urls[0]?.searchParams.get('redirect_uri') ?? ''
    assert.match(sent, pattern)
    assert.equal(stage.tokenRequests()[0]?.form.redirect_uri, sent)
  }
})

test('the page speaks of success only once the code is redeemed, and of failure when it is not', async t => {
  const { app } = stage.application(t)
  for (const [fault, title] of [
    [undefined, 'Signed in'],
    [{ aadsts: 53003 }, 'Not signed in'],
  ] as const) {
    const visit = stage.visit('alice')
    tenant.scenario({ latencyMs: 300, ...fault })
    const signIn = interactively(app, visit)
    const isSettled = signIn.then(
      () => 'fulfilled',
      (error: ServiceError) => error.code,
    )
    await until(() => stage.tokenRequests().length === 1, 'the code is being redeemed')
    assert.deepEqual(visit.titles.at(-1), 'Returning to the app')
    assert.equal(await isSettled, fault ? 'invalid_grant' : 'fulfilled')
    const { page } = await visit.end()
    assert.equal(page.title, title)
    if (fault) assert.match(page.answer.text, /AADSTS53003/)
    tenant.requests.length = 0
    tenant.scenario(null)
  }
})

test("the app's own messages and addresses take the place of our pages", async t => {
  const { app } = stage.application(t)
  const pages = {
    htmlMessageSuccess: '<title>Welcome</title>',
    htmlMessageError: '<title>Sorry</title>{0} {{1}} {1} {2} p{color:red}',
  }
  const welcome = stage.visit('alice')
  await interactively(app, welcome, { systemBrowser: pages })
  assert.equal((await welcome.end()).page.answer.text, pages.htmlMessageSuccess)
  const sorry = stage.visit('alice', { deeds: cancel })
  await assert.rejects(interactively(app, sorry, { systemBrowser: pages }), { code: 'authentication_canceled' })
  const { text } = (await sorry.end()).page.answer
  assert.equal(
    text,
    '<title>Sorry</title>authentication_canceled {The user cancelled the sign-in.} The user cancelled the sign-in. {2} p{color:red}',
  )

  const redirects = {
    browserRedirectSuccess: new URL(`${tenant.origin}/welcome?from=app`),
    browserRedirectError: new URL(`${tenant.origin}/sorry`),
  }
  await interactively(app, stage.visit('alice', { deeds: { 'Not found': () => undefined } }), {
    systemBrowser: { ...pages, ...redirects },
  })
  const lost = stage.visit('alice', { deeds: { ...cancel, 'Not found': () => undefined } })
  const failed = interactively(app, lost, { systemBrowser: { ...pages, ...redirects } })
  await assert.rejects(failed, { code: 'authentication_canceled' })
  await lost.end()
  const visited = tenant.requests.map(({ path, query }) => path + (query.from ?? ''))
  assert.ok(visited.includes('/welcomeapp') && visited.includes('/sorry'))
})

test('answers with another state, errors too, are strays: the sign-in goes on', async t => {
  const { app } = stage.application(t)
  const visit = stage.visit('alice')
  const strays: number[] = []
  const result = await interactively(app, visit, {
    systemBrowser: {
      openBrowser: async url => {
        const back = new URL(url.searchParams.get('redirect_uri') ?? '')
        for (const state of ['', 'x', `${url.searchParams.get('state')}x`]) {
          for (const answer of [{ code: 'stolen' }, { error: 'access_denied', error_subcode: 'cancel' }]) {
            back.search = new URLSearchParams({ ...answer, state }).toString()
            strays.push((await fetch(back)).status)
          }
        }
        await visit.open(url)
      },
    },
  })
  assert.deepEqual(strays, Array(6).fill(404))
  assert.equal(result.account.username, stage.user('alice').username)
})

test('an answer without a code and without an error is authentication_failed', async t => {
  const { app } = stage.application(t)
  tenant.scenario({ authorizeAnswer: { drop: ['code'] } })
  await assert.rejects(interactively(app, stage.visit('alice')), (error: unknown) => {
    assert.ok(error instanceof ClientError)
    return error.code === 'authentication_failed'
  })
})
