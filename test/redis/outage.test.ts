/** Redis is killed, hangs, loses all it had: whoever is in memory goes on, and what changed meanwhile is saved later. */
import assert from 'node:assert/strict'
import { beforeEach, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { AccountInfo, PublicClientApplication } from 'latchkey'
import { KEY, RedisServer, SCOPES, setStage } from './support.js'

const stage = await setStage({
  users: [{ username: 'rhea@contoso.onmicrosoft.com' }, { username: 'zoe@contoso.onmicrosoft.com' }],
})
const { tenant } = stage

beforeEach(() => {
  tenant.scenario(null)
  tenant.requests.length = 0
})

/** An application and the errors it told of. */
async function application(t: TestContext, server: RedisServer) {
  const errors: unknown[] = []
  const client = await server.client()
  const onError = (error: unknown) => void errors.push(error)
  const options = { client, encryptionKey: KEY, timeoutSeconds: 0.5, retrySeconds: 0.1, onError }
  return { app: stage.application(t, options), errors }
}

async function tokenOf(app: PublicClientApplication, account: AccountInfo): Promise<string | undefined> {
  const silent = app.acquireTokenSilent({ scopes: SCOPES, account })
  return (await silent.catch((): undefined => undefined))?.accessToken
}

/** Fails unless `read` comes to give `expected` within some seconds. */
async function comesToBe<T>(read: () => Promise<T>, expected: T): Promise<void> {
  let last: T | undefined
  for (let i = 0; i < 200; i++) {
    last = await read()
    if (last === expected) return
    await delay(50)
  }
  assert.equal(last, expected)
}

test('killed and started again, empty: nobody notices but the listener', async t => {
  const server = await RedisServer.start(t)
  const { app, errors } = await application(t, server)
  const alice = await stage.signIn(app, 'alice')
  const rhea = await stage.signIn(app, 'rhea')
  await server.kill()
  assert.equal(await tokenOf(app, alice.account), alice.accessToken)
  const renewed = await app.acquireTokenSilent({ scopes: SCOPES, account: alice.account, forceRefresh: true })
  const zoe = await stage.signIn(app, 'zoe')
  assert.equal((await app.getAccounts()).length, 3)
  assert.equal(await tokenOf(app, zoe.account), zoe.accessToken)
  assert.equal(errors.length, 1)
  assert.equal((errors[0] as { code?: string }).code, 'cache_read_failed')
  await server.start()
  const other = await application(t, server)
  // The first access after it has come back saves all.
  await comesToBe(() => tokenOf(app, rhea.account), rhea.accessToken)
  for (const { account, accessToken } of [{ ...renewed, account: alice.account }, rhea, zoe]) {
    await comesToBe(async () => {
      await tokenOf(app, rhea.account)
      return tokenOf(other.app, account)
    }, accessToken)
  }
  assert.equal((await other.app.getAccounts()).length, 3)
  assert.equal(errors.length, 1)
})

test('without Redis nobody is taken for signed out', async t => {
  const server = await RedisServer.start(t)
  const first = await application(t, server)
  const second = await application(t, server)
  const { account } = await stage.signIn(first.app, 'alice')
  await server.kill()
  const unreadable = { code: 'cache_read_failed' }
  await assert.rejects(second.app.acquireTokenSilent({ scopes: SCOPES, account }), unreadable)
  await assert.rejects(second.app.getAccounts(), unreadable)
  await assert.rejects(second.app.getAccount(account.homeAccountId), unreadable)
  await assert.rejects(second.app.removeAccount(account), unreadable)
})

test('a Redis that hangs holds nobody up for longer than once its time limit', async t => {
  const server = await RedisServer.start(t)
  const { app, errors } = await application(t, server)
  const { account, accessToken } = await stage.signIn(app, 'alice')
  server.freeze()
  const start = performance.now()
  const tokens = await Promise.all(Array.from({ length: 200 }, () => tokenOf(app, account)))
  const first = performance.now() - start
  assert.ok(tokens.every(token => token === accessToken))
  assert.equal(errors.length, 1)
  // Everybody together has waited for two looks at most.
  assert.ok(first < 3_000, `${first} ms`)
  server.thaw()
  const renewed = await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  const other = await application(t, server)
  await comesToBe(async () => {
    await tokenOf(app, account)
    return tokenOf(other.app, account)
  }, renewed.accessToken)
})

test('who signs out meanwhile is signed out everywhere when Redis is back', async t => {
  const server = await RedisServer.start(t)
  const first = await application(t, server)
  const second = await application(t, server)
  const { account } = await stage.signIn(first.app, 'alice')
  const { account: rhea } = await stage.signIn(first.app, 'rhea')
  assert.equal((await second.app.getAccounts()).length, 2)
  server.freeze()
  await first.app.removeAccount(account)
  assert.equal((await first.app.getAccounts()).length, 1)
  server.thaw()
  await comesToBe(async () => {
    await tokenOf(first.app, rhea)
    return (await second.app.getAccounts()).length
  }, 1)
  await assert.rejects(second.app.acquireTokenSilent({ scopes: SCOPES, account }), { code: 'no_tokens_found' })
  assert.equal((await first.app.getAccounts()).length, 1)
})

test('of two who remember an account that Redis has lost, the one who knows the newer tokens is right', async t => {
  const server = await RedisServer.start(t)
  const redis = await server.client()
  const [first, second, third] = [
    await application(t, server),
    await application(t, server),
    await application(t, server),
  ]
  const { account } = await stage.signIn(first.app, 'alice')
  await tokenOf(second.app, account)
  const { accessToken } = await first.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  await redis.flushAll()
  // The one with the older tokens comes first.
  await tokenOf(second.app, account)
  await comesToBe(async () => (await third.app.getAccounts()).length, 1)
  assert.equal(await tokenOf(first.app, account), accessToken)
  for (const { app } of [second, third]) await comesToBe(() => tokenOf(app, account), accessToken)
})
