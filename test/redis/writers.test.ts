/** Several processes that change one account at the same time: nothing is lost, nothing comes back. */
import assert from 'node:assert/strict'
import { beforeEach, type TestContext, test } from 'node:test'
import { WHOLE_FILE } from '../support/machine.js'
import { CountingClient, RedisServer, SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage
const server = await RedisServer.start(WHOLE_FILE)
const redis = await server.client()
const { username, password } = stage.user('alice')

beforeEach(async () => {
  tenant.scenario(null)
  tenant.requests.length = 0
  await redis.flushAll()
})

/** An application, with what is stored readable for the test. */
async function application(t: TestContext) {
  const client = new CountingClient(await server.client())
  const app = stage.application(t, { client, allowUnencryptedStorage: true })
  return {
    app,
    signIn: (scope: string) => app.acquireTokenByUsernamePassword({ scopes: [scope], username, password }),
    /** Lets `meanwhile` happen just before the account is asked for, or saved, for the nth time from now on. */
    disturb(nth: number, meanwhile: () => Promise<unknown>) {
      let times = 0
      client.before = async key => {
        if (!key.endsWith('}') || key.includes('{lock:') || ++times < nth) return
        client.before = () => {}
        await meanwhile()
      }
    },
    refreshToken: () => refreshTokenOf(app.tokenCache.serialize()),
  }
}

// A sign-in loads the account and saves it. A renewal looks for a token, looks again under its lock, asks the service, loads
// and saves.
const SIGN_IN_SAVES = 2
const RENEWAL_LOADS = 3
const RENEWAL_SAVES = 4

function refreshTokenOf(text: string): string {
  const [record] = Object.values(JSON.parse(text).RefreshToken) as Array<{ secret: string }>
  return record?.secret ?? ''
}

async function storedRefreshToken(): Promise<string> {
  const [key = ''] = (await redis.keys('latchkey:{*}')).filter(name => !name.includes('{lock:'))
  return refreshTokenOf((await redis.hGet(key, 'd')) ?? '')
}

test('what two sign-ins bring for one account is both kept', async t => {
  const [first, second, third] = [await application(t), await application(t), await application(t)]
  first.disturb(SIGN_IN_SAVES, () => second.signIn('Mail.Read'))
  const { account } = await first.signIn('User.Read')
  for (const { app } of [third, first, second]) {
    for (const scope of ['User.Read', 'Mail.Read']) {
      assert.ok((await app.acquireTokenSilent({ scopes: [scope], account })).fromCache, scope)
    }
  }
})

test('forty sign-ins at once in four applications are all kept', async t => {
  const applications = await Promise.all([1, 2, 3, 4].map(() => application(t)))
  const scopes = Array.from({ length: 40 }, (_, index) => `Scope${index}.Read`)
  await Promise.all(scopes.map((scope, index) => applications[index % 4]?.signIn(scope)))
  const { app } = await application(t)
  const [account] = await app.getAccounts()
  for (const scope of scopes) assert.ok((await app.acquireTokenSilent({ scopes: [scope], account })).fromCache, scope)
})

for (const [when, nth] of [
  ['before it loads the account for its change', RENEWAL_LOADS],
  ['before it saves', RENEWAL_SAVES],
] as const) {
  test(`an account that is removed while it is renewed, ${when}, stays removed`, async t => {
    const [first, second, third] = [await application(t), await application(t), await application(t)]
    const { account } = await first.signIn('User.Read')
    assert.equal((await third.app.getAccounts()).length, 1)
    first.disturb(nth, () => second.app.removeAccount(account))
    assert.ok((await first.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })).accessToken)
    for (const { app } of [first, second, third]) assert.deepEqual(await app.getAccounts(), [])
    await assert.rejects(first.app.acquireTokenSilent({ scopes: SCOPES, account }), { code: 'no_tokens_found' })
  })

  test(`whoever lost the lock while renewing, ${when}, leaves the newer refresh token alone`, async t => {
    const [first, second] = [await application(t), await application(t)]
    const { account } = await first.signIn('User.Read')
    const atFirst = await storedRefreshToken()
    first.disturb(nth, async () => {
      // As it is when a process stood still for longer than its lock lasts.
      for (const key of await redis.keys('*{lock:*}')) await redis.del(key)
      await second.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
    })
    const late = await first.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
    assert.equal(stage.renewals(), 2)
    const newest = second.refreshToken()
    assert.notEqual(newest, atFirst)
    assert.equal(await storedRefreshToken(), newest)
    assert.equal(first.refreshToken(), newest)
    assert.equal((await second.app.acquireTokenSilent({ scopes: SCOPES, account })).accessToken, late.accessToken)
  })

  test(`a renewal leaves the refresh token of a sign-in, ${when}, alone`, async t => {
    const [first, second] = [await application(t), await application(t)]
    const { account } = await first.signIn('User.Read')
    first.disturb(nth, () => second.signIn('User.Read'))
    await first.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
    assert.equal(await storedRefreshToken(), second.refreshToken())
  })
}

test('sections and fields that are not known are kept', async t => {
  const { app, signIn } = await application(t)
  const { account } = await signIn('User.Read')
  const [key = ''] = (await redis.keys('latchkey:{*}')).filter(name => !name.includes('{lock:'))
  const stored = JSON.parse((await redis.hGet(key, 'd')) ?? '')
  const [name = ''] = Object.keys(stored.Account)
  stored.Account[name].future = { a: 1 }
  stored.Future = { b: 2 }
  stored.AccessToken['not a record'] = 3
  const version = BigInt((await redis.hGet(key, 'v')) ?? '') + 1n
  await redis.hSet(key, { d: JSON.stringify(stored), v: String(version) })
  await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  const saved = JSON.parse((await redis.hGet(key, 'd')) ?? '')
  assert.deepEqual(saved.Account[name].future, { a: 1 })
  assert.deepEqual(saved.Future, { b: 2 })
  assert.equal(saved.AccessToken['not a record'], 3)
  assert.notDeepEqual(saved.RefreshToken, stored.RefreshToken)
})
