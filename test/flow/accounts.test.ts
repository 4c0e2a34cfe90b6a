/** Who is signed in: listing, finding, removing, and starting again with a cache that was kept. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { AccountFilter, CachePersistence } from 'latchkey'
import { interactively, SCOPES, setStage } from './support.js'

const stage = await setStage({ users: [{ username: 'zoe@contoso.onmicrosoft.com', name: 'Zoë Ängström' }] })
const { tenant } = stage

/** An application that alice and zoe have signed in to. */
async function both(t: TestContext) {
  const { app, clock, result: alice } = await stage.signedIn(t)
  const zoe = await interactively(app, stage.visit('zoe'))
  tenant.requests.length = 0
  return { app, clock, alice, zoe }
}

const names = (accounts: Array<{ username: string }>) => accounts.map(({ username }) => username.split('@')[0]).sort()

test('lists everybody once, and finds by any field without regard to case', async t => {
  const { app, alice, zoe } = await both(t)
  await interactively(app, stage.visit('alice'), { scopes: ['https://vault.azure.net/.default'] })
  tenant.requests.length = 0
  assert.deepEqual(names(await app.getAccounts()), ['alice', 'zoe'])
  const { host } = new URL(tenant.origin)
  for (const [filter, expected] of [
    [{ username: zoe.account.username.toUpperCase() }, ['zoe']],
    [{ username: 'zoe' }, []],
    [{ tenantId: tenant.tenantId.toUpperCase() }, ['alice', 'zoe']],
    [{ tenantId: '11111111-2222-4333-8444-555555555555' }, []],
    [{ environment: host }, ['alice', 'zoe']],
    [{ environment: 'login.microsoftonline.com' }, []],
    [{ username: alice.account.username, tenantId: tenant.tenantId, environment: host }, ['alice']],
    [{ username: alice.account.username, tenantId: 'other' }, []],
    [{ userFlow: 'b2c_1_signin' }, []],
  ] as const satisfies Array<[AccountFilter, string[]]>) {
    assert.deepEqual(names(await app.getAccounts(filter)), expected, JSON.stringify(filter))
  }
  assert.deepEqual(tenant.requests, [])
})

test('an account has what the ID token says of its user', async t => {
  const { app, zoe } = await both(t)
  const { homeAccountId } = zoe.account
  for (const id of [homeAccountId, homeAccountId.toUpperCase()]) {
    const found = await app.getAccount(id)
    assert.ok(found)
    const { username, name, tenantId, localAccountId, environment, idTokenClaims } = found
    assert.deepEqual(
      { username, name, tenantId, localAccountId, environment },
      {
        username: stage.user('zoe').username,
        name: 'Zoë Ängström',
        tenantId: tenant.tenantId,
        localAccountId: homeAccountId.split('.')[0],
        environment: new URL(tenant.origin).host,
      },
    )
    assert.equal(idTokenClaims?.oid, localAccountId)
  }
  assert.equal(await app.getAccount('nobody.nowhere'), undefined)
})

test('removing an account removes all of its tokens, and nobody else', async t => {
  const { app, alice, zoe } = await both(t)
  await app.acquireTokenSilent({ scopes: ['Files.Read'], account: alice.account })
  const [listed] = await app.getAccounts({ username: alice.account.username })
  assert.ok(listed)
  await app.removeAccount(listed)
  tenant.requests.length = 0
  assert.deepEqual(names(await app.getAccounts()), ['zoe'])
  assert.equal(await app.getAccount(alice.account.homeAccountId), undefined)
  const text = app.tokenCache.serialize()
  assert.doesNotMatch(text, new RegExp(alice.account.homeAccountId))
  for (const scopes of [SCOPES, ['Files.Read']]) {
    await assert.rejects(app.acquireTokenSilent({ scopes, account: alice.account }), { code: 'no_tokens_found' })
  }
  const { username } = alice.account
  await assert.rejects(app.acquireTokenSilent({ scopes: SCOPES, loginHint: username }), {
    code: 'no_account_for_login_hint',
  })
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account: zoe.account })).fromCache, true)
  assert.deepEqual(tenant.requests, [])

  await app.removeAccount(listed)
  assert.equal(app.tokenCache.serialize(), text, 'removing again changes nothing')
})

