/** Apps that run the browser themselves: a URL of ours or of their own, and the code that comes back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AuthorizationUrl, InteractionRequiredError, type PublicClientApplication } from 'latchkey'
import { SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage
const redirectUri = 'http://localhost:53682/back'

/** What the tenant hands to the redirect URI after alice has signed in at this address. */
async function answerOf(url: URL): Promise<Record<string, string>> {
  const page = await (await stage.browser().open(url.pathname + url.search)).signIn(stage.user('alice'))
  return page.handed
}

/** An authorize URL of ours and the code it led to. */
async function askForCode(app: PublicClientApplication): Promise<AuthorizationUrl & { code: string }> {
  const asked = await app.getAuthorizationCodeUrl({ scopes: SCOPES, redirectUri })
  const { code = '' } = await answerOf(asked.url)
  return { ...asked, code }
}

test('makes a URL with everything in it, whose code is redeemed with what was kept', async t => {
  const { app } = stage.application(t)
  const extra = { domainHint: 'contoso.com', extraScopesToConsent: ['https://vault.azure.net/.default'] }
  const asked = await app.getAuthorizationCodeUrl({
    scopes: SCOPES,
    redirectUri,
    prompt: 'login',
    loginHint: stage.user('alice').username,
    responseMode: 'form_post',
    ...extra,
  })
  const { searchParams } = asked.url
  assert.equal(
    asked.url.host + asked.url.pathname,
    `${new URL(tenant.origin).host}/${tenant.domain}/oauth2/v2.0/authorize`,
  )
  assert.deepEqual(
    ['state', 'nonce', 'prompt', 'response_mode', 'redirect_uri', 'domain_hint'].map(name => searchParams.get(name)),
    [asked.state, asked.nonce, 'login', 'form_post', redirectUri, 'contoso.com'],
  )
  assert.equal(searchParams.get('code_verifier'), null)
  assert.doesNotMatch(asked.url.href, new RegExp(asked.codeVerifier))
  assert.deepEqual(tenant.requests, [], 'a trusted host needs no request')

  const { code = '', state } = await answerOf(asked.url)
  assert.equal(state, asked.state)
  const { codeVerifier, nonce } = asked
  const request = { scopes: SCOPES, code, redirectUri, codeVerifier, nonce }
  const result = await app.acquireTokenByAuthorizationCode(request)
  assert.equal(result.account.username, stage.user('alice').username)
  assert.equal(result.fromCache, false)
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })).fromCache, true)
})

test("an app's own URL without a challenge is redeemed without a verifier", async t => {
  const { app } = stage.application(t, { redirectUri })
  const url = new URL(`${tenant.authority}/oauth2/v2.0/authorize`)
  const query = { client_id: tenant.clientId, response_type: 'code', redirect_uri: redirectUri, scope: 'User.Read' }
  url.search = new URLSearchParams(query).toString()
  const { code = '' } = await answerOf(url)
  const result = await app.acquireTokenByAuthorizationCode({ scopes: SCOPES, code })
  assert.deepEqual(result.scopes.slice(0, 1), SCOPES)
  assert.equal(stage.tokenRequests()[0]?.form.code_verifier, undefined)
})

test('a code is good once, for a while, and with what it was asked for', async t => {
  const { app } = stage.application(t)
  const refusal = async (edit: Record<string, unknown>, expected: { number: number; suberror?: string }) => {
    const { code, codeVerifier, nonce } = await askForCode(app)
    const before = app.tokenCache.serialize()
    const request = { scopes: SCOPES, code, codeVerifier, nonce, redirectUri, ...edit }
    await assert.rejects(app.acquireTokenByAuthorizationCode(request), error => {
      assert.ok(error instanceof InteractionRequiredError)
      assert.deepEqual([error.code, error.errorCodes], ['invalid_grant', [expected.number]])
      assert.equal(error.suberror, expected.suberror)
      assert.match(error.message, new RegExp(`^AADSTS${expected.number}: `))
      assert.ok(error.hint.length > 10 && error.traceId)
      return true
    })
    assert.equal(app.tokenCache.serialize(), before)
  }
  await refusal({ redirectUri: 'http://localhost:53682/other' }, { number: 500112 })
  await refusal({ codeVerifier: 'x'.repeat(43) }, { number: 501481 })
  await refusal({ codeVerifier: undefined }, { number: 501481 })
  await refusal({ code: 'made up' }, { number: 70000 })
  tenant.scenario({ codeLifetimeSeconds: 0 })
  await refusal({}, { number: 70008, suberror: 'token_expired' })
  tenant.scenario(null)

  const { code, codeVerifier, nonce } = await askForCode(app)
  const request = { scopes: SCOPES, code, codeVerifier, nonce, redirectUri }
  const { account } = await app.acquireTokenByAuthorizationCode(request)
  await assert.rejects(app.acquireTokenByAuthorizationCode(request), { code: 'invalid_grant', errorCodes: [54005] })
  // The service takes a replayed code for a stolen one and ends what the first one brought.
  const renewal = app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  await assert.rejects(renewal, { errorCodes: [50173], suberror: 'bad_token' })
})

test('a code is sent once, whatever comes back', async t => {
  const { app } = stage.application(t, { http: { timeoutSeconds: 1 } })
  for (const kind of ['status', 'html', 'reset', 'truncate', 'hang'] as const) {
    const { code, codeVerifier, nonce } = await askForCode(app)
    tenant.requests.length = 0
    tenant.scenario({ faults: { token: { kind } } })
    const request = { scopes: SCOPES, code, codeVerifier, nonce, redirectUri }
    await assert.rejects(app.acquireTokenByAuthorizationCode(request))
    assert.equal(stage.tokenRequests().length, 1, kind)
    tenant.scenario(null)
  }
})

test('an ID token for another sign-in is refused, and nothing is kept', async t => {
  const { app } = stage.application(t)
  const { code, codeVerifier } = await askForCode(app)
  const before = app.tokenCache.serialize()
  const request = { scopes: SCOPES, code, codeVerifier, nonce: 'of another sign-in', redirectUri }
  await assert.rejects(app.acquireTokenByAuthorizationCode(request), { code: 'nonce_mismatch', name: 'ClientError' })
  assert.equal(app.tokenCache.serialize(), before)
})

test('a request without what it needs is refused without asking anybody', async t => {
  const { app } = stage.application(t)
  const wrong = [
    app.acquireTokenByAuthorizationCode({ scopes: SCOPES, code: '' }),
    app.acquireTokenByAuthorizationCode({ scopes: SCOPES, code: 'x', codeVerifier: 'x'.repeat(129) }),
    app.getAuthorizationCodeUrl({ scopes: SCOPES, responseMode: 'fragment' as 'query' }),
  ]
  for (const call of wrong) await assert.rejects(call, { code: 'invalid_request' })
  await assert.rejects(app.getAuthorizationCodeUrl({ scopes: [] }), { code: 'empty_scopes' })
  assert.deepEqual(tenant.requests, [])
})
