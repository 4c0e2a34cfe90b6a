/** What each client does with the emulator as B2C and as AD FS: signs in, finds the token again, refreshes it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome, Step } from './job.js'
import { type Peer, runPeer, tokenIn } from './peers.js'
import type { Stage } from './stage.js'

/** B2C's ID tokens have no user name; what MSAL Python and msal-node list of its users has none either. */
const NO_NAME = ''

/** Registers the tests. `b2cOrigin` is where B2C is found. The stage should poll every second. */
export function testOtherServices(peer: Peer, stage: Stage, b2cOrigin: string): void {
  const { tenant } = stage
  const { clientId } = tenant

  const signIn = async (authority: string, first: Step, found: string): Promise<Outcome> => {
    const { scopes } = first as { scopes: string[] }
    const user = stage.user(new URL(authority).pathname.startsWith('/adfs') ? 'joe' : 'alice')
    const again: Step = { do: 'silent', scopes, username: found }
    const steps: Step[] = [first, again, { ...again, forceRefresh: true }, { do: 'accounts' }]
    const outcome = await runPeer(peer, stage, { clientId, authority, user, steps })
    const [fresh, kept, renewed] = [0, 1, 2].map(step => tokenIn(outcome, step).accessToken)
    assert.equal(kept, fresh)
    assert.notEqual(renewed, fresh)
    assert.equal(outcome.results[3]?.accounts?.length, 1)
    return outcome
  }

  for (const [where, path] of [
    ['with tfp', `/tfp/${tenant.domain}/b2c_1_ropc`],
    ['without tfp', `/${tenant.domain}/b2c_1_ropc`],
  ]) {
    test(`${peer.name} signs in by password at a B2C policy ${where}, finds the token and refreshes it`, async () => {
      const { username, password, id } = stage.user('alice')
      const scopes = ['https://contoso.onmicrosoft.com/api/read']
      const first: Step = { do: 'password', scopes, username, password }
      const { results } = await signIn(`${b2cOrigin}${path}`, first, NO_NAME)
      assert.equal(results[3]?.accounts?.[0]?.homeAccountId, `${id}-b2c_1_ropc.${tenant.tenantId}`)
    })
  }

  test(`${peer.name} signs in through the browser at a B2C policy`, async () => {
    const scopes = ['https://contoso.onmicrosoft.com/api/read']
    const { id } = stage.user('alice')
    const outcome = await signIn(`${b2cOrigin}/tfp/${tenant.domain}/b2c_1_susi`, { do: 'interactive', scopes }, NO_NAME)
    assert.equal(outcome.results[3]?.accounts?.[0]?.homeAccountId, `${id}-b2c_1_susi.${tenant.tenantId}`)
  })

  test(`${peer.name} reports a wrong password at B2C with B2C’s code`, async () => {
    const { username } = stage.user('alice')
    const steps: Step[] = [{ do: 'password', scopes: [clientId], username, password: 'wrong' }]
    const { results } = await runPeer(peer, stage, {
      clientId,
      authority: `${b2cOrigin}/tfp/${tenant.domain}/b2c_1_ropc`,
      steps,
    })
    assert.equal(results[0]?.error, 'access_denied')
    assert.match(results[0]?.message ?? '', /AADB2C90225/)
  })

  for (const way of ['password', 'interactive', 'deviceCode'] as const) {
    test(`${peer.name} signs in at AD FS by ${way}, finds the token and refreshes it`, async () => {
      const { username, password } = stage.user('joe')
      const scopes = ['https://api.contoso.com/read']
      const first: Step = way === 'password' ? { do: way, scopes, username, password } : { do: way, scopes }
      const { results } = await signIn(tenant.adfsAuthority, first, username)
      assert.ok(!results[3]?.accounts?.[0]?.homeAccountId.includes('.'), 'the subject of the ID token')
    })
  }

  test(`${peer.name} reports a wrong password at AD FS with AD FS’s code`, async () => {
    const { username } = stage.user('joe')
    const steps: Step[] = [{ do: 'password', scopes: ['https://api.contoso.com/read'], username, password: 'wrong' }]
    const { results } = await runPeer(peer, stage, { clientId, authority: tenant.adfsAuthority, steps })
    assert.equal(results[0]?.error, 'invalid_grant')
    assert.match(results[0]?.message ?? '', /MSIS9659/)
  })
}
