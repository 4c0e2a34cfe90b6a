/** Integrated Windows authentication with nothing faked but the tenant: KDC, ticket, addon, Negotiate, acceptor, assertion, token. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { withKdc } from './support/kdc.js'
import { kdcOfThisFile } from './support/negotiate.js'
import { scopes, setSignInStage } from './support/sign-in.js'

describe('integrated Windows authentication', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.addPrincipal('svc', '-randkey')
  const clientKeytab = `FILE:${await kdc.keytab('svc', 'svc')}`
  const keytab = await kdc.keytab('http', 'HTTP/localhost')
  const users = ['joe@contoso.test', 'svc@contoso.test']
  const { tenant, application, errorOf } = await setSignInStage(kdc, keytab, users)

  test('says that nobody is signed in, and asks nobody', async t => {
    const error = await errorOf(t)
    assert.equal(error.code, 'unknown_user', error.message)
    assert.match(error.hint, /kinit/)
    assert.equal(tenant.requests.length, 0)
  })

  test('says that there is no ticket, where the user is named', async t => {
    const error = await errorOf(t, { username: 'joe@contoso.test' })
    assert.equal(error.code, 'negotiate_no_credentials', error.message)
    assert.match(error.steps.at(-1) ?? '', /after 401, offers Negotiate/)
  })

  test('a service signs in with its keytab, without a ticket of anybody’s', async t => {
    const kerberos = { clientKeytab, credentialCache: 'MEMORY:svc', principal: 'svc@CONTOSO.TEST' }
    const { account } = await application(t).acquireTokenByIntegratedWindowsAuth({ scopes, kerberos })
    assert.equal(account.username, 'svc@contoso.test')
  })

  test('the ticket’s user signs in with scopes and nothing else, bound to the connection: 5 requests, then 2, then none', async t => {
    await kdc.kinit('joe', 'Passw0rd!')
    const app = application(t)
    const first = await app.acquireTokenByIntegratedWindowsAuth({ scopes })
    assert.equal(first.account.username, 'joe@contoso.test')
    assert.equal(tenant.requests.length, 5)
    tenant.requests.length = 0
    const { account } = await app.acquireTokenByIntegratedWindowsAuth({ scopes })
    assert.equal(tenant.requests.length, 2)
    assert.deepEqual(tenant.requests[0]?.notes.windows, {
      scheme: 'Negotiate',
      outcome: 'accepted',
      user: 'joe@CONTOSO.TEST',
      bound: 'this',
    })
    await app.acquireTokenSilent({ scopes, account })
    assert.equal(tenant.requests.length, 2)
  })

  test('a service that the KDC does not know is named, with where to look', async t => {
    const error = await errorOf(t, { servicePrincipalName: 'HTTP/unknown.contoso.test' })
    assert.equal(error.code, 'negotiate_unknown_service', error.message)
    assert.match(error.message, /HTTP\/unknown\.contoso\.test/)
    assert.match(error.hint, /setspn/)
  })

  test('a KDC that is down is said to be', async t => {
    await kdc.pause()
    t.after(() => kdc.resume())
    await kdc.writeConfig()
    const error = await errorOf(t, { servicePrincipalName: 'HTTP/another.contoso.test' })
    assert.equal(error.code, 'negotiate_kdc_unreachable', error.message)
  })
})
