/** The real MSAL Python and MSAL.NET sign a federated user in by password, against the emulator's AD FS and unchanged. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { builtPeer } from './support/dotnet-build.js'
import type { Step, StepResult } from './support/job.js'
import { msalNet, msalPython, type Peer, runPeer } from './support/peers.js'
import { signInFindAndRefresh } from './support/sign-in.js'
import { setStage } from './support/stage.js'

const stage = await setStage()
const { tenant } = stage
const joe = stage.user('joe')
const CLOUD = `https://login.microsoftonline.com/${tenant.tenantId}`
const BEARER = 'token urn:ietf:params:oauth:grant-type:saml1_1-bearer'
const scopes = ['User.Read']

before(builtPeer)
beforeEach(() => tenant.scenario(null))
after(() => tenant.scenario(null))

interface Client {
  peer: Peer
  /** The endpoint that it finds in the metadata; MSAL.NET sees none of WS-Trust 1.3 for passwords. */
  version: '13' | '2005'
  /** Its own error for a fault of the federation server. */
  wrongPassword: RegExp
  /** How often a wrong password reaches the directory: MSAL.NET asks a server that answered 500 again. */
  attempts: number
}

const CLIENTS: Client[] = [
  { peer: msalPython, version: '13', wrongPassword: /ID3242: The security token could not/, attempts: 1 },
  {
    peer: msalNet,
    version: '2005',
    wrongPassword: /parsing_wstrust_response_failed.*ID3242: The security/s,
    attempts: 2,
  },
]

for (const { peer, version, wrongPassword, attempts } of CLIENTS) {
  describe(`${peer.name}, a federated user`, () => {
    const endpoint = `/adfs/services/trust/${version}/usernamemixed`
    /** MSAL Python raises what it does not expect of a federation server; then its last words are the error. */
    const attempt = async (password: string): Promise<StepResult> => {
      const steps: Step[] = [{ do: 'password', scopes, username: joe.username, password }]
      try {
        const outcome = await runPeer(peer, stage, { clientId: tenant.clientId, authority: CLOUD, steps })
        return outcome.results[0] ?? {}
      } catch (error) {
        return { error: 'raised', message: String(error) }
      }
    }

    test('signs in at AD FS, finds the token and refreshes it', async () => {
      const asked = stage.watch()
      await signInFindAndRefresh(peer, stage, joe, { authority: CLOUD, scopes, do: 'password' })
      const steps = asked().filter(request => !/\.well-known|discovery\/instance/.test(request))
      assert.deepEqual(steps, [
        `GET /common/userrealm/${joe.username}`,
        'GET /adfs/services/trust/mex',
        `POST ${endpoint}`,
        BEARER,
        'token refresh_token',
      ])
      const hosts = tenant.requests.filter(({ path }) => path.startsWith('/adfs/')).map(({ host }) => host)
      assert.deepEqual(new Set(hosts), new Set(['adfs.contoso.com']))
    })

    test('reports a wrong password in its own words', async () => {
      const before = tenant.passwordChecks[joe.username] ?? 0
      const result = await attempt('wrong')
      assert.match(`${result.error} ${result.message}`, wrongPassword)
      assert.equal((tenant.passwordChecks[joe.username] ?? 0) - before, attempts)
    })

    test('reports what Entra says of the assertion', async () => {
      tenant.scenario({ users: { [joe.username]: { mfa: true } } })
      assert.match((await attempt(joe.password)).message ?? '', /AADSTS50076/)
      tenant.scenario(null)
      tenant.scenario({ federation: { signature: 'broken' } })
      assert.match((await attempt(joe.password)).message ?? '', /AADSTS50013/)
    })

    test('takes a SAML 2.0 assertion for what it is', async () => {
      tenant.scenario({ federation: { samlVersion: '2.0' } })
      const asked = stage.watch()
      assert.ok((await attempt(joe.password)).accessToken)
      assert.ok(asked().includes('token urn:ietf:params:oauth:grant-type:saml2-bearer'))
    })

    test('says in its own words that the metadata is of no use', async () => {
      for (const metadata of ['noEndpoints', 'malformed', 'httpAddresses'] as const) {
        tenant.scenario({ federation: { metadata } })
        const asked = stage.watch()
        assert.ok((await attempt(joe.password)).error, metadata)
        assert.ok(!asked().some(request => request.startsWith('POST')), metadata)
      }
    })
  })
}
