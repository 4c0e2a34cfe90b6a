/** The cache in a real Redis: what is stored, what a call costs, who sees whom. */
import assert from 'node:assert/strict'
import { beforeEach, describe, type TestContext, test } from 'node:test'
import { Redis } from 'ioredis'
import { redisCache } from 'latchkey/redis'
import { until, WHOLE_FILE } from '../support/machine.js'
import { CountingClient, KEY, RedisServer, SCOPES, setStage } from './support.js'

const stage = await setStage({
  users: [{ username: 'zoe@contoso.onmicrosoft.com' }, { username: 'rhea@contoso.onmicrosoft.com' }],
})
const { tenant } = stage
const server = await RedisServer.start(WHOLE_FILE)
const redis = await server.client()

beforeEach(async () => {
  tenant.scenario(null)
  tenant.requests.length = 0
  await redis.flushAll()
})

/** An application, and what it asks of Redis. */
async function application(t: TestContext, options: { accountsInMemory?: number; keyPrefix?: string } = {}) {
  const client = new CountingClient(await server.client())
  return { app: stage.application(t, { client, encryptionKey: KEY, ...options }), client }
}

const partitions = async () => (await redis.keys('latchkey:{*:*}')).filter(key => !key.includes('{lock:'))

test('what one process has signed in another one has, with its own account alone and by one question', async t => {
  const [first, second] = [await application(t), await application(t)]
  const { account, accessToken } = await stage.signIn(first.app, 'alice')
  await stage.signIn(first.app, 'rhea')
  const result = await second.app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.equal(result.accessToken, accessToken)
  assert.equal(result.fromCache, true)
  assert.equal(second.client.calls.length, 1)
  assert.equal(
    [
      ...(JSON.parse(second.app.tokenCache.serialize()).Account
        ? Object.keys(JSON.parse(second.app.tokenCache.serialize()).Account)
        : []),
    ].length,
    1,
  )
  // Unchanged, it is not sent again.
  await second.app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.deepEqual(second.client.calls[1]?.reply, ['same'])
})

test('a sign-in writes one account, and a renewal reaches the others', async t => {
  const [first, second] = [await application(t), await application(t)]
  await stage.signIn(first.app, 'alice')
  const [alice = ''] = await partitions()
  const before = await redis.hGetAll(alice)
  const { account } = await stage.signIn(first.app, 'rhea')
  assert.equal((await partitions()).length, 2)
  assert.deepEqual(await redis.hGetAll(alice), before)
  await second.app.acquireTokenSilent({ scopes: SCOPES, account })
  const renewed = await first.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  const seen = await second.app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.equal(seen.accessToken, renewed.accessToken)
  assert.ok(seen.fromCache)
})

test('accounts are listed, and found by name, without looking through Redis', async t => {
  const [first, second] = [await application(t), await application(t)]
  const { account: alice } = await stage.signIn(first.app, 'alice')
  await stage.signIn(first.app, 'rhea')
  const names = (await second.app.getAccounts()).map(({ username }) => username.split('@')[0]).sort()
  assert.deepEqual(names, ['alice', 'rhea'])
  assert.equal((await second.app.getAccount(alice.homeAccountId))?.username, alice.username)
  assert.ok((await second.app.acquireTokenSilent({ scopes: SCOPES, loginHint: alice.username })).fromCache)
  // Somebody who is in the index only is nobody, and is taken out.
  const [index = ''] = await redis.keys('*:accounts')
  await redis.zAdd(index, { score: Date.now() + 60_000, value: 'nobody.nowhere' })
  await redis.zAdd(index, { score: Date.now() - 1, value: 'expired.nowhere' })
  assert.equal((await second.app.getAccounts()).length, 2)
  await until(() => true)
  assert.equal((await redis.zRange(index, 0, -1)).includes('nobody.nowhere'), false)
})

test('whoever signs out is signed out everywhere, and stays so', async t => {
  const [first, second] = [await application(t), await application(t)]
  const { account } = await stage.signIn(first.app, 'alice')
  assert.equal((await second.app.getAccounts()).length, 1)
  await first.app.removeAccount(account)
  assert.deepEqual(await second.app.getAccounts(), [])
  await assert.rejects(second.app.acquireTokenSilent({ scopes: SCOPES, account }), { code: 'no_tokens_found' })
  assert.equal(await second.app.getAccount(account.homeAccountId), undefined)
  const [key = ''] = await partitions()
  assert.deepEqual(Object.keys(await redis.hGetAll(key)).sort(), ['f', 'v'])
  const again = await stage.signIn(second.app, 'alice')
  assert.equal((await first.app.acquireTokenSilent({ scopes: SCOPES, account })).accessToken, again.accessToken)
})

