/** Where a request goes and under which names its tokens are found again: domains, aliases, home tenants, guests, hosts nobody knows. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Configuration, PublicClientApplication } from 'latchkey'
import { startTenant } from 'latchkey/emulator'
import { interactively, SCOPES, type Subject, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage
const own = tenant.origin
const PUBLIC = 'https://login.microsoftonline.com'

/** Configuration of an application that knows of the tenant as login.microsoftonline.com only. */
const throughProxy = (authority: string): Partial<Configuration> => ({
  authority,
  knownAuthorities: [],
  http: { proxy: tenant.proxyUrl },
})

/** Another application, of the next start of the program, with the same cache. */
function restarted(t: TestContext, { app }: Subject, configuration: Partial<Configuration> = {}): Subject {
  const subject = stage.application(t, configuration)
  subject.app.tokenCache.deserialize(app.tokenCache.serialize())
  return subject
}

const segments = () => stage.tokenRequests().map(({ path }) => path.split('/')[1])

test('tokens of a domain are found under it, under the GUID and under the common names, now and after a restart', async t => {
  const first = await stage.signedIn(t)
  const { account, accessToken } = first.result
  const cache = JSON.parse(first.app.tokenCache.serialize()) as { AccessToken: Record<string, { realm: string }> }
  assert.deepEqual(
    Object.values(cache.AccessToken).map(({ realm }) => realm),
    [tenant.tenantId],
  )
  for (const path of [tenant.domain, tenant.domain.toUpperCase(), tenant.tenantId, 'common', 'organizations']) {
    for (const subject of [first, restarted(t, first, { authority: `${own}/${path}` })]) {
      const hit = await subject.app.acquireTokenSilent({ scopes: SCOPES, account })
      assert.deepEqual([hit.accessToken, hit.fromCache], [accessToken, true], path)
    }
    const byRequest = { scopes: SCOPES, account, authority: `${own}/${path}` }
    assert.equal((await first.app.acquireTokenSilent(byRequest)).fromCache, true, path)
  }
  assert.deepEqual(tenant.requests, [])
})

test('a domain that is not in the user name is known once an answer has told its GUID', async t => {
  const first = await stage.signedIn(t, 'joe')
  const { account, accessToken } = first.result
  assert.doesNotMatch(account.username, new RegExp(tenant.domain))
  const hit = await first.app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.deepEqual([hit.accessToken, hit.fromCache, tenant.requests], [accessToken, true, []])
  // The next start finds it in the cache that this is the tenant of the tokens there.
  const next = restarted(t, first)
  const again = await next.app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.deepEqual([again.accessToken, again.fromCache, tenant.requests], [accessToken, true, []])
})

test('common and organizations stand for the home tenant of the account', async t => {
  for (const path of ['common', 'organizations']) {
    const { app, result } = await stage.signedIn(t, 'alice', { authority: `${own}/${path}` })
    const { account } = result
    assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache, true)
    await app.acquireTokenSilent({ scopes: ['Files.Read'], account })
    assert.deepEqual(segments(), [tenant.tenantId])
    // A request's authority of that kind says nothing new.
    await app.acquireTokenSilent({ scopes: ['Mail.Read'], account, authority: `${own}/common` })
    assert.deepEqual(segments(), [tenant.tenantId, tenant.tenantId])
    tenant.requests.length = 0
  }
})