test('a program that kept the text of the cache goes on where it stopped', async t => {
  const { app, clock, alice } = await both(t)
  const kept = app.tokenCache.serialize()
  await app.close()

  const next = stage.application(t, {}, clock)
  assert.deepEqual(await next.app.getAccounts(), [])
  next.app.tokenCache.deserialize(kept)
  const accounts = await next.app.getAccounts()
  assert.deepEqual(names(accounts), ['alice', 'zoe'])
  const account = accounts.find(({ username }) => username === alice.account.username)
  const hit = await next.app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.equal(hit.accessToken, alice.accessToken)
  assert.deepEqual(tenant.requests, [])
  const renewed = await next.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  assert.equal(renewed.fromCache, false)
  assert.equal(next.app.tokenCache.hasStateChanged, true)
})

test("another client's tokens in the same cache are nobody's business", async t => {
  const { app, alice } = await both(t)
  const other = stage.application(t, { clientId: '5c6b3f0a-9d1e-4f57-8a3e-2b7d4c1e9f60' })
  const kept = app.tokenCache.serialize()
  other.app.tokenCache.deserialize(kept)
  assert.deepEqual(await other.app.getAccounts(), [])
  const silent = other.app.acquireTokenSilent({ scopes: SCOPES, account: alice.account })
  await assert.rejects(silent, { code: 'no_tokens_found' })
  await other.app.removeAccount(alice.account)
  assert.match(other.app.tokenCache.serialize(), new RegExp(alice.accessToken))
})

/** A place that keeps the cache, and can be told to fail. */
class MemoryPersistence implements CachePersistence {
  stored: Uint8Array | undefined
  failing: 'load' | 'save' | undefined

  async load(): Promise<Uint8Array | undefined> {
    if (this.failing === 'load') throw new Error('the disk is gone')
    return this.stored
  }

  async save(bytes: Uint8Array): Promise<void> {
    if (this.failing === 'save') throw new Error('the disk is full')
    this.stored = bytes
  }

  async delete(): Promise<void> {
    this.stored = undefined
  }

  async withLock<T>(work: () => Promise<T>): Promise<T> {
    return work()
  }

  async verify(): Promise<void> {}
}

test('two applications with one store see what the other has done', async t => {
  const cache = new MemoryPersistence()
  const first = await stage.signedIn(t, 'alice', { cache })
  const second = stage.application(t, { cache })
  const [account] = await second.app.getAccounts()
  assert.ok(account)
  const hit = await second.app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.equal(hit.accessToken, first.result.accessToken)
  await second.app.removeAccount(account)
  assert.deepEqual(await first.app.getAccounts(), [])
})

test('a store that fails is an error, never an empty cache, and costs nobody a renewed token', async t => {
  const cache = new MemoryPersistence()
  const { app, result } = await stage.signedIn(t, 'alice', { cache })
  const { account } = result
  cache.failing = 'save'
  const renewed = await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  assert.notEqual(renewed.accessToken, result.accessToken)
  const kept = cache.stored
  await assert.rejects(app.removeAccount(account), { code: 'cache_write_failed' })
  await assert.rejects(interactively(app, stage.visit('alice')), { code: 'cache_write_failed' })
  assert.equal(cache.stored, kept)
  cache.failing = 'load'
  const { app: stranger } = stage.application(t, { cache })
  for (const call of [
    () => app.getAccounts(),
    () => app.getAccount(account.homeAccountId),
    () => stranger.acquireTokenSilent({ scopes: SCOPES, account }),
    () => stranger.acquireTokenSilent({ scopes: SCOPES, loginHint: account.username }),
  ]) {
    await assert.rejects(call(), /the disk is gone/)
  }
  // Whom the application has signed in itself, it goes on answering.
  const { fromCache } = await app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.ok(fromCache)
})

test('a request of the wrong shape is refused', async t => {
  const { app } = stage.application(t)
  const calls: Array<Promise<unknown>> = [
    app.getAccounts({ username: 1 } as unknown as AccountFilter),
    app.getAccount(''),
    app.getAccount(undefined as unknown as string),
    app.removeAccount({} as never),
    app.removeAccount(undefined as never),
  ]
  for (const call of calls) await assert.rejects(call, { code: 'invalid_request', name: 'ClientError' })
})
