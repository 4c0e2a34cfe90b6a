/** PersistenceCachePlugin of @azure/msal-node-extensions, unchanged, as the plugin of latchkey and of msal-node on one file. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ICachePlugin, PublicClientApplication as MsalNode } from '@azure/msal-node'
import { type CachePersistence, createPersistentCache, type PublicClientApplication } from 'latchkey'
import { interactively, SCOPES, setStage } from '../flow/support.js'
import { temporaryFolder } from '../support/machine.js'
import { openExtensions } from './support/msal-node-extensions.js'

const stage = await setStage({ users: [{ username: 'zoe@contoso.onmicrosoft.com', name: 'Zoë "Zed" Ångström' }] })

const pluginFor = async (file: string): Promise<ICachePlugin> => (await openExtensions({ how: 'plain', file })).plugin

async function oursOn(t: TestContext, file: string): Promise<PublicClientApplication> {
  return stage.application(t, { cache: await pluginFor(file) }).app
}

async function theirsOn(file: string) {
  const { clientId, authority } = stage.tenant
  const auth = { clientId, authority, knownAuthorities: [new URL(authority).host] }
  return new MsalNode({ auth, cache: { cachePlugin: await pluginFor(file) } }).getTokenCache()
}

const namesOf = (accounts: Array<{ username: string }>): string[] => accounts.map(({ username }) => username).sort()

test('two applications with a plugin each see what the other does, and leave no lock behind', async t => {
  const file = path.join(await temporaryFolder(t), 'cache.json')
  const [one, two] = [await oursOn(t, file), await oursOn(t, file)]
  const { account } = await interactively(one, stage.visit('alice'))
  const { fromCache } = await two.acquireTokenSilent({ scopes: SCOPES, account })
  assert.ok(fromCache)
  await interactively(two, stage.visit('zoe'))
  assert.deepEqual(namesOf(await one.getAccounts()), namesOf([stage.user('alice'), stage.user('zoe')]))
  await one.removeAccount(account)
  assert.deepEqual(namesOf(await two.getAccounts()), [stage.user('zoe').username])
  assert.ok(!readFileSync(file, 'utf8').includes(account.username))
  assert.ok(!existsSync(`${file}.lockfile`))
})

test('msal-node lists with its own plugin who signed in with latchkey, and signs out for both', async t => {
  const file = path.join(await temporaryFolder(t), 'cache.json')
  const ours = await oursOn(t, file)
  for (const name of ['alice', 'zoe']) await interactively(ours, stage.visit(name))
  const theirs = await theirsOn(file)
  const accounts = await theirs.getAllAccounts()
  assert.deepEqual(namesOf(accounts), namesOf([stage.user('alice'), stage.user('zoe')]))
  const alice = accounts.find(({ username }) => username === stage.user('alice').username)
  assert.ok(alice)
  await theirs.removeAccount(alice)
  assert.deepEqual(namesOf(await ours.getAccounts()), [stage.user('zoe').username])
})

test('a plugin and createPersistentCache share the file and its lock', async t => {
  const file = path.join(await temporaryFolder(t), 'cache.json')
  const cache = await createPersistentCache({ name: 'shared', file, allowUnencryptedStorage: true })
  const plain = stage.application(t, { cache }).app
  const plugged = await oursOn(t, file)
  await interactively(plugged, stage.visit('alice'))
  await interactively(plain, stage.visit('zoe'))
  assert.equal((await plugged.getAccounts()).length, 2)
  assert.equal((await plain.getAccounts()).length, 2)
})

test('its plugin removes any lock file after a look-up; latchkey sees that before it saves, and starts over', async t => {
  const file = path.join(await temporaryFolder(t), 'cache.json')
  const open = () => createPersistentCache({ name: 'shared', file, allowUnencryptedStorage: true })
  const [ours, others] = [await open(), await open()]
  const add = async (cache: CachePersistence, section: string) => {
    const known = JSON.parse(Buffer.from((await cache.load()) ?? Buffer.from('{}')).toString())
    return Buffer.from(JSON.stringify({ ...known, [section]: {} }))
  }
  await ours.withLock(async () => ours.save(await add(ours, 'first')))
  const theirs = await theirsOn(file)
  await theirs.getAllAccounts()

  let rounds = 0
  await ours.withLock(async () => {
    const contents = await add(ours, 'ours')
    if (rounds++ === 0) {
      assert.ok(existsSync(`${file}.lockfile`))
      await theirs.getAllAccounts()
      assert.ok(!existsSync(`${file}.lockfile`), 'a look-up of msal-node has not removed the lock file')
      await others.withLock(async () => others.save(await add(others, 'of others')))
    }
    await ours.save(contents)
  })
  assert.equal(rounds, 2)
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(file, 'utf8'))), ['first', 'of others', 'ours'])
})
