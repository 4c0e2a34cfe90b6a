/** Active Directory, by Samba: its tickets, which have a PAC, its refusals, and whole sign-ins of its users. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { testHttpClient } from '../support/http.js'
import { WHOLE_FILE } from '../support/machine.js'
import { present, startAcceptor } from './support/acceptor.js'
import { startApacheAndService, withApache } from './support/apache.js'
import { klist } from './support/client.js'
import { credentials, failsWith, firstToken, negotiate, target, withDefaultCache } from './support/negotiate.js'
import { ActiveDirectory, withSamba } from './support/samba.js'
import { scopes, setSignInStage } from './support/sign-in.js'

const AES256 = 18
const PASSWORD = 'Passw0rd!'
const GROUPS = 400
// January 1970 in the time of Windows.
const LONG_AGO = '116444736000000000'

describe('Active Directory', withSamba, async () => {
  const domain = await ActiveDirectory.start(WHOLE_FILE)
  Object.assign(process.env, domain.env)
  await domain.addUser('joe', PASSWORD)
  await domain.addUser('adfs', PASSWORD, {
    servicePrincipalName: ['HTTP/localhost'],
    // AES only: without it, Active Directory takes RC4 for a service that is a user account.
    'msDS-SupportedEncryptionTypes': ['24'],
  })
  await domain.addUser('many', PASSWORD)
  await domain.addToGroups('many', 'Department', GROUPS)
  await domain.addUser('svc', PASSWORD)
  const clientKeytab = `FILE:${await domain.keytab('svc', 'svc')}`
  const keytab = await domain.keytab('http', 'HTTP/localhost')
  const demanding = await startAcceptor(WHOLE_FILE, domain, keytab)
  const { bindings: channelBindings } = demanding
  await domain.kinit('joe', PASSWORD)
  const cacheOf = (name: string) => `FILE:${domain.folder}/${name}.ccache`
  const ofMany = credentials({ credentialCache: await domain.kinit('many', PASSWORD, { cache: cacheOf('many') }) })

  describe('a ticket', () => {
    test('belongs to the principal of the default cache', async () => {
      assert.equal(await negotiate.currentUser(credentials()), 'joe@CONTOSO.TEST')
      const status = await negotiate.inspect(credentials())
      assert.deepEqual([status?.principal, status?.encryptionType], ['joe@CONTOSO.TEST', AES256])
    })

    test('with its PAC is accepted, bound to the channel, and the service proves itself', async () => {
      const context = await negotiate.open(target({ channelBindings }))
      const { output } = await context.step(new Uint8Array())
      assert(output.length > 1300 && output.length < 1600, `${output.length} bytes`)
      const { status, body, reply } = await present(demanding, output)
      assert.equal(status, 200)
      const mechanism = '1.2.840.113554.1.2.2'
      assert.deepEqual(body, { user: 'joe@CONTOSO.TEST', bound: true, delegated: false, mechanism, logonInfo: true })
      const last = await context.step(reply)
      assert.deepEqual([last.complete, last.mutual, last.mechanism], [true, true, 'kerberos'])
    })

    test('is refused with the bindings of another channel, and with none where they are demanded', async () => {
      const other = Buffer.from(channelBindings)
      other.writeUInt8(other.readUInt8(30) ^ 1, 30)
      const wrong = await present(demanding, await firstToken({ channelBindings: other }))
      assert.deepEqual([wrong.status, wrong.body.error], [401, 'BadChannelBindingsError'])
      const none = await present(demanding, await firstToken())
      assert.deepEqual([none.status, none.body.error], [401, 'channel bindings are missing'])
    })

    test('is accepted by Apache, which proves itself', withApache, async t => {
      const apache = await startApacheAndService(t, domain, keytab)
      const context = await negotiate.open(target())
      const { output } = await context.step(new Uint8Array())
      const { status, body, reply } = await present(apache, output)
      assert.deepEqual([status, body.user], [200, 'joe@CONTOSO.TEST'])
      assert.equal((await context.step(reply)).mutual, true)
      const many = await present(apache, await firstToken({ credentials: ofMany }))
      assert.deepEqual([many.status, many.body.user], [200, 'many@CONTOSO.TEST'])
    })

    test('for a service on a user account is encrypted with AES256', async () => {
      await firstToken()
      const list = await klist(domain)
      const etypes = /HTTP\/localhost@CONTOSO\.TEST\n.*Etype \(skey, tkt\): (.*)/.exec(list)?.[1]?.trim()
      assert.equal(etypes, 'aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96')
    })

    test('of somebody in hundreds of groups gets through HTTP, however long it is', async t => {
      const { client } = testHttpClient({ ca: demanding.ca })
      t.after(() => client.close())
      const url = new URL(`https://localhost:${demanding.port}/`)
      let longest = 0
      const { status, body, mutual } = await client.sendNegotiated(
        { method: 'POST', purpose: 'sign-in', url, body: '<rst/>' },
        {
          async open(channelBindings) {
            const context = await negotiate.open(target({ channelBindings, credentials: ofMany }))
            const step = async (token: Uint8Array) => {
              const answer = await context.step(token)
              longest = Math.max(longest, answer.output.length)
              return answer
            }
            return { step, close: () => context.close() }
          },
        },
      )
      assert.deepEqual([status, JSON.parse(body).user, mutual], [200, 'many@CONTOSO.TEST', true])
      // Eight bytes a group, on top of what everybody's has.
      assert(longest > 1300 + 8 * GROUPS, `${longest} bytes`)
    })

    test('comes from a keytab without any cache', async () => {
      await withDefaultCache(cacheOf('absent'), async () => {
        const token = await firstToken({ channelBindings, credentials: credentials({ clientKeytab }) })
        const { status, body } = await present(demanding, token)
        assert.deepEqual([status, body.user], [200, 'svc@CONTOSO.TEST'])
      })
    })
  })

  describe('refuses', () => {
    /** Credentials of a new account whose keytab is made before `change`. */
    async function afterwards(name: string, change: () => Promise<void>) {
      await domain.addUser(name, PASSWORD)
      const clientKeytab = `FILE:${await domain.keytab(name, name)}`
      await firstToken({ credentials: credentials({ clientKeytab, credentialCache: `MEMORY:${name}` }) })
      await change()
      return { credentials: credentials({ clientKeytab }) }
    }

    test('a service that it does not know', async () => {
      const unknown = { servicePrincipalName: 'HTTP/unknown.contoso.test' }
      await assert.rejects(firstToken(unknown), failsWith('UNKNOWN_SERVICE', -1765328377))
    })

    const denied: Array<[what: string, name: string, minorStatus: number, change: (name: string) => Promise<void>]> = [
      ['a wrong password', 'wrong', -1765328360, name => domain.setPassword(name, 'Other.Passw0rd')],
      ['a password that has to be changed', 'old', -1765328361, name => domain.change(name, { pwdLastSet: ['0'] })],
      ['a disabled account', 'disabled', -1765328366, name => domain.disable(name)],
      ['an account that is over', 'over', -1765328366, name => domain.change(name, { accountExpires: [LONG_AGO] })],
    ]
    for (const [what, name, minorStatus, change] of denied) {
      test(what, async () => {
        const parts = await afterwards(name, () => change(name))
        await assert.rejects(firstToken(parts), failsWith('DENIED', minorStatus))
      })
    }

    test('a ticket that is over', async () => {
      const options = ['-l', '1s']
      const credentialCache = await domain.kinit('joe', PASSWORD, { cache: cacheOf('expired'), options })
      const expired = credentials({ credentialCache })
      const { expiresOn = 0 } = (await negotiate.inspect(expired)) ?? {}
      // Kerberos counts whole seconds, and the last one still counts.
      await setTimeout(expiresOn + 1_100 - Date.now())
      await assert.rejects(firstToken({ credentials: expired }), failsWith('EXPIRED', -1765328352))
    })

    test('a clock that differs from its own', async () => {
      await domain.addUser('skew', PASSWORD, { servicePrincipalName: ['HTTP/skew.contoso.test'] })
      await domain.pause()
      await domain.resume('+2h')
      try {
        const skewed = { servicePrincipalName: 'HTTP/skew.contoso.test' }
        await assert.rejects(firstToken(skewed), failsWith('EXPIRED', -1765328347))
      } finally {
        await domain.pause()
        await domain.resume()
      }
    })

    test('nothing when it is down, which is said', async () => {
      await domain.pause()
      try {
        const fresh = { servicePrincipalName: 'HTTP/fresh.contoso.test' }
        await assert.rejects(firstToken(fresh), failsWith('UNREACHABLE', -1765328228))
      } finally {
        await domain.resume()
      }
    })
  })

  describe('signs in', async () => {
    await domain.addUser('jane', PASSWORD, { userPrincipalName: ['jane@contoso.com'] })
    const janes = await domain.kinit('jane', PASSWORD, { cache: cacheOf('jane') })
    const usernames = ['joe@contoso.test', 'many@contoso.test', 'svc@contoso.test', 'jane@contoso.com']
    const { tenant, application, errorOf } = await setSignInStage(domain, keytab, usernames)

    test('the ticket’s user with scopes and nothing else: 5 requests, then 2, then none', async t => {
      const app = application(t)
      const { account } = await app.acquireTokenByIntegratedWindowsAuth({ scopes })
      assert.equal(account.username, 'joe@contoso.test')
      assert.equal(tenant.requests.length, 5)
      tenant.requests.length = 0
      await app.acquireTokenByIntegratedWindowsAuth({ scopes })
      assert.equal(tenant.requests.length, 2)
      const windows = { scheme: 'Negotiate', outcome: 'accepted', user: 'joe@CONTOSO.TEST', bound: 'this' }
      assert.deepEqual(tenant.requests[0]?.notes.windows, windows)
      await app.acquireTokenSilent({ scopes, account })
      assert.equal(tenant.requests.length, 2)
    })

    test('somebody in hundreds of groups', async t => {
      const kerberos = { credentialCache: cacheOf('many') }
      const { account } = await application(t).acquireTokenByIntegratedWindowsAuth({ scopes, kerberos })
      assert.equal(account.username, 'many@contoso.test')
    })

    test('a service with its keytab', async t => {
      const kerberos = { clientKeytab, credentialCache: 'MEMORY:signs-in' }
      const { account } = await application(t).acquireTokenByIntegratedWindowsAuth({ scopes, kerberos })
      assert.equal(account.username, 'svc@contoso.test')
    })

    test('a user whose user principal name is in another domain only by that name, and says so', async t => {
      const kerberos = { credentialCache: janes }
      const error = await errorOf(t, { kerberos })
      assert.equal(error.code, 'unknown_user_type', error.message)
      assert.match(error.message, /taken from the Kerberos ticket.*CONTOSO\.TEST/)
      assert.match(error.hint, /Pass username/)
      const username = 'jane@contoso.com'
      const { account } = await application(t).acquireTokenByIntegratedWindowsAuth({ scopes, kerberos, username })
      assert.equal(account.username, 'jane@contoso.com')
    })

    test('such a user by the ticket alone where it is for the user principal name', async t => {
      const cache = cacheOf('enterprise')
      const kerberos = { credentialCache: await domain.kinit('jane@contoso.com', PASSWORD, { cache, options: ['-E'] }) }
      const { account } = await application(t).acquireTokenByIntegratedWindowsAuth({ scopes, kerberos })
      assert.equal(account.username, 'jane@contoso.com')
    })

    test('nobody who has been disabled', async t => {
      await domain.addUser('leaver', PASSWORD)
      const keytab = `FILE:${await domain.keytab('leaver', 'leaver')}`
      await domain.disable('leaver')
      const error = await errorOf(t, { kerberos: { clientKeytab: keytab }, username: 'joe@contoso.test' })
      assert.equal(error.code, 'integrated_windows_authentication_failed', error.message)
      assert.match(error.message, /DENIED/)
      assert.match(error.hint, /the account may sign in/)
    })
  })
})
