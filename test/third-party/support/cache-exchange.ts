/** Tests that are the same for every client that shares a token cache with latchkey. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldsLost, withForeignMembers } from './cache-text.js'
import type { Outcome, Step } from './job.js'
import { accountOf, ourClient, signInOurs } from './our-client.js'
import { type Peer, runPeer, tokenIn } from './peers.js'
import type { Asked, Stage } from './stage.js'

/** What is particular about a client. */
export interface Sharing {
  peer: Peer
  /** It asks for discovery documents before it looks into its cache. */
  discoversFirst: boolean
  /** It knows that a user of `organizations` is at home in a tenant; otherwise it has to be told the tenant. */
  knowsHomeTenant: boolean
}

/** A user whose name has to be escaped in one way or another. */
export const ZOE = { username: 'zoe@contoso.onmicrosoft.com', name: `Zoë "Zed" O'Neil \\ <&> 日本 😀` }

const DISCOVERY = /^GET .*\/(discovery\/instance|\.well-known\/openid-configuration)$/

/** Registers the tests. The tenant must know {@link ZOE}. */
export function testCacheExchange(stage: Stage, sharing: Sharing): void {
  const { peer } = sharing
  const { clientId, tenantId, domain } = stage.tenant
  const scopes = ['User.Read']
  const cloud = (tenant: string) => `https://login.microsoftonline.com/${tenant}`

  const theirTenant = (tenant: string) => (sharing.knowsHomeTenant ? tenant : tenantId)
  const beyondDiscovery = (asked: Asked[]) => asked.filter(request => !DISCOVERY.test(request))

  /** The other client looks for the token in the cache, and after that asks for a new one if told so. */
  const lookUp = async (cache: string, look: { user: string; tenant: string; refresh: boolean }): Promise<Outcome> => {
    const { username } = stage.user(look.user)
    const steps: Step[] = [{ do: 'accounts' }, { do: 'silent', scopes, username }]
    if (look.refresh) steps.push({ do: 'silent', scopes, username, forceRefresh: true })
    return runPeer(peer, stage, { clientId, authority: cloud(look.tenant), cache, steps })
  }

  for (const tenant of [tenantId, 'organizations']) {
    test(`${peer.name} finds what latchkey kept at ${tenant} without a request, and latchkey what ${peer.name} then refreshed`, async () => {
      await using ours = ourClient(stage, { clientId, authority: cloud(tenant) })
      const kept = await signInOurs(ours, stage, { user: 'mia', scopes })
      const cache = ours.tokenCache.serialize()

      const look = { user: 'mia', tenant: theirTenant(tenant), refresh: false }
      const asked = stage.watch()
      const found = await lookUp(cache, look)
      assert.equal(tokenIn(found, 1).accessToken, kept.accessToken)
      const homeAccountIds = found.results[0]?.accounts?.map(account => account.homeAccountId)
      assert.deepEqual(homeAccountIds, [kept.account.homeAccountId])
      assert.deepEqual(sharing.discoversFirst ? beyondDiscovery(asked()) : asked(), [])

      const outcome = await lookUp(cache, { ...look, refresh: true })
      const refreshed = tokenIn(outcome, 2)
      assert.equal(tokenIn(outcome, 1).accessToken, kept.accessToken)
      assert.notEqual(refreshed.accessToken, kept.accessToken)
      assert.deepEqual(beyondDiscovery(asked()), ['token refresh_token'])

      await using again = ourClient(stage, { clientId, authority: cloud(tenant), cache: outcome.cache })
      const account = await accountOf(again, stage.user('mia').username)
      const askedByOurs = stage.watch()
      const foundAgain = await again.acquireTokenSilent({ scopes, account })
      assert.equal(foundAgain.accessToken, refreshed.accessToken)
      assert.ok(foundAgain.fromCache)
      assert.deepEqual(askedByOurs(), [])
    })
  }

  for (const authority of [cloud(tenantId), cloud('organizations'), cloud(domain), stage.tenant.authority]) {
    const where = authority.replace(stage.origin, 'own origin')
    test(`latchkey finds what ${peer.name} kept at ${where} without a request, and ${peer.name} what latchkey then refreshed`, async () => {
      const user = stage.user('alice')
      const steps: Step[] = [{ do: 'interactive', scopes }]
      const outcome = await runPeer(peer, stage, { clientId, authority, user, steps })
      const kept = tokenIn(outcome, 0)

      await using ours = ourClient(stage, { clientId, authority, cache: outcome.cache })
      const account = await accountOf(ours, user.username)
      assert.equal(account.homeAccountId, `${user.id}.${tenantId}`)
      const asked = stage.watch()
      const found = await ours.acquireTokenSilent({ scopes, account })
      assert.equal(found.accessToken, kept.accessToken)
      assert.equal(found.tenantId, tenantId)
      assert.ok(found.fromCache)
      assert.deepEqual(asked(), [])
      const refreshed = await ours.acquireTokenSilent({ scopes, account, forceRefresh: true })
      assert.notEqual(refreshed.accessToken, kept.accessToken)
      assert.deepEqual(asked(), ['token refresh_token'])

      // Hosts that are no cloud have no aliases: there some write the port with the name and look for nothing else.
      if (authority === stage.tenant.authority) return
      const look = { user: 'alice', tenant: tenantId, refresh: true }
      const foundByThem = await lookUp(ours.tokenCache.serialize(), look)
      assert.equal(tokenIn(foundByThem, 1).accessToken, refreshed.accessToken)
      assert.notEqual(tokenIn(foundByThem, 2).accessToken, refreshed.accessToken)
    })
  }

  test(`latchkey finds at a domain what ${peer.name} refreshed of its tokens, without a request`, async () => {
    // The user's name does not tell whose domain the authority is; only latchkey's own section of the cache does.
    const authority = cloud(domain)
    await using ours = ourClient(stage, { clientId, authority })
    await signInOurs(ours, stage, { user: 'joe', scopes })
    const domainsIn = (cache: string) => (JSON.parse(cache) as Record<string, unknown>)['latchkey.TenantDomains']
    const told = domainsIn(ours.tokenCache.serialize())
    assert.deepEqual(told, { [`login.windows.net/${domain}`]: tenantId })
    const look = { user: 'joe', tenant: tenantId, refresh: true }
    const outcome = await lookUp(ours.tokenCache.serialize(), look)
    assert.deepEqual(domainsIn(outcome.cache), told)

    await using again = ourClient(stage, { clientId, authority, cache: outcome.cache })
    const account = await accountOf(again, stage.user('joe').username)
    const asked = stage.watch()
    const found = await again.acquireTokenSilent({ scopes, account })
    assert.deepEqual([found.accessToken, found.fromCache], [tokenIn(outcome, 2).accessToken, true])
    assert.deepEqual(asked(), [])
  })

  test(`nothing that ${peer.name} or a third one wrote is lost when latchkey loads and keeps a cache`, async () => {
    const { username } = stage.user('zoe')
    const theirs = await runPeer(peer, stage, {
      clientId,
      authority: cloud(tenantId),
      user: stage.user('zoe'),
      steps: [{ do: 'interactive', scopes }],
    })
    const kept = tokenIn(theirs, 0)
    const before = withForeignMembers(theirs.cache)

    await using ours = ourClient(stage, { clientId, authority: cloud(tenantId), cache: before })
    assert.deepEqual(fieldsLost(before, ours.tokenCache.serialize()), [])

    // A token for other scopes brings a new refresh token and ID token. With a refresh token end its own scopes and date.
    // New records are kept under the preferred alias of the cloud. All the rest has no reason to change.
    const account = await accountOf(ours, username)
    await ours.acquireTokenSilent({ scopes: ['Mail.Read'], account })
    const after = ours.tokenCache.serialize()
    const changing = /^(RefreshToken|IdToken)\.secret|^RefreshToken\.(target|last_modification_time)$|\.environment$/
    const lost = fieldsLost(before, after).filter(field => !changing.test(field))
    assert.deepEqual(lost, [])

    const asked = stage.watch()
    const found = await lookUp(after, { user: 'zoe', tenant: tenantId, refresh: false })
    assert.equal(tokenIn(found, 1).accessToken, kept.accessToken)
    assert.deepEqual(beyondDiscovery(asked()), [])
  })
}
