/** The cache in a Redis Cluster: accounts on all of its nodes, each call to the node that has them. */
import assert from 'node:assert/strict'
import { beforeEach, describe, type TestContext, test } from 'node:test'
import { Cluster } from 'ioredis'
import type { RedisCacheOptions } from 'latchkey/redis'
import { createCluster } from 'redis'
import { WHOLE_FILE } from '../support/machine.js'
import { RedisCluster } from './cluster-support.js'
import { KEY, SCOPES, setStage } from './support.js'

// Enough that no node is left without any.
const NAMES = Array.from({ length: 12 }, (_, index) => `user${index}`)

const stage = await setStage({ users: NAMES.map(name => ({ username: `${name}@contoso.onmicrosoft.com` })) })
const { tenant } = stage
const cluster = await RedisCluster.start(WHOLE_FILE)

const CLIENTS: Record<string, (t: TestContext) => Promise<RedisCacheOptions['client']>> = {
  async ioredis(t) {
    const client = new Cluster(cluster.ports.map(port => ({ host: '127.0.0.1', port })))
    t.after(() => client.disconnect())
    return client
  },
  async 'node-redis'(t) {
    const client = createCluster({ rootNodes: cluster.ports.map(port => ({ url: `redis://127.0.0.1:${port}` })) })
    client.on('error', () => {})
    await client.connect()
    t.after(() => client.destroy())
    return client
  },
}

beforeEach(() => {
  tenant.scenario(null)
})

for (const [name, connect] of Object.entries(CLIENTS)) {
  describe(name, () => {
    async function application(t: TestContext) {
      const errors: unknown[] = []
      const onError = (error: unknown) => void errors.push(error)
      // The two clients do not share what they store.
      const options = { client: await connect(t), encryptionKey: KEY, keyPrefix: name, onError }
      return { app: stage.application(t, options), errors }
    }

    test('accounts are on all nodes, and another process has them, listed and each by itself', async t => {
      const [first, second] = [await application(t), await application(t)]
      const accounts = []
      for (const user of NAMES) accounts.push((await stage.signIn(first.app, user)).account)
      const nodes = (await cluster.keys()).map(keys => keys.filter(key => key.startsWith(`${name}:`)).length)
      assert.ok(Math.min(...nodes) > 0, `keys of the nodes: ${nodes}`)
      for (const account of accounts) {
        assert.ok((await second.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
      }
      const listed = (await second.app.getAccounts()).map(({ username }) => username)
      assert.deepEqual(listed.sort(), accounts.map(({ username }) => username).sort())
      assert.deepEqual([...first.errors, ...second.errors], [])
    })

    test('one renewal for all processes, under a lock on the node of its own name', async t => {
      const members = [await application(t), await application(t), await application(t)]
      tenant.scenario({ expiresInSeconds: 60 })
      const [first] = members
      assert.ok(first)
      const { account } = await stage.signIn(first.app, 'user0')
      tenant.scenario({ expiresInSeconds: 3_600, rotation: 'revokeOld' })
      tenant.requests.length = 0
      const calls = members.flatMap(({ app }) => Array.from({ length: 5 }, () => app))
      const results = await Promise.all(calls.map(app => app.acquireTokenSilent({ scopes: SCOPES, account })))
      assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, 1)
      assert.equal(stage.renewals(), 1)
      assert.deepEqual(
        members.flatMap(({ errors }) => errors),
        [],
      )
    })

    test('a node that has forgotten the scripts is sent them, and a removal reaches everybody', async t => {
      const [first, second] = [await application(t), await application(t)]
      const { account } = await stage.signIn(first.app, 'user1')
      await cluster.forgetScripts()
      assert.ok((await second.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
      await second.app.removeAccount(account)
      assert.equal(await first.app.getAccount(account.homeAccountId), undefined)
      assert.deepEqual([...first.errors, ...second.errors], [])
    })

    test('an account that moves to another node is found there', async t => {
      const [first, second] = [await application(t), await application(t)]
      const { account } = await stage.signIn(first.app, 'user2')
      const home = encodeURIComponent(account.homeAccountId)
      const key = (await cluster.keys()).flat().find(text => text.startsWith(`${name}:`) && text.includes(`:${home}}`))
      assert.ok(key)
      const port = await cluster.moveSlotOf(key)
      assert.ok((await second.app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
      const renewed = await first.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
      const found = await second.app.acquireTokenSilent({ scopes: SCOPES, account })
      assert.equal(found.accessToken, renewed.accessToken)
      assert.ok((await cluster.keys())[cluster.ports.indexOf(port)]?.includes(key))
      assert.deepEqual([...first.errors, ...second.errors], [])
    })
  })
}
