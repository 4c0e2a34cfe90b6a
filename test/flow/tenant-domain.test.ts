/** An authority that names the tenant by a domain: its tokens are found under the tenant's ID, by the next process too. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { interactively, SCOPES, setStage } from './support.js'

const stage = await setStage({ users: [{ username: 'gina@fabrikam.example' }] })
const { tenant } = stage

/** The cache of somebody who has signed in, as text, and the application of another process that starts with it. */
async function restarted(t: TestContext, name: string, change = (text: string) => text) {
  const { app, clock, result } = await stage.signedIn(t, name)
  const next = stage.application(t, {}, clock).app
  next.tokenCache.deserialize(change(app.tokenCache.serialize()))
  return { next, result }
}

const withoutDomains = (text: string): string => {
  const { 'latchkey.TenantDomains': domains, ...others } = JSON.parse(text) as Record<string, unknown>
  assert.ok(domains)
  return JSON.stringify(others)
}

test('the next process is silent from the cache for a user of any domain', async t => {
  assert.equal(new URL(tenant.authority).pathname, `/${tenant.domain}`)
  for (const name of ['alice', 'gina']) {
    const { next, result } = await restarted(t, name)
    tenant.requests.length = 0
    const [account] = await next.getAccounts()
    const silent = await next.acquireTokenSilent({ scopes: SCOPES, account })
    assert.deepEqual([silent.accessToken, silent.fromCache], [result.accessToken, true])
    assert.equal(silent.tenantId, tenant.tenantId)
    assert.deepEqual(tenant.requests, [])
  }
})

test('where the domain has not been told the token is renewed once, which tells it', async t => {
  const { next, result } = await restarted(t, 'gina', withoutDomains)
  const { account } = result
  assert.equal((await next.acquireTokenSilent({ scopes: SCOPES, account })).fromCache, false)
  assert.equal(stage.tokenRequests().length, 1)
  assert.equal((await next.acquireTokenSilent({ scopes: SCOPES, account })).fromCache, true)
  assert.match(next.tokenCache.serialize(), new RegExp(`/${tenant.domain}":"${tenant.tenantId}"`))
})

test('what has been told of one domain is not taken for another', async t => {
  const { app, result } = await stage.signedIn(t, 'gina')
  const elsewhere = await app
    .acquireTokenSilent({ scopes: SCOPES, account: result.account, tenantId: 'litware.example' })
    .catch((error: Error) => error)
  assert.ok(elsewhere instanceof Error)
  assert.ok(tenant.requests.length > 0)
  const again = await interactively(app, stage.visit('gina'))
  assert.equal(again.tenantId, tenant.tenantId)
})
