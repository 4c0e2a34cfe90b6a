/** Keys that change, that are wrong, and values that were meddled with. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { beforeEach, type TestContext, test } from 'node:test'
import type { RedisCacheOptions } from 'latchkey/redis'
import { WHOLE_FILE } from '../support/machine.js'
import { RedisServer, SCOPES, setStage } from './support.js'

const stage = await setStage({ users: [{ username: 'rhea@contoso.onmicrosoft.com' }] })
const { tenant } = stage
const server = await RedisServer.start(WHOLE_FILE)
const redis = await server.client()
const [OLD, NEW, WRONG] = [randomBytes(32), randomBytes(32), randomBytes(32)]

beforeEach(async () => {
  tenant.scenario(null)
  await redis.flushAll()
})

async function application(t: TestContext, options: Omit<RedisCacheOptions, 'client'>) {
  const errors: unknown[] = []
  const client = await server.client()
  return { app: stage.application(t, { client, onError: error => void errors.push(error), ...options }), errors }
}

const partitions = async () => (await redis.keys('latchkey:{*}')).filter(key => !key.includes('{lock:'))
const undecryptable = { code: 'cache_decryption_failed' }

test('a new key is brought in beside the old one, which then can go', async t => {
  const before = await application(t, { encryptionKey: OLD })
  const { account, accessToken } = await stage.signIn(before.app, 'alice')
  const during = await application(t, { encryptionKey: [NEW, OLD] })
  assert.equal((await during.app.acquireTokenSilent({ scopes: SCOPES, account })).accessToken, accessToken)
  await during.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  const after = await application(t, { encryptionKey: [NEW] })
  assert.ok((await after.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
  await assert.rejects(before.app.acquireTokenSilent({ scopes: SCOPES, account }), undecryptable)
})

test('a wrong key is an error for those accounts alone, and changes nothing until somebody signs in', async t => {
  const right = await application(t, { encryptionKey: OLD })
  const { account } = await stage.signIn(right.app, 'alice')
  const [key = ''] = await partitions()
  const stored = await redis.hGetAll(key)
  const wrong = await application(t, { encryptionKey: WRONG })
  const rhea = await stage.signIn(wrong.app, 'rhea')
  // Also the second time, when it is not sent again.
  for (let i = 0; i < 2; i++) {
    await assert.rejects(wrong.app.acquireTokenSilent({ scopes: SCOPES, account }), undecryptable)
    await assert.rejects(wrong.app.removeAccount(account), undecryptable)
    await assert.rejects(wrong.app.getAccount(account.homeAccountId), undecryptable)
    const names = (await wrong.app.getAccounts()).map(({ homeAccountId }) => homeAccountId)
    assert.deepEqual(names, [rhea.account.homeAccountId])
  }
  assert.ok(
    wrong.errors.length > 0 && wrong.errors.every(error => (error as { code?: string }).code === undecryptable.code),
  )
  assert.ok((await wrong.app.acquireTokenSilent({ scopes: SCOPES, account: rhea.account })).fromCache)
  assert.deepEqual(await redis.hGetAll(key), stored)
  await stage.signIn(wrong.app, 'alice')
  assert.ok((await wrong.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
  await assert.rejects(right.app.acquireTokenSilent({ scopes: SCOPES, account }), undecryptable)
})

test('values that change places, or a letter, are refused', async t => {
  const { app } = await application(t, { encryptionKey: OLD })
  const { account: alice } = await stage.signIn(app, 'alice')
  const { account: rhea } = await stage.signIn(app, 'rhea')
  const [one = '', other = ''] = await partitions()
  const [first, second] = [await redis.hGetAll(one), await redis.hGetAll(other)]
  await redis.hSet(one, second)
  await redis.hSet(other, { ...first, d: `${first.d?.slice(0, -8)}AAAA${first.d?.slice(-4)}` })
  const fresh = await application(t, { encryptionKey: OLD })
  for (const account of [alice, rhea]) {
    await assert.rejects(fresh.app.acquireTokenSilent({ scopes: SCOPES, account }), undecryptable)
  }
})

test('what was stored plainly is read where that is allowed, and encrypted with the next change', async t => {
  const plain = await application(t, { allowUnencryptedStorage: true })
  const { account, accessToken } = await stage.signIn(plain.app, 'alice')
  const [key = ''] = await partitions()
  assert.ok((await redis.hGet(key, 'd'))?.includes(accessToken))
  const strict = await application(t, { encryptionKey: NEW })
  await assert.rejects(strict.app.acquireTokenSilent({ scopes: SCOPES, account }), undecryptable)
  const moving = await application(t, { encryptionKey: NEW, allowUnencryptedStorage: true })
  assert.ok((await moving.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
  await moving.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  assert.ok((await strict.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
  await assert.rejects(plain.app.acquireTokenSilent({ scopes: SCOPES, account }), undecryptable)
})

test('something else under the name of an account is an error for it alone', async t => {
  const { app } = await application(t, { encryptionKey: OLD })
  const { account } = await stage.signIn(app, 'alice')
  const { account: rhea } = await stage.signIn(app, 'rhea')
  const key = (await partitions()).find(name => name.includes(account.homeAccountId.toLowerCase())) ?? ''
  await redis.set(key, 'a text')
  await assert.rejects(app.acquireTokenSilent({ scopes: SCOPES, account }), { code: 'cache_read_failed' })
  assert.ok((await app.acquireTokenSilent({ scopes: SCOPES, account: rhea })).fromCache)
})