test('a guest gets the tokens of the tenant that is asked for, beside those of the home tenant', async t => {
  const [uid, utid] = ['11111111-2222-4333-8444-555555555555', '99999999-2222-4333-8444-555555555555']
  const client_info = Buffer.from(JSON.stringify({ uid, utid })).toString('base64url')
  tenant.scenario({ tokenAnswer: { set: { client_info } } })
  const { app, clock, result } = await stage.signedIn(t, 'alice', { authority: `${own}/organizations` })
  const { account } = result
  assert.equal(account.homeAccountId, `${uid}.${utid}`)
  assert.deepEqual([account.tenantId, result.tenantId], [tenant.tenantId, tenant.tenantId])

  for (const tenantId of [tenant.tenantId, tenant.tenantId.toUpperCase()]) {
    const hit = await app.acquireTokenSilent({ scopes: SCOPES, account, tenantId })
    assert.deepEqual([hit.accessToken, hit.account.tenantId], [result.accessToken, tenant.tenantId])
  }
  assert.deepEqual(tenant.requests, [])
  // At home there is nothing yet, and this tenant is not the guest's home.
  await assert.rejects(app.acquireTokenSilent({ scopes: SCOPES, account }), { errorCodes: [90002] })
  assert.deepEqual(segments(), [utid])

  await clock.advance(3_600_000)
  await app.acquireTokenSilent({ scopes: SCOPES, account, tenantId: tenant.tenantId })
  assert.deepEqual(segments(), [utid, tenant.tenantId])
  assert.equal((await app.getAccounts()).length, 1)
})

