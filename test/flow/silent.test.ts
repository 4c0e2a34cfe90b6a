/** Finding a token without the user: whose, which, and when the cache is enough. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccountInfo, InteractionRequiredError, type PublicClientApplication, type SilentRequest } from 'latchkey'
import { startTenant } from 'latchkey/emulator'
import { scriptedBrowser } from '#lib/cli/demo/scripted-browser.js'
import { interactively, SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

test("try silently, catch, ask the user: the pattern of every app's code", async t => {
  const { app } = stage.application(t)
  let prompts = 0
  const getToken = async () => {
    const [account] = await app.getAccounts()
    try {
      return await app.acquireTokenSilent({ scopes: SCOPES, account })
    } catch (error) {
      if (!(error instanceof InteractionRequiredError)) throw error
      prompts += 1
      return interactively(app, stage.visit('alice'))
    }
  }
  const first = await getToken()
  const second = await getToken()
  assert.deepEqual([first.fromCache, second.fromCache, prompts], [false, true, 1])
  assert.equal(second.accessToken, first.accessToken)
})

test('without an account or a login hint nobody is asked: user_null', async t => {
  const { app } = stage.application(t)
  const nobody = [undefined, null] as Array<AccountInfo | undefined>
  for (const account of [...nobody, (await app.getAccounts())[0]]) {
    await assert.rejects(app.acquireTokenSilent({ scopes: SCOPES, account }), error => {
      assert.ok(error instanceof InteractionRequiredError)
      assert.deepEqual([error.code, error.classification], ['user_null', 'acquire_token_silent_failed'])
      assert.match(error.hint, /acquireTokenInteractive/)
      return true
    })
  }
  assert.deepEqual(tenant.requests, [])
})

test('a login hint finds one account, and says when there is none or more than one', async t => {
  const { app } = await stage.signedIn(t)
  const by = (loginHint: string) => app.acquireTokenSilent({ scopes: SCOPES, loginHint })
  const { username } = stage.user('alice')
  assert.equal((await by(username.toUpperCase())).account.username, username)
  await assert.rejects(by('nobody@contoso.com'), {
    code: 'no_account_for_login_hint',
    name: 'InteractionRequiredError',
  })
  await signInTwin(app)
  await assert.rejects(by(username), { code: 'multiple_accounts_for_login_hint', name: 'InteractionRequiredError' })
  assert.equal(stage.tokenRequests().filter(({ form }) => form.grant_type === 'refresh_token').length, 0)
})

/** Another account with the user name of alice, as a guest of the same name is. */
async function signInTwin(app: PublicClientApplication): Promise<AccountInfo> {
  const uid = '11111111-2222-4333-8444-555555555555'
  const client_info = Buffer.from(JSON.stringify({ uid, utid: tenant.tenantId })).toString('base64url')
  tenant.scenario({ tokenAnswer: { set: { client_info } } })
  const { account } = await interactively(app, stage.visit('alice'))
  tenant.scenario(null)
  return account
}

test('a hit needs neither a request nor a network', async t => {
  const short = await startTenant()
  const { authority, clientId, caPem } = short
  const { app } = stage.application(t, {
    authority,
    clientId,
    knownAuthorities: [new URL(authority).host],
    http: { ca: caPem },
  })
  const [alice] = short.users
  assert.ok(alice)
  const openBrowser = scriptedBrowser({ caPem, answers: alice })
  const signedIn = await app.acquireTokenInteractive({ scopes: SCOPES, systemBrowser: { openBrowser } })
  await short.close()

  const correlationId = 'a3a1a1a1-8f27-4c1b-a5a1-6a56bcb35e00'
  const hit = await app.acquireTokenSilent({ scopes: SCOPES, account: signedIn.account, correlationId })
  assert.deepEqual([hit.fromCache, hit.correlationId], [true, correlationId])
  assert.deepEqual(new Set(hit.scopes), new Set(signedIn.scopes))
  const same = ['accessToken', 'expiresOn', 'extendedExpiresOn', 'idToken', 'tenantId', 'uniqueId', 'idTokenClaims']
  for (const field of same as Array<keyof typeof hit>) assert.deepEqual(hit[field], signedIn[field], field)
  for (const field of ['homeAccountId', 'localAccountId', 'environment', 'username', 'name', 'tenantId'] as const) {
    assert.equal(hit.account[field], signedIn.account[field], field)
  }
})

