/** Signing in through a web UI of the app's own. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { ClientError, type CustomWebUi, type InteractiveRequest, WebUiError } from 'latchkey'
import { SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

/** A web UI that signs in as alice and resolves with what `edit` makes of the address that it ends on. */
function webUi(edit: (answer: URL) => unknown = answer => answer) {
  const seen: Array<{ url: URL; redirectUri: URL; signal: AbortSignal }> = []
  const ui: CustomWebUi = {
    async acquireAuthorizationCode(url, redirectUri, signal) {
      seen.push({ url, redirectUri, signal })
      const browser = stage.browser()
      const page = await (await browser.open(url.pathname + url.search)).signIn(stage.user('alice'))
      return edit(new URL(String(page.answer.headers.location))) as URL
    },
  }
  return { ui, seen }
}

const ID = '7d0a1c5e-3f0e-4e3b-9a0e-2f6c7c1f9a10'
const redirectUri = 'https://login.microsoftonline.com/common/oauth2/nativeclient'

test('takes the code from the query of the redirect URI, which is used as it is', async t => {
  const { app, clock } = stage.application(t, { redirectUri })
  const { ui, seen } = webUi()
  const result = await app.acquireTokenInteractive({ scopes: SCOPES, webUi: ui })
  assert.equal(result.account.username, stage.user('alice').username)
  const [shown] = seen
  assert.equal(shown?.redirectUri.href, redirectUri)
  assert.equal(shown?.url.searchParams.get('redirect_uri'), redirectUri)
  assert.equal(shown?.url.searchParams.get('response_mode'), 'query')
  assert.equal(stage.tokenRequests()[0]?.form.redirect_uri, redirectUri)
  assert.equal(shown?.signal.aborted, false)
  assert.equal(clock.sleeping, 0)
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })).fromCache, true)
})

test('refuses what the web UI must not resolve with, before a code is redeemed', async t => {
  const { app } = stage.application(t, { redirectUri })
  const edits: Record<string, Array<(answer: URL) => unknown>> = {
    custom_webui_returned_invalid_uri: [
      () => undefined,
      () => null,
      () => 'not a URL',
      () => new URL(redirectUri),
      answer => new URL(`${answer.href}&state=twice`),
    ],
    custom_webui_invalid_mismatch: [
      answer => new URL(answer.search, 'https://login.microsoftonline.com/common/oauth2/other'),
      answer => new URL(answer.href.replace('login.microsoftonline.com', 'login.evil.example')),
      answer => new URL(answer.href.replace('https:', 'http:')),
    ],
    state_mismatch: [answer => set(answer, 'state', 'another'), answer => set(answer, 'state', undefined)],
    invalid_issuer: [
      answer => set(answer, 'iss', 'https://login.evil.example/common/v2.0'),
      answer => set(answer, 'iss', tenant.origin.replace('https:', 'http:')),
      answer => set(answer, 'iss', ''),
    ],
    authentication_failed: [answer => set(answer, 'code', undefined), answer => set(answer, 'code', '')],
  }
  for (const [code, list] of Object.entries(edits)) {
    for (const [i, edit] of list.entries()) {
      const call = app.acquireTokenInteractive({ scopes: SCOPES, correlationId: ID, webUi: webUi(edit).ui })
      await assert.rejects(call, { code, name: 'ClientError', correlationId: ID }, `${code} ${i}`)
    }
  }
  assert.equal(stage.tokenRequests().length, 0)
})

function set(url: URL, name: string, value: string | undefined): URL {
  const edited = new URL(url)
  if (value === undefined) edited.searchParams.delete(name)
  else edited.searchParams.set(name, value)
  return edited
}

