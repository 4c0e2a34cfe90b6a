/** Signs a federated user in by password, with any client, against the emulator's AD FS. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { Step, StepResult } from './job.js'
import { type Peer, runPeer } from './peers.js'
import { signInFindAndRefresh } from './sign-in.js'
import type { Stage } from './stage.js'

const BEARER = 'token urn:ietf:params:oauth:grant-type:saml1_1-bearer'
const scopes = ['User.Read']

/** What is particular about a client. */
export interface FederatedClient {
  peer: Peer
  /** The endpoint that it finds in the metadata. */
  version: '13' | '2005'
  /** Its own error for a fault of the federation server. */
  wrongPassword: RegExp
  /** How often a wrong password reaches the directory. */
  attempts: number
}

/** Registers the tests. */
export function testFederatedPassword(stage: Stage, client: FederatedClient): void {
  const { peer, version, wrongPassword, attempts } = client
  const { tenant } = stage
  const joe = stage.user('joe')
  const authority = `https://login.microsoftonline.com/${tenant.tenantId}`
  beforeEach(() => tenant.scenario(null))

  /** MSAL Python raises what it does not expect of a federation server; then its last words are the error. */
  const attempt = async (password: string): Promise<StepResult> => {
    const steps: Step[] = [{ do: 'password', scopes, username: joe.username, password }]
    try {
      const outcome = await runPeer(peer, stage, { clientId: tenant.clientId, authority, steps })
      return outcome.results[0] ?? {}
    } catch (error) {
      return { error: 'raised', message: String(error) }
    }
  }

  test(`${peer.name} signs a federated user in at AD FS, finds the token and refreshes it`, async () => {
    const asked = stage.watch()
    await signInFindAndRefresh(peer, stage, joe, { authority, scopes, do: 'password' })
    const steps = asked().filter(request => !/\.well-known|discovery\/instance/.test(request))
    assert.deepEqual(steps, [
      `GET /common/userrealm/${joe.username}`,
      'GET /adfs/services/trust/mex',
      `POST /adfs/services/trust/${version}/usernamemixed`,
      BEARER,
      'token refresh_token',
    ])
    const hosts = tenant.requests.filter(({ path }) => path.startsWith('/adfs/')).map(({ host }) => host)
    assert.deepEqual(new Set(hosts), new Set(['adfs.contoso.com']))
  })

  test(`${peer.name}, federated: reports a wrong password in its own words`, async () => {
    const before = tenant.passwordChecks[joe.username] ?? 0
    const result = await attempt('wrong')
    assert.match(`${result.error} ${result.message}`, wrongPassword)
    assert.equal((tenant.passwordChecks[joe.username] ?? 0) - before, attempts)
  })

  test(`${peer.name}, federated: reports what Entra says of the assertion`, async () => {
    tenant.scenario({ users: { [joe.username]: { mfa: true } } })
    assert.match((await attempt(joe.password)).message ?? '', /AADSTS50076/)
    tenant.scenario(null)
    tenant.scenario({ federation: { signature: 'broken' } })
    assert.match((await attempt(joe.password)).message ?? '', /AADSTS50013/)
  })

  test(`${peer.name}, federated: takes a SAML 2.0 assertion for what it is`, async () => {
    tenant.scenario({ federation: { samlVersion: '2.0' } })
    const asked = stage.watch()
    assert.ok((await attempt(joe.password)).accessToken)
    assert.ok(asked().includes('token urn:ietf:params:oauth:grant-type:saml2-bearer'))
  })

  test(`${peer.name}, federated: says in its own words that the metadata is of no use`, async () => {
    for (const metadata of ['noEndpoints', 'malformed', 'httpAddresses'] as const) {
      tenant.scenario({ federation: { metadata } })
      const asked = stage.watch()
      assert.ok((await attempt(joe.password)).error, metadata)
      assert.ok(!asked().some(request => request.startsWith('POST')), metadata)
    }
  })

  test(`${peer.name}, federated: signs in at a server of another make, where query strings matter`, async () => {
    tenant.scenario({ federation: { server: 'thirdParty' } })
    const before = tenant.requests.length
    const { accessToken, error, message } = await attempt(joe.password)
    assert.ok(accessToken, `${error} ${message}`)
    const asked = tenant.requests.slice(before).find(({ path }) => path.startsWith('/idp/'))
    assert.equal(asked?.path, `/idp/${version}/sts.wst`)
    assert.deepEqual(asked.query, { TokenProcessorId: 'password' })
  })
}