test('fewer of the scopes, in any order and case, are a hit; another scope is not', async t => {
  const { app } = stage.application(t)
  const scopes = ['Mail.Read', 'User.Read', 'Calendars.Read']
  const { account, accessToken } = await interactively(app, stage.visit('alice'), { scopes })
  tenant.requests.length = 0
  for (const asked of [
    ['User.Read'],
    ['CALENDARS.READ', 'mail.read'],
    ['user.read', 'USER.READ'],
    ['openid', 'profile', 'User.Read'],
    ['openid'],
  ]) {
    const hit = await app.acquireTokenSilent({ scopes: asked, account })
    assert.deepEqual([hit.accessToken, hit.fromCache], [accessToken, true], asked.join(' '))
    assert.deepEqual(
      hit.scopes.filter(scope => scope.includes('.')),
      scopes.toSorted(),
    )
  }
  assert.deepEqual(tenant.requests, [])
  const more = await app.acquireTokenSilent({ scopes: ['User.Read', 'Files.Read'], account })
  assert.equal(more.fromCache, false)
  assert.equal(stage.tokenRequests()[0]?.form.scope, 'User.Read Files.Read openid profile offline_access')
})

test('a token is used while it has more than five minutes left, then renewed', async t => {
  const { app, clock, result } = await stage.signedIn(t)
  const silent = (more: Partial<SilentRequest> = {}) =>
    app.acquireTokenSilent({ scopes: SCOPES, account: result.account, ...more })
  await clock.advance((3_599 - 300) * 1_000 - 1)
  assert.equal((await silent()).accessToken, result.accessToken)
  await clock.advance(1)
  const renewed = await silent()
  assert.notEqual(renewed.accessToken, result.accessToken)
  assert.equal(renewed.fromCache, false)
  assert.equal(renewed.expiresOn.getTime(), clock.now() + 3_599_000)
  const { form, headers } = stage.tokenRequests()[0] ?? assert.fail('no request')
  assert.equal(form.grant_type, 'refresh_token')
  assert.equal(headers['x-anchormailbox'], `oid:${result.account.homeAccountId.replace('.', '@')}`)
  assert.deepEqual([(await silent()).fromCache, stage.tokenRequests().length], [true, 1])
})

test('forceRefresh and claims pass over the cached token', async t => {
  const { app, result } = await stage.signedIn(t, 'alice', { clientCapabilities: ['cp1'] })
  const { account } = result
  const forced = await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  assert.notEqual(forced.accessToken, result.accessToken)
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'
  const challenged = await app.acquireTokenSilent({ scopes: SCOPES, account, claims })
  assert.notEqual(challenged.accessToken, forced.accessToken)
  const [, second, ...others] = stage.tokenRequests()
  assert.deepEqual(JSON.parse(String(second?.form.claims)).access_token, {
    nbf: { essential: true, value: '1' },
    xms_cc: { values: ['cp1'] },
  })
  const hit = await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: false, claims: '' })
  assert.deepEqual([hit.accessToken, hit.fromCache, others], [challenged.accessToken, true, []])
})

test('an account without tokens here is no_tokens_found', async t => {
  const { result } = await stage.signedIn(t)
  const { app } = stage.application(t)
  await assert.rejects(app.acquireTokenSilent({ scopes: SCOPES, account: result.account }), {
    code: 'no_tokens_found',
    name: 'InteractionRequiredError',
    classification: 'acquire_token_silent_failed',
  })
  assert.deepEqual(tenant.requests, [])
})

test('a request of the wrong shape is refused, also beside a token that would do', async t => {
  const { app, result } = await stage.signedIn(t)
  const wrong: Array<[Record<string, unknown>, string]> = [
    [{ scopes: [] }, 'empty_scopes'],
    [{ scopes: [''] }, 'invalid_request'],
    [{ scopes: ['a b'] }, 'invalid_request'],
    [{ account: {} }, 'invalid_request'],
    [{ forceRefresh: 'yes' }, 'invalid_request'],
    [{ claims: '[]' }, 'invalid_json_claims_format'],
    [{ signal: {} }, 'invalid_request'],
    [{ extraQueryParameters: { a: 1 } }, 'invalid_request'],
  ]
  for (const [fields, code] of wrong) {
    const request = { scopes: SCOPES, account: result.account, ...fields } as SilentRequest
    await assert.rejects(app.acquireTokenSilent(request), { code }, JSON.stringify(fields))
  }
  await assert.rejects(app.acquireTokenSilent(undefined as unknown as SilentRequest), { code: 'invalid_request' })
  assert.deepEqual(tenant.requests, [])
})
