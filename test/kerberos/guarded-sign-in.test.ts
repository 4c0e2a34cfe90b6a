/** Whole sign-ins past services that people put before a federation server: one that demands channel bindings, and their failures. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { SCOPES } from '../flow/support.js'
import { WHOLE_FILE } from '../support/machine.js'
import { startAcceptor } from './support/acceptor.js'
import { startGuardedTenant, withBindings } from './support/guarded-tenant.js'
import { withKdc } from './support/kdc.js'
import { credentials, kdcOfThisFile, negotiate } from './support/negotiate.js'

describe('a federation server behind an acceptor that demands channel bindings', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  const keytab = await kdc.keytab('http', 'HTTP/localhost')
  const guarded = await startGuardedTenant(['joe'], backend =>
    startAcceptor(WHOLE_FILE, kdc, keytab, 'require', backend),
  )
  const { letIn } = guarded
  await kdc.kinit('joe', 'Passw0rd!')

  test('lets in the user whose token is bound to the connection', async t => {
    const app = guarded.application(t)
    const { account, accessToken } = await app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES })
    assert.equal(account.username, 'joe@contoso.test')
    assert.deepEqual(letIn, ['joe@CONTOSO.TEST'])
    assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account })).accessToken, accessToken)
    await app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES })
    assert.equal(letIn.length, 2)
  })

  const WRONG = {
    'of another connection': (right: Uint8Array) => right.map((byte, index) => (index > 30 ? byte ^ 1 : byte)),
    'of no connection': () => new Uint8Array(),
  }
  for (const [name, change] of Object.entries(WRONG)) {
    test(`refuses the bindings ${name}, once, and the error says where to look`, async t => {
      const error = await guarded.errorOf(t, {}, withBindings(change))
      assert.equal(error.code, 'parsing_wstrust_response_failed', error.message)
      assert.match(error.message, /HTTP 401/)
      assert.match(error.hint, /setspn.*Extended Protection/)
      assert.match(error.steps.join('\n'), /answered 401, offers Negotiate; \d+ bytes of kerberos: 401/)
      assert.deepEqual(letIn, [])
    })
  }

  test('is not asked with a ticket that is over', async t => {
    const options = ['-l', '1s']
    const cache = await kdc.kinit('joe', 'Passw0rd!', { cache: `FILE:${join(kdc.folder, 'over.ccache')}`, options })
    const { expiresOn = 0 } = (await negotiate.inspect(credentials({ credentialCache: cache }))) ?? {}
    // Kerberos counts whole seconds, and the last one still counts.
    await setTimeout(expiresOn + 1_100 - Date.now())
    for (const username of [undefined, 'joe@contoso.test']) {
      const kerberos = { credentialCache: cache }
      const error = await guarded.errorOf(t, { kerberos, ...(username && { username }) })
      assert.equal(error.code, 'negotiate_credentials_expired', error.message)
      assert.match(error.hint, /kinit/)
    }
    assert.deepEqual(letIn, [])
  })

  test('is not reached with the clock of the domain elsewhere, and the error says to look at the time', async t => {
    await whileTheKdc(t, '+2h')
    await kdc.addPrincipal('HTTP/skew.contoso.test', '-randkey')
    const error = await guarded.errorOf(t, { servicePrincipalName: 'HTTP/skew.contoso.test' })
    assert.equal(error.code, 'negotiate_credentials_expired', error.message)
    assert.match(error.hint, /time of this machine/)
    assert.deepEqual(letIn, [])
  })

  test('refuses a token for another service', async t => {
    await kdc.addPrincipal('HTTP/other.contoso.test', '-randkey')
    const error = await guarded.errorOf(t, { servicePrincipalName: 'HTTP/other.contoso.test' })
    assert.equal(error.code, 'parsing_wstrust_response_failed', error.message)
    assert.match(error.message, /HTTP 401/)
    assert.deepEqual(letIn, [])
  })

  test('lets the user in when nothing is wrong any more', async t => {
    const app = guarded.application(t)
    await app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES })
    assert.deepEqual(letIn, ['joe@CONTOSO.TEST'])
  })

  /** Sets the clock of the KDC for one test. */
  async function whileTheKdc(t: TestContext, clock: string): Promise<void> {
    await kdc.pause()
    await kdc.resume(clock)
    t.after(async () => {
      await kdc.pause()
      await kdc.resume()
    })
  }
})
