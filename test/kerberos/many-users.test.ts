/** Many principals in one process, none of which has run kinit: each signs in as itself, and gets its own tokens only. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, test } from 'node:test'
import type { AuthenticationResult } from 'latchkey'
import { claimsOf } from '../emulator/support.js'
import { withKdc } from './support/kdc.js'
import { kdcOfThisFile } from './support/negotiate.js'
import { scopes, setSignInStage } from './support/sign-in.js'

const usernameOf = (name: string) => `${name}@contoso.test`
const NAMES = Array.from({ length: 20 }, (_, index) => `robot${index}`)

describe('services that sign in with keytabs', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  for (const name of NAMES) await kdc.addPrincipal(name, '-randkey')
  const keytab = await kdc.keytab('http', 'HTTP/localhost')
  const judged = await setSignInStage(kdc, keytab, NAMES.map(usernameOf))
  const { tenant } = judged
  const own = new Map<string, string>()
  for (const name of NAMES.slice(0, 2)) own.set(name, await kdc.keytab(name, name))
  const all = await kdc.keytab('all', ...NAMES)

  const kerberosOf = (name: string, keytab: string) => ({
    clientKeytab: `FILE:${keytab}`,
    credentialCache: `MEMORY:${name}`,
    principal: `${name}@CONTOSO.TEST`,
  })
  /** Whom the tokens are about, whatever the account says. */
  function assertIsOf(result: AuthenticationResult, name: string): void {
    const user = tenant.users.find(({ username }) => username === usernameOf(name)) ?? assert.fail(name)
    const { account, accessToken, idToken } = result
    assert.equal(account.username, user.username)
    assert.equal(account.homeAccountId, `${user.id}.${tenant.tenantId}`)
    assert.deepEqual([claimsOf(idToken).oid, claimsOf(accessToken).oid], [user.id, user.id])
  }

  test('two at once, each with a keytab of its own and an application of its own; nothing is written', async t => {
    const before = await readdir(kdc.folder)
    const pairs = [...own].map(([name, keytab]) => ({
      name,
      kerberos: kerberosOf(name, keytab),
      app: judged.application(t),
    }))
    const results = await Promise.all(
      pairs.map(({ app, kerberos }) => app.acquireTokenByIntegratedWindowsAuth({ scopes, kerberos })),
    )
    for (const [index, { name, app }] of pairs.entries()) {
      assertIsOf(results[index] ?? assert.fail(), name)
      assert.deepEqual(
        (await app.getAccounts()).map(({ username }) => username),
        [usernameOf(name)],
      )
    }
    assert.deepEqual(await readdir(kdc.folder), before)
  })

  test('twenty at once with one keytab and one application, whose cache keeps them apart', async t => {
    const app = judged.application(t)
    tenant.requests.length = 0
    const results = await Promise.all(
      NAMES.map(name => app.acquireTokenByIntegratedWindowsAuth({ scopes, kerberos: kerberosOf(name, all) })),
    )
    for (const [index, name] of NAMES.entries()) assertIsOf(results[index] ?? assert.fail(), name)
    assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, NAMES.length)

    // Each was let in as itself, and its assertion came to the token endpoint once.
    const admitted = tenant.requests.map(({ notes }) => notes.windows?.user).filter(user => user !== undefined)
    assert.deepEqual(admitted.sort(), NAMES.map(name => `${name}@CONTOSO.TEST`).sort())
    const assertions = tenant.requests.map(({ form }) => form.assertion).filter(assertion => assertion !== undefined)
    assert.equal(new Set(assertions).size, NAMES.length)

    tenant.requests.length = 0
    const accounts = await app.getAccounts()
    assert.equal(accounts.length, NAMES.length)
    for (const [index, name] of NAMES.entries()) {
      const account = accounts.find(({ username }) => username === usernameOf(name))
      const found = await app.acquireTokenSilent({ scopes, account })
      assert.deepEqual([found.fromCache, found.accessToken], [true, results[index]?.accessToken])
      const renewed = await app.acquireTokenSilent({ scopes, account, forceRefresh: true })
      assertIsOf(renewed, name)
    }
    assert.equal(tenant.requests.length, NAMES.length)
  })

  test('without a principal, the keytab’s own is found, and is who signs in', async t => {
    const [name = '', keytab = ''] = [...own][1] ?? []
    const kerberos = { clientKeytab: `FILE:${keytab}` }
    assertIsOf(await judged.application(t).acquireTokenByIntegratedWindowsAuth({ scopes, kerberos }), name)
  })

  test('a keytab that is not there, or has somebody else’s keys, is an error of its own', async t => {
    const app = judged.application(t)
    for (const kerberos of [
      { ...kerberosOf('robot0', `${kdc.folder}/absent.keytab`), credentialCache: 'MEMORY:absent' },
      { ...kerberosOf('robot0', own.get('robot1') ?? ''), credentialCache: 'MEMORY:other' },
    ]) {
      const username = usernameOf('robot0')
      await assert.rejects(app.acquireTokenByIntegratedWindowsAuth({ scopes, kerberos, username }), {
        name: 'ClientError',
        code: 'negotiate_no_credentials',
      })
      assert.deepEqual(await app.getAccounts(), [])
    }
  })
})
