/** Sign-ins through Squid, which lets only holders of a real ticket through; the federation server behind it wants one of its own. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { AuthError, diagnose, LogLevel, type ProxyOptions, PublicClientApplication } from 'latchkey'
import { latchkey, signInPlace } from '../cli/support/latchkey.js'
import { WHOLE_FILE } from '../support/machine.js'
import { startEmulatedAdfs } from './support/emulated-adfs.js'
import { kdcOfThisFile, withDefaultCache } from './support/negotiate.js'
import { startSquid, withSquid } from './support/squid.js'

const scopes = ['User.Read']
const PROXY_NAME = 'HTTP/proxy.contoso.test'
// What it is asked by where nobody says its name.
const BY_ADDRESS = 'HTTP/127.0.0.1'

describe('Squid', withSquid, async () => {
  const kdc = await kdcOfThisFile()
  for (const name of [PROXY_NAME, BY_ADDRESS]) await kdc.addPrincipal(name, '-randkey')
  await kdc.kinit('joe', 'Passw0rd!')
  const tenant = await startEmulatedAdfs(WHOLE_FILE, kdc, await kdc.keytab('adfs', 'HTTP/localhost'))
  // It has the key of no other service: a ticket for the federation server would be of no use to it.
  const squid = await startSquid(WHOLE_FILE, kdc, await kdc.keytab('proxy', PROXY_NAME, BY_ADDRESS))
  const { clientId, authority, caPem: ca } = tenant

  /** An application behind the proxy; `log` is all that it could tell. */
  function behindSquid(proxy: string | ProxyOptions) {
    const log: string[] = []
    const app = new PublicClientApplication({
      clientId,
      authority,
      knownAuthorities: [new URL(authority).host],
      http: { ca, proxy },
      logger: { level: LogLevel.Verbose, logPii: true, log: (_level, line) => log.push(line) },
    })
    const errorOf = async () => {
      const error = await app.acquireTokenByIntegratedWindowsAuth({ scopes }).catch(reason => reason)
      await app.close()
      assert(error instanceof AuthError, String(error))
      return error
    }
    return { app, log, errorOf }
  }
  const trusted: ProxyOptions = {
    url: squid.origin,
    integratedAuthentication: true,
    servicePrincipalName: PROXY_NAME,
  }

  test('a whole sign-in goes through it, and it is asked once who the user is', async () => {
    const { app, log } = behindSquid(trusted)
    for (let n = 0; n < 2; n++) {
      const { account } = await app.acquireTokenByIntegratedWindowsAuth({ scopes })
      assert.equal(account.username, 'joe@contoso.test')
      assert.deepEqual(tenant.requests.findLast(({ notes }) => notes.windows !== undefined)?.notes.windows, {
        scheme: 'Negotiate',
        outcome: 'accepted',
        user: 'joe@CONTOSO.TEST',
        bound: 'this',
      })
    }
    await app.close()
    const passed = await squid.passed(4)
    const { host } = new URL(authority)
    const [{ port = '', ...refused } = {}, ...others] = passed.filter(({ status }) => status !== '200')
    assert.deepEqual([refused, others], [{ user: '-', method: 'CONNECT', status: '407', target: host }, []])
    const tunnels = passed.filter(({ status }) => status === '200')
    assert.ok(tunnels.length >= 3, 'one for the metadata, and one for each proof')
    assert.deepEqual(new Set(tunnels.map(({ user }) => user)), new Set(['joe@CONTOSO.TEST']))
    assert.ok(
      tunnels.some(tunnel => tunnel.port === port),
      'the refused connection was used again',
    )
    assert.match(log.join('\n'), /Negotiate: HTTP\/proxy\.contoso\.test, bound to nothing/)
    assert.match(log.join('\n'), /Negotiate: HTTP\/localhost, bound to the TLS connection/)
    assert.doesNotMatch(log.join('\n'), /YII|Negotiate [\w+/]{40}/)
  })

  test('many applications at once are each let through', async () => {
    const names = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const { app } = behindSquid(trusted)
        const { account } = await app.acquireTokenByIntegratedWindowsAuth({ scopes })
        await app.close()
        return account.username
      }),
    )
    assert.deepEqual(new Set(names), new Set(['joe@contoso.test']))
    const passed = await squid.passed(30)
    assert.deepEqual(
      new Set(passed.map(({ user, status }) => `${user} ${status}`)),
      new Set(['- 407', 'joe@CONTOSO.TEST 200']),
    )
  })

  test('it refuses a ticket for another service, and the error says what to look at', async () => {
    const { servicePrincipalName: _, ...byItsHost } = trusted
    const { errorOf } = behindSquid(byItsHost)
    const error = await errorOf()
    assert.equal(error.code, 'network_error', error.message)
    assert.match(error.message, /the proxy localhost:\d+ answered 407, and wants Negotiate\.$/)
    assert.match(error.hint ?? '', /does not accept the ticket/)
  })

  test('without the option it is told nothing, and without a ticket the error says so', async () => {
    const { errorOf } = behindSquid(squid.origin)
    const untold = await errorOf()
    assert.equal(untold.code, 'network_error')
    assert.match(untold.hint ?? '', /http\.proxy\.integratedAuthentication/)
    await withDefaultCache(`FILE:${kdc.folder}/absent.ccache`, async () => {
      const { app } = behindSquid(trusted)
      const error = await app
        .acquireTokenByIntegratedWindowsAuth({ scopes, username: 'joe@contoso.test' })
        .catch(e => e)
      await app.close()
      assert.equal(error.code, 'negotiate_no_credentials', error.message)
      assert.match(error.message, /the proxy localhost:\d+ answered 407, and wants Negotiate: /)
      assert.match(error.message, /HTTP\/proxy\.contoso\.test/)
    })
  })

  test('diagnose tells what the proxy wanted and got, or why it got nothing', async () => {
    const proxyOf = async (proxy: string | ProxyOptions) => {
      const found = await diagnose({ authority, http: { ca, proxy } })
      const { ok, detail, hint = '' } = found.find(({ check }) => check === 'proxy') ?? assert.fail()
      return { ok, detail, hint, authority: found.find(({ check }) => check === 'authority') }
    }
    const told = await proxyOf(trusted)
    assert.equal(
      told.detail,
      `${squid.origin}, for ${new URL(authority).host}; it asked who the user is, and was told by kerberos`,
    )
    assert.deepEqual([told.ok, told.authority?.ok], [true, true])
    const untold = await proxyOf(squid.origin)
    assert.match(untold.detail, /; it answered 407, and wants Negotiate; it was told nothing$/)
    assert.match(untold.hint, /http\.proxy\.integratedAuthentication/)
    assert.deepEqual([untold.ok, untold.authority?.ok], [false, false])
    const { servicePrincipalName: _, ...byItsHost } = trusted
    const refused = await proxyOf(byItsHost)
    assert.match(refused.detail, /; it answered 407, and wants Negotiate; it was told by kerberos$/)
    assert.match(refused.hint, /does not accept the ticket/)
    await withDefaultCache(`FILE:${kdc.folder}/absent.ccache`, async () => {
      const noTicket = await proxyOf(trusted)
      assert.match(noTicket.detail, /; it answered 407, and wants Negotiate; it was told nothing$/)
      assert.match(noTicket.hint, /kinit/)
    })
  })

  test('the command line signs in through the proxy of the environment, by an option or a profile, and says which one', async () => {
    const { options, env } = signInPlace(tenant, undefined)
    const behind = { ...env, ...kdc.env, HTTPS_PROXY: squid.origin.replace('localhost', '127.0.0.1') }
    const login = ['login', '--flow', 'integrated', ...options]
    const untold = await latchkey(login, behind)
    assert.equal(untold.code, 1)
    assert.match(
      untold.stderr.replace(/\s+/g, ' '),
      /hint: The proxy takes no user name and password: let it know who the user is, with --proxy-integrated-authentication,/,
    )
    const told = await latchkey([...login, '--proxy-integrated-authentication'], behind)
    assert.equal(told.code, 0, told.stderr)
    writeFileSync(
      `${kdc.folder}/profiles.json`,
      JSON.stringify({ profiles: { office: { proxyIntegratedAuthentication: true } } }),
    )
    const inOffice = { ...behind, LATCHKEY_CONFIG_DIR: kdc.folder }
    const byProfile = await latchkey(['diagnose', '--json', '--profile', 'office', ...options], inOffice)
    const proxy = JSON.parse(byProfile.stdout).find(({ check }: { check: string }) => check === 'proxy')
    assert.match(proxy.detail, /and was told by kerberos$/)
    const call = await latchkey(['call', authority, '--proxy-integrated-authentication', ...options], behind)
    assert.match(call.stderr.replace(/\s+/g, ' '), /hint: call cannot let the proxy know who you are/)
  })

  test('a service that the KDC does not know is named', async () => {
    const { errorOf } = behindSquid({ ...trusted, servicePrincipalName: 'HTTP/unknown.contoso.test' })
    const error = await errorOf()
    assert.equal(error.code, 'negotiate_unknown_service', error.message)
    assert.match(error.message, /HTTP\/unknown\.contoso\.test/)
  })
})