/** What a call with this web UI rejects with. */
async function failureWith(t: TestContext, error: unknown, how: 'rejects' | 'throws' = 'rejects') {
  const { app, clock } = stage.application(t)
  const correlationId = randomUUID()
  const acquireAuthorizationCode = (): Promise<URL> => {
    if (how === 'throws') throw error
    return Promise.reject(error)
  }
  const call = app.acquireTokenInteractive({ scopes: SCOPES, correlationId, webUi: { acquireAuthorizationCode } })
  const reason = await call.then(
    () => assert.fail('it went through'),
    (rejected: unknown) => rejected,
  )
  assert.equal(clock.sleeping, 0)
  return { reason, correlationId }
}

test('a WebUiError reaches the caller as it is, with the id of the request', async t => {
  for (const how of ['rejects', 'throws'] as const) {
    const own = new WebUiError('the page did not load', { hint: 'Try the other window.', cause: 'a cause' })
    const { reason, correlationId } = await failureWith(t, own, how)
    assert.equal(reason, own)
    assert.ok(own instanceof ClientError)
    const { name, code, message, hint, cause } = own
    assert.deepEqual([name, code, own.correlationId], ['WebUiError', 'custom_webui_failed', correlationId])
    assert.deepEqual([message, hint, cause], ['the page did not load', 'Try the other window.', 'a cause'])
  }
  const named = new WebUiError('the page did not load', { correlationId: 'of its own' })
  await failureWith(t, named)
  assert.equal(named.correlationId, 'of its own')
  const frozen = Object.freeze(new WebUiError('the page did not load'))
  assert.equal((await failureWith(t, frozen)).reason, frozen)
})

test('an AbortError of the web UI says that the user closed it', async t => {
  for (const own of [new DOMException('closed', 'AbortError'), AbortSignal.abort().reason]) {
    const { reason, correlationId } = await failureWith(t, own)
    assert.ok(reason instanceof ClientError)
    assert.deepEqual([reason.code, reason.correlationId], ['authentication_canceled', correlationId])
    assert.equal(reason.cause, own)
  }
})

test('whatever else the web UI rejects with or throws reaches the caller unchanged', async t => {
  const client = new ClientError('network_error')
  for (const own of [new TypeError('no window'), client, 'a string', undefined, { name: 'AbortError' }]) {
    for (const how of ['rejects', 'throws'] as const) assert.equal((await failureWith(t, own, how)).reason, own)
  }
  assert.equal(client.correlationId, undefined)
})

test('a web UI that gives up because it is told to leaves the reason to the caller', async t => {
  const { app } = stage.application(t)
  const cancel = new AbortController()
  const acquireAuthorizationCode: CustomWebUi['acquireAuthorizationCode'] = (_url, _redirectUri, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new WebUiError('closed'))))
  const webUi = { acquireAuthorizationCode }
  const call = app.acquireTokenInteractive({ scopes: SCOPES, signal: cancel.signal, webUi })
  const reason = new Error('the user went elsewhere')
  setImmediate(() => cancel.abort(reason))
  assert.equal(await call.catch((error: unknown) => error), reason)
  const late = app.acquireTokenInteractive({ scopes: SCOPES, signal: AbortSignal.abort(reason), webUi })
  assert.equal(await late.catch((error: unknown) => error), reason)
})

test('the redirect URI goes to the service as it was configured, an address of the app alone too', async t => {
  for (const redirectUri of [
    'contoso.mail://Auth/back',
    'contoso:/back',
    'urn:ietf:wg:oauth:2.0:oob',
    'http://localhost',
  ]) {
    const { app } = stage.application(t, { redirectUri })
    const { ui, seen } = webUi()
    tenant.requests.length = 0
    const { account } = await app.acquireTokenInteractive({ scopes: SCOPES, webUi: ui })
    assert.equal(account.username, stage.user('alice').username)
    assert.equal(seen[0]?.url.searchParams.get('redirect_uri'), redirectUri)
    assert.equal(seen[0]?.url.searchParams.get('response_mode'), 'query')
    assert.equal(seen[0]?.redirectUri.href, new URL(redirectUri).href)
    assert.equal(stage.tokenRequests()[0]?.form.redirect_uri, redirectUri)
  }
  const { app } = stage.application(t, { redirectUri: 'contoso.mail://auth/back' })
  const elsewhere = webUi(answer => new URL(answer.href.replace('/back', '/front'))).ui
  await assert.rejects(app.acquireTokenInteractive({ scopes: SCOPES, webUi: elsewhere }), {
    code: 'custom_webui_invalid_mismatch',
  })
})

