/** Seamless single sign-on of managed users: through the realm, directly, and not at all unless it is asked for. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ClientError } from 'latchkey'
import { FakeNegotiate } from '../fakes/fake-negotiate.js'
import { asked, windowsSubject } from './integrated-support.js'
import { SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage
const alice = stage.user('alice')

const REALM = 'GET userrealm'
const WINDOWS = 'POST 2005/windowstransport'
const TOKEN = 'POST token'
const HOST = 'autologon.microsoftazuread-sso.com'

/** An application that comes to the tenant by Microsoft's own names. */
function subject(t: TestContext, host = 'login.microsoftonline.com') {
  const native = new FakeNegotiate()
  native.user = alice.username
  const authority = `https://${host}/${tenant.tenantId}`
  return windowsSubject(stage, t, { authority, knownAuthorities: [], http: { proxy: tenant.proxyUrl } }, native)
}

test('the realm that names the service’s own host just works', async t => {
  tenant.scenario({ federation: { seamlessSso: 'always' } })
  const { native, signIn } = subject(t)
  const { account } = await signIn()
  assert.equal(account.username, alice.username)
  assert.deepEqual(asked(tenant).slice(0, 2), [REALM, 'GET mex'])
  assert.equal(native.targets[0]?.servicePrincipalName, `HTTP/${HOST}`)
})

test('desktopSso asks for it with iwa=v2, and the ordinary flow runs', async t => {
  tenant.scenario({ federation: { seamlessSso: 'asked' } })
  const { app, signIn } = subject(t)
  await assert.rejects(signIn(), { code: 'integrated_windows_auth_not_supported_managed_user' })
  tenant.requests.length = 0
  const result = await signIn({ desktopSso: true })
  assert.equal(tenant.requests[0]?.query.iwa, 'v2')
  assert.deepEqual(asked(tenant), [REALM, 'GET mex', `${WINDOWS} 401`, `${WINDOWS} 200`, TOKEN])
  const again = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
  assert.equal(again.accessToken, result.accessToken)
  tenant.requests.length = 0
  await signIn({ desktopSso: true })
  assert.deepEqual(asked(tenant), [`${WINDOWS} 200`, TOKEN])
})

test('and where the realm does not tell, asks directly', async t => {
  tenant.scenario({ federation: { seamlessSso: 'direct' } })
  const { native, signIn } = subject(t)
  const { account } = await signIn({ desktopSso: true, correlationId: '6f1b9c3e-0d5a-4c58-9a4e-1e2f3a4b5c6d' })
  assert.equal(account.username, alice.username)
  assert.deepEqual(asked(tenant), [REALM, `${WINDOWS} 401`, `${WINDOWS} 200`, TOKEN])
  const [, first] = tenant.requests
  assert.deepEqual([first?.host, first?.path], [HOST, '/contoso.onmicrosoft.com/winauth/trust/2005/windowstransport'])
  assert.equal(first?.query['client-request-id'], '6f1b9c3e-0d5a-4c58-9a4e-1e2f3a4b5c6d')
  assert.equal(native.targets[0]?.servicePrincipalName, `HTTP/${HOST}`)
  const { form } = stage.tokenRequests()[0] ?? assert.fail()
  assert.equal(form.grant_type, 'urn:ietf:params:oauth:grant-type:saml1_1-bearer')
  assert.match(Buffer.from(form.assertion ?? '', 'base64').toString(), /^<saml:Assertion [^>]*><DesktopSsoToken>/)
  tenant.requests.length = 0
  await signIn({ desktopSso: true })
  assert.deepEqual(asked(tenant), [`${WINDOWS} 200`, TOKEN])
})

test('without desktopSso a managed user is not put before anybody', async t => {
  tenant.scenario({ federation: { seamlessSso: 'direct' } })
  const { native, signIn } = subject(t)
  await assert.rejects(signIn(), { code: 'integrated_windows_auth_not_supported_managed_user', hint: /desktopSso/ })
  assert.deepEqual(asked(tenant), [REALM])
  assert.equal(native.targets.length, 0)
  // Nor remembered as one: organizations move users one by one.
  await assert.rejects(signIn())
  assert.deepEqual(asked(tenant), [REALM, REALM])
})

test('a tenant that has it off says so with its number, whose hint is given', async t => {
  const { signIn } = subject(t)
  await assert.rejects(signIn({ desktopSso: true }), (error: unknown) => {
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, 'parsing_wstrust_response_failed')
    assert.match(error.message, /AADSTS81007/)
    assert.match(error.hint, /enable seamless single sign-on/)
    return true
  })
})

test('a ticket that the service does not take is said with its number', async t => {
  tenant.scenario({ federation: { seamlessSso: 'direct', windowsVerdict: 'refuse' } })
  const { signIn } = subject(t)
  await assert.rejects(signIn({ desktopSso: true }), { code: 'parsing_wstrust_response_failed' })
})

test('a cloud whose host is not known is not guessed at', async t => {
  const { native, signIn } = windowsSubject(stage, t)
  native.user = alice.username
  await assert.rejects(signIn({ desktopSso: true }), {
    code: 'integrated_windows_auth_not_supported_managed_user',
    message: /no host for seamless/,
  })
  assert.equal(native.targets.length, 0)
})

test('a federated user goes to the organization’s own server all the same', async t => {
  const { native, signIn } = subject(t)
  native.user = stage.user('joe').username
  assert.equal((await signIn({ desktopSso: true })).account.username, stage.user('joe').username)
  assert.equal(native.targets[0]?.servicePrincipalName, 'HTTP/adfs.contoso.com')
})