test('as login.microsoftonline.com nothing needs configuring, and every name of the cloud finds the tokens', async t => {
  const subject = stage.application(t, throughProxy(`${PUBLIC}/organizations`))
  const { account, idTokenClaims } = await interactively(subject.app, stage.visit('alice'))
  assert.equal(idTokenClaims?.iss, `${PUBLIC}/${tenant.tenantId}/v2.0`)
  assert.ok(
    tenant.requests.every(({ path }) => !path.includes('discovery')),
    'a known cloud is not asked about',
  )
  assert.equal(stage.tokenRequests()[0]?.host, 'login.microsoftonline.com')
  const text = subject.app.tokenCache.serialize()
  assert.match(text, /login\.windows\.net-accesstoken-/)

  tenant.requests.length = 0
  for (const host of ['login.windows.net', 'login.microsoft.com', 'sts.windows.net', 'login.microsoftonline.com']) {
    const alias = restarted(t, subject, throughProxy(`https://${host}/${tenant.tenantId}`))
    assert.equal((await alias.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache, true, host)
    assert.equal((await alias.app.getAccounts())[0]?.username, account.username, host)
  }
  const elsewhere = restarted(t, subject, throughProxy('https://login.microsoftonline.us/organizations'))
  assert.deepEqual(await elsewhere.app.getAccounts(), [])
  assert.deepEqual(tenant.requests, [])

  const alias = restarted(t, subject, throughProxy('https://login.windows.net/common'))
  await alias.app.acquireTokenSilent({ scopes: ['Files.Read'], account })
  assert.equal(stage.tokenRequests()[0]?.host, 'login.microsoftonline.com')
})

test('the cloud is asked once about a host that it alone knows', async t => {
  const { app } = stage.application(t, throughProxy(tenant.authority))
  const results = await Promise.all(['alice', 'mia'].map(name => interactively(app, stage.visit(name))))
  assert.equal(results.length, 2)
  const [discovery, ...more] = tenant.requests.filter(({ path }) => path === '/common/discovery/instance')
  assert.deepEqual(more, [])
  assert.equal(discovery?.host, 'login.microsoftonline.com')
  const { authorization_endpoint, 'api-version': version } = discovery?.query ?? {}
  assert.deepEqual([authorization_endpoint, version], [`${tenant.authority}/oauth2/v2.0/authorize`, '1.1'])
})

test('a host that the cloud does not know is sent nothing', async t => {
  const { app } = stage.application(t, throughProxy('https://login.evil.example/common'))
  const visit = stage.visit('alice')
  const calls = [
    () => interactively(app, visit),
    () => app.getAuthorizationCodeUrl({ scopes: SCOPES }),
    () => app.acquireTokenByAuthorizationCode({ scopes: SCOPES, code: 'x' }),
  ]
  for (const call of calls) {
    await assert.rejects(call(), error => {
      const { code, name, hint } = error as { code: string; name: string; hint: string }
      assert.deepEqual([name, code], ['ServiceError', 'invalid_instance'])
      assert.match(hint, /login\.evil\.example is right, list it in knownAuthorities/)
      return true
    })
  }
  assert.deepEqual(visit.urls, [])
  assert.ok(tenant.requests.every(({ host }) => host === 'login.microsoftonline.com'))
})

test('a host is not trusted while nobody can be asked about it', async t => {
  const gone = await startTenant()
  const { proxyUrl } = gone
  await gone.close()
  const evil = { authority: 'https://login.evil.example/common', knownAuthorities: [] }
  const offline = stage.application(t, { ...evil, http: { proxy: proxyUrl } })
  await assert.rejects(offline.app.getAuthorizationCodeUrl({ scopes: SCOPES }), { code: 'network_error' })

  const { app, clock } = stage.application(t, throughProxy(evil.authority))
  for (const [fault, code] of [
    [{ kind: 'text' }, 'tenant_discovery_failed'],
    [{ kind: 'html', status: 404 }, 'tenant_discovery_failed'],
    [{ kind: 'huge' }, 'response_too_large'],
    [{ kind: 'reset' }, 'network_error'],
  ] as const) {
    tenant.scenario({ faults: { instanceDiscovery: fault } })
    await assert.rejects(app.getAuthorizationCodeUrl({ scopes: SCOPES }), { code, name: 'ClientError' }, fault.kind)
  }
  tenant.scenario({ faults: null, instanceAnswer: { drop: ['tenant_discovery_endpoint'] } })
  const asking = stage.application(t, throughProxy(tenant.authority))
  const unclear = asking.app.getAuthorizationCodeUrl({ scopes: SCOPES })
  await assert.rejects(unclear, { code: 'tenant_discovery_failed' })
  assert.equal(clock.sleeping, 0)
})

test('knownAuthorities, or instanceDiscovery: false, trust a host without asking', async t => {
  const { host } = new URL(own)
  for (const configuration of [
    { knownAuthorities: [host] },
    { knownAuthorities: [`HTTPS://${host.toUpperCase()}/common`] },
    { knownAuthorities: [], instanceDiscovery: false },
  ]) {
    const { app } = stage.application(t, configuration)
    await app.getAuthorizationCodeUrl({ scopes: SCOPES })
  }
  const { app } = stage.application(t, { knownAuthorities: ['localhost'], http: { proxy: tenant.proxyUrl } })
  await app.getAuthorizationCodeUrl({ scopes: SCOPES })
  assert.equal(tenant.requests.length, 1, 'a host without the port is another host')
})

test('an authority that is none is refused when the application is made', () => {
  for (const authority of [
    'http://login.microsoftonline.com/common',
    'login.microsoftonline.com/common',
    'https://login.microsoftonline.com',
    'https://user:secret@login.microsoftonline.com/common',
    'https://login.microsoftonline.com/common?x=1',
    'https://login.microsoftonline.com/a/b/c',
    `https://login.microsoftonline.com/${encodeURIComponent('../x')}`,
    '',
  ]) {
    const create = () => new PublicClientApplication({ clientId: tenant.clientId, authority })
    assert.throws(create, (error: Error & { code: string }) => {
      assert.equal(error.code, 'invalid_authority', authority)
      return !error.message.includes('secret')
    })
  }
})

test('an unknown tenant is said so by the service', async t => {
  const { app } = stage.application(t, { authority: `${own}/fabrikam.example` })
  const call = app.acquireTokenByAuthorizationCode({ scopes: SCOPES, code: 'x' })
  await assert.rejects(call, error => {
    const { name, code, errorCodes, hint } = error as { name: string; code: string; errorCodes: number[]; hint: string }
    assert.deepEqual([name, code, errorCodes], ['ServiceError', 'invalid_request', [90002]])
    assert.match(hint, /tenant/)
    return true
  })
})
