/** Signing in through a web UI of the app's own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CustomWebUi, type InteractiveRequest, WebUiError } from 'latchkey'
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
    authentication_failed: [answer => set(answer, 'code', undefined), answer => set(answer, 'code', '')],
  }
  for (const [code, list] of Object.entries(edits)) {
    for (const [i, edit] of list.entries()) {
      const call = app.acquireTokenInteractive({ scopes: SCOPES, webUi: webUi(edit).ui })
      await assert.rejects(call, { code, name: 'ClientError' }, `${code} ${i}`)
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

test('what the web UI rejects with or throws reaches the caller unchanged', async t => {
  const { app, clock } = stage.application(t)
  const own = new WebUiError('the window was closed')
  const uis: Array<() => Promise<URL>> = [
    () => Promise.reject(own),
    () => {
      throw own
    },
  ]
  for (const acquireAuthorizationCode of uis) {
    const call = app.acquireTokenInteractive({ scopes: SCOPES, webUi: { acquireAuthorizationCode } })
    assert.equal(await call.catch((error: unknown) => error), own)
  }
  assert.equal(clock.sleeping, 0)
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

test('the service is asked nothing when the request is wrong', async t => {
  const { app } = stage.application(t)
  const { ui, seen } = webUi()
  const wrong: Array<[Record<string, unknown>, string]> = [
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
    [{ systemBrowser: {} }, 'invalid_request'],
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
