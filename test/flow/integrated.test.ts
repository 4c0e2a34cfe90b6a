/** Integrated Windows authentication from end to end: what it costs, what it sends to whom, and what it takes no part in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeNegotiate } from '../fakes/fake-negotiate.js'
import { testHttpClient } from '../support/http.js'
import { asked, windowsSubject } from './integrated-support.js'
import { SCOPES, setStage } from './support.js'

const ann = { username: 'ann@contoso.com', password: 'of-ann-1' }
const stage = await setStage({ users: [{ ...ann, kind: 'federated' }] })
const { tenant } = stage
const joe = stage.user('joe')

const REALM = 'GET userrealm'
const MEX = 'GET mex'
const WINDOWS = 'POST 13/windowstransport'
const TOKEN = 'POST token'

test('a user of the domain gets a token with scopes and nothing else, and is silent from then on', async t => {
  const { app, native, signIn } = windowsSubject(stage, t)
  const result = await signIn()
  assert.equal(result.account.username, joe.username)
  assert.deepEqual(asked(tenant), [REALM, MEX, `${WINDOWS} 401`, `${WINDOWS} 200`, TOKEN])
  assert.equal(native.targets[0]?.servicePrincipalName, 'HTTP/localhost')
  assert.match(Buffer.from(native.targets[0]?.channelBindings ?? []).toString('latin1'), /^tls-server-end-point:/)
  const { form, headers } = stage.tokenRequests()[0] ?? assert.fail()
  assert.equal(form.grant_type, 'urn:ietf:params:oauth:grant-type:saml1_1-bearer')
  assert.deepEqual([form.scope, form.client_info], ['User.Read openid profile offline_access', '1'])
  assert.equal(headers['x-anchormailbox'], `upn:${joe.username}`)
  const [, , , trust] = tenant.requests
  assert.equal(trust?.notes.trust?.username, undefined)
  assert.equal(trust?.notes.trust?.appliesTo, 'urn:federation:MicrosoftOnline')

  const before = tenant.requests.length
  const again = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
  assert.equal(again.accessToken, result.accessToken)
  assert.equal(tenant.requests.length, before)
  assert.equal(native.unclosed, 0)
})

test('with Kerberos it costs five requests the first time and two the second', async t => {
  const { signIn } = windowsSubject(stage, t)
  await signIn()
  assert.equal(tenant.requests.length, 5)
  tenant.requests.length = 0
  await signIn()
  assert.deepEqual(asked(tenant), [`${WINDOWS} 200`, TOKEN])
})

test('with NTLM it costs six and three, each exchange on one connection', async t => {
  const { native, signIn } = windowsSubject(stage, t)
  native.mechanism = 'ntlm'
  await signIn()
  assert.equal(tenant.requests.length, 6)
  tenant.requests.length = 0
  await signIn()
  assert.deepEqual(asked(tenant), [`${WINDOWS} 401`, `${WINDOWS} 200`, TOKEN])
  const connections = tenant.requests.filter(({ path }) => path.includes('windows')).map(({ connection }) => connection)
  assert.equal(new Set(connections).size, 1)
})

test('with two legs of SPNEGO, with bindings demanded, or without the server’s proof: as the server wants', async t => {
  for (const federation of [{ extendedProtection: 'require' as const }, { schemes: ['Negotiate' as const] }]) {
    tenant.scenario(null)
    tenant.scenario({ federation })
    const { signIn } = windowsSubject(stage, t)
    assert.equal((await signIn()).account.username, joe.username)
  }
})

test('what the caller says about credentials and the service comes first', async t => {
  const { native, signIn } = windowsSubject(stage, t)
  const kerberos = {
    clientKeytab: 'FILE:/etc/svc.keytab',
    credentialCache: 'MEMORY:one',
    principal: 'svc@CONTOSO.TEST',
  }
  await signIn({ kerberos, servicePrincipalName: 'HTTP/sts.contoso.com', allowNtlm: false })
  const [target] = native.targets
  assert.deepEqual([target?.servicePrincipalName, target?.allowNtlm], ['HTTP/sts.contoso.com', false])
  for (const credentials of [native.asked[0], target?.credentials]) {
    const { clientKeytab, credentialCache, principal } = credentials ?? assert.fail()
    assert.deepEqual({ clientKeytab, credentialCache, principal }, kerberos)
  }
})

test('a user name of the caller’s wins, and nobody is asked for another', async t => {
  const { native, signIn } = windowsSubject(stage, t)
  native.user = 'somebody@else.example'
  await signIn({ username: ` ${joe.username} ` })
  assert.equal(native.asked.length, 0)
  assert.match(tenant.requests[0]?.path ?? '', /userrealm\/joe(@|%40)contoso\.com$/)
})

test('but who is signed in is who the ticket belongs to, and the result says so', async t => {
  const { app, signIn } = windowsSubject(stage, t)
  tenant.scenario({ federation: { windowsUser: ann.username } })
  const { account } = await signIn({ username: joe.username })
  assert.equal(account.username, ann.username)
  assert.deepEqual(
    (await app.getAccounts()).map(({ username }) => username),
    [ann.username],
  )
})

test('a principal in the enterprise form is the user name in it', async t => {
  const { native, signIn } = windowsSubject(stage, t)
  native.user = 'joe\\@contoso.com@CONTOSO.LOCAL'
  assert.equal((await signIn()).account.username, joe.username)
})

test('organizations does, and so does a tenant of the request', async t => {
  for (const request of [{}, { tenantId: tenant.tenantId }]) {
    const { signIn } = windowsSubject(stage, t, { authority: `${tenant.origin}/organizations` })
    assert.equal((await signIn(request)).tenantId, tenant.tenantId)
  }
})

test('another make of server, older versions, SAML 2.0: all the same', async t => {
  for (const federation of [
    { server: 'thirdParty' as const },
    { disabledEndpoints: ['13/windowstransport' as const] },
    { samlVersion: '2.0' as const },
    { assertionPrefix: 'inherited' as const },
  ]) {
    tenant.scenario(null)
    tenant.scenario({ federation })
    const { signIn } = windowsSubject(stage, t)
    assert.equal((await signIn()).account.username, joe.username, JSON.stringify(federation))
  }
})

test('metadata of the caller’s is used in place of the server’s', async t => {
  const { client, send } = testHttpClient({ ca: tenant.caPem, proxy: false })
  t.after(() => client.close())
  const { body: federationMetadata } = await send(`${tenant.origin}/adfs/services/trust/mex`)
  tenant.requests.length = 0
  tenant.scenario({ realmAnswer: { drop: ['federation_metadata_url'] } })
  const { signIn } = windowsSubject(stage, t)
  await signIn({ federationMetadata })
  assert.equal(asked(tenant).includes(MEX), false)
})

test('through the proxy it is the server’s own name that is asked for, and bound to', async t => {
  const native = new FakeNegotiate()
  const { signIn } = windowsSubject(
    stage,
    t,
    {
      authority: `https://login.microsoftonline.com/${tenant.tenantId}`,
      knownAuthorities: [],
      http: { proxy: tenant.proxyUrl },
    },
    native,
  )
  tenant.scenario({ federation: { extendedProtection: 'require' } })
  assert.equal((await signIn()).account.username, joe.username)
  assert.equal(native.targets[0]?.servicePrincipalName, 'HTTP/adfs.contoso.com')
})

test('many at once share nothing but what is remembered', async t => {
  const { native, signIn } = windowsSubject(stage, t)
  const results = await Promise.all(Array.from({ length: 8 }, () => signIn()))
  assert.equal(new Set(results.map(({ account }) => account.homeAccountId)).size, 1)
  assert.equal(native.unclosed, 0)
})