test('a web UI that never ends is told at the time limit, and what it does later matters to nobody', async t => {
  const { app, clock } = stage.application(t)
  let signal: AbortSignal | undefined
  let rejectLate = (_error: Error) => {}
  const hanging: CustomWebUi = {
    acquireAuthorizationCode: (_url, _redirectUri, given) => {
      signal = given
      return new Promise((_, reject) => {
        rejectLate = reject
      })
    },
  }
  const call = app.acquireTokenInteractive({ scopes: SCOPES, webUi: hanging, timeoutSeconds: 60 })
  const outcome = assert.rejects(call, { code: 'authentication_timeout' })
  await clock.advance(60_000)
  await outcome
  assert.equal(signal?.reason.code, 'authentication_timeout')
  rejectLate(new Error('the window was closed at last'))
})

type Wrong = [fields: Record<string, unknown>, code: string]

const wrongAppWindows = [
  'wide',
  { executable: 'chromium' },
  { executable: '' },
  { args: '--no-sandbox' },
  { args: ['--lang=de\0'] },
  { args: [1] },
  { profile: 'public' },
  { width: 0 },
  { height: 1.5 },
  { width: '500' },
  { height: 20_000 },
]

test('the service is asked nothing when the request is wrong', async t => {
  const { app } = stage.application(t)
  const { ui, seen } = webUi()
  const wrong: Wrong[] = [
    [{ scopes: [] }, 'empty_scopes'],
    [{ scopes: ['User.Read Mail.Read'] }, 'invalid_request'],
    [{ scopes: 'User.Read' }, 'invalid_request'],
    [{ prompt: 'sometimes' }, 'invalid_request'],
    [{ timeoutSeconds: 0 }, 'invalid_request'],
    [{ claims: '{"not": json' }, 'invalid_json_claims_format'],
    [{ correlationId: 'not a GUID' }, 'invalid_request'],
    [{ tenantId: '../common' }, 'invalid_request'],
    [{ tenantId: 'a.example', authority: tenant.authority }, 'invalid_request'],
    [{ authority: 'http://localhost/common' }, 'invalid_authority'],
    [{ account: { username: 'alice' } }, 'invalid_request'],
    [{ systemBrowser: {} }, 'embedded_webview_not_compatible_default_browser'],
    [{ appWindow: {} }, 'embedded_webview_not_compatible_default_browser'],
    [{ webUi: 'systemBrowser', appWindow: {} }, 'embedded_webview_not_compatible_default_browser'],
    [{ webUi: 'appWindow', systemBrowser: {} }, 'embedded_webview_not_compatible_default_browser'],
    [{ webUi: 'appWindow', redirectUri: 'contoso.mail://auth' }, 'invalid_request'],
    ...wrongAppWindows.map((appWindow): Wrong => [{ webUi: 'appWindow', appWindow }, 'invalid_request']),
    [{ webUi: 'aWindow' }, 'invalid_request'],
  ]
  for (const [fields, code] of wrong) {
    const request = { scopes: SCOPES, webUi: ui, ...fields } as InteractiveRequest
    await assert.rejects(app.acquireTokenInteractive(request), error => {
      const { code: got, hint } = error as { code: string; hint: string }
      assert.equal(got, code, JSON.stringify(fields))
      return hint.length > 10
    })
  }
  assert.deepEqual([seen, tenant.requests], [[], []])
})
