/** Whole sign-ins past Apache's mod_auth_gssapi, which stands before the federation server as a reverse proxy. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SCOPES } from '../flow/support.js'
import { WHOLE_FILE } from '../support/machine.js'
import { startApache, withApache } from './support/apache.js'
import { startGuardedTenant } from './support/guarded-tenant.js'
import { kdcOfThisFile } from './support/negotiate.js'

describe('a federation server behind Apache', withApache, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.addPrincipal('svc', '-randkey')
  const keytab = await kdc.keytab('http', 'HTTP/localhost')
  const guarded = await startGuardedTenant(['joe', 'svc'], backend => startApache(WHOLE_FILE, kdc, keytab, backend))
  const { letIn, tenant } = guarded

  test('does not let in who has no ticket', async t => {
    const error = await guarded.errorOf(t, { username: 'joe@contoso.test' })
    assert.equal(error.code, 'negotiate_no_credentials', error.message)
    assert.deepEqual(letIn, [])
  })

  test('lets in the user of the ticket, and a second time without being asked', async t => {
    await kdc.kinit('joe', 'Passw0rd!')
    const app = guarded.application(t)
    const { account, accessToken } = await app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES })
    assert.equal(account.username, 'joe@contoso.test')
    assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account })).accessToken, accessToken)
    await app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES })
    assert.deepEqual(letIn, ['joe@CONTOSO.TEST', 'joe@CONTOSO.TEST'])
  })

  test('lets in a service with its keytab, for which nobody has got a ticket', async t => {
    const kerberos = { clientKeytab: `FILE:${await kdc.keytab('svc', 'svc')}`, credentialCache: 'MEMORY:svc' }
    const { account } = await guarded.application(t).acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES, kerberos })
    assert.equal(account.username, 'svc@contoso.test')
    assert.deepEqual(letIn, ['svc@CONTOSO.TEST'])
  })

  test('what the federation server behind says of the user comes through', async t => {
    tenant.scenario({ users: { 'joe@contoso.test': { trustFault: 'MSIS7068' } } })
    t.after(() => tenant.scenario({ users: { 'joe@contoso.test': { trustFault: null } } }))
    const error = await guarded.errorOf(t)
    assert.equal(error.code, 'parsing_wstrust_response_failed')
    assert.match(error.message, /MSIS7068: Access denied/)
    assert.deepEqual(letIn, ['joe@CONTOSO.TEST'])
  })
})