test('nothing that Redis holds is a secret or names the user', async t => {
  const { app } = await application(t)
  const { account, accessToken, idToken } = await stage.signIn(app, 'alice')
  await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  const held: string[] = []
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key)
    held.push(key)
    if (type === 'hash') held.push(...Object.values(await redis.hGetAll(key)))
    if (type === 'string') held.push((await redis.get(key)) ?? '')
  }
  const all = held.map(text => text + Buffer.from(text, 'base64').toString('latin1')).join('\n')
  assert.ok(all.length > 1_000)
  const secrets = [accessToken, idToken ?? '', account.username, ...tenant.issuedSecrets]
  for (const secret of secrets) assert.ok(secret !== '' && !all.includes(secret))
})

describe('how long an account is kept', () => {
  const days = async () => {
    const [key = ''] = await partitions()
    return (await redis.pTTL(key)) / 86_400_000
  }

  test('as long as its refresh token, where the service says it', async t => {
    tenant.scenario({ refreshTokenLifetimeSeconds: 5 * 86_400 })
    const b2c = tenant.b2cAuthority('b2c_1_ropc')
    const { app } = await application(t)
    const own = stage.application(
      t,
      { client: await server.client(), encryptionKey: KEY },
      { authority: b2c, knownAuthorities: [new URL(b2c).host] },
    )
    const { username, password } = stage.user('alice')
    const scopes = [tenant.clientId]
    const { account } = await own.acquireTokenByUsernamePassword({ scopes, username, password })
    const atFirst = await days()
    assert.ok(atFirst > 4.9 && atFirst <= 5, String(atFirst))
    tenant.scenario({ refreshTokenLifetimeSeconds: 7 * 86_400 })
    await own.acquireTokenSilent({ scopes, account, forceRefresh: true })
    assert.ok((await days()) > 6.9)
    void app
  })

  test('else for 90 days, from each change on', async t => {
    const { app } = await application(t)
    const { account } = await stage.signIn(app, 'alice')
    const [key = ''] = await partitions()
    assert.ok((await days()) > 89.9)
    await redis.pExpire(key, 1_000)
    await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
    assert.ok((await days()) > 89.9)
  })

  test('and not beyond: its time over, nobody puts it back', async t => {
    const client = await server.client()
    const app = stage.application(t, { client, encryptionKey: KEY, lifetimeSeconds: 1 })
    const { account } = await stage.signIn(app, 'alice')
    await new Promise(resolve => setTimeout(resolve, 1_100))
    await assert.rejects(app.acquireTokenSilent({ scopes: SCOPES, account }), { code: 'no_tokens_found' })
    assert.deepEqual(await app.getAccounts(), [])
    assert.deepEqual(await partitions(), [])
  })
})

test('memory holds no more accounts than it may, and Redis has the others', async t => {
  const { app } = await application(t, { accountsInMemory: 2 })
  const accounts = []
  for (const name of ['alice', 'rhea', 'zoe']) accounts.push((await stage.signIn(app, name)).account)
  assert.equal(Object.keys(JSON.parse(app.tokenCache.serialize()).Account).length, 2)
  for (const account of accounts) assert.ok((await app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
  assert.equal((await app.getAccounts()).length, 3)
})

test('applications of one process share a cache, each with its own accounts', async t => {
  const cache = redisCache({ client: await server.client(), encryptionKey: KEY })
  const client = await server.client()
  const one = stage.application(t, { client, encryptionKey: KEY }, { cache })
  const other = stage.application(
    t,
    { client, encryptionKey: KEY },
    { cache, clientId: '22222222-3333-4444-5555-666666666666' },
  )
  await stage.signIn(one, 'alice')
  assert.deepEqual(await other.getAccounts(), [])
  await stage.signIn(other, 'alice')
  assert.equal((await other.getAccounts()).length, 1)
  assert.equal((await partitions()).length, 2)
})

test('a cache from elsewhere, deserialized, is saved account by account', async t => {
  const [first, second] = [await application(t), await application(t, { keyPrefix: 'elsewhere' })]
  const { account } = await stage.signIn(second.app, 'alice')
  first.app.tokenCache.deserialize(second.app.tokenCache.serialize())
  assert.ok((await first.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
  const third = await application(t)
  for (let i = 0; i < 500 && (await third.app.getAccounts()).length === 0; i++) await new Promise(setImmediate)
  assert.ok((await third.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
})

test('ioredis does as well', async t => {
  const client = new Redis(server.path, { lazyConnect: false })
  t.after(() => client.disconnect())
  const app = stage.application(t, { client, encryptionKey: KEY })
  const { account, accessToken } = await stage.signIn(app, 'alice')
  const other = await application(t)
  assert.equal((await other.app.acquireTokenSilent({ scopes: SCOPES, account })).accessToken, accessToken)
  await other.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  assert.notEqual((await app.acquireTokenSilent({ scopes: SCOPES, account })).accessToken, accessToken)
  assert.equal((await app.getAccounts()).length, 1)
})
