/** PersistenceCachePlugin of @azure/msal-node-extensions, unchanged, as the plugin of latchkey and of msal-node on one file. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { PublicClientApplication as MsalNode } from '@azure/msal-node'
import { createPersistentCache, type PublicClientApplication } from 'latchkey'
import { interactively, SCOPES, setStage } from '../flow/support.js'
import { temporaryFolder } from '../support/machine.js'
import { persistenceCachePlugin } from './support/msal-node-extensions.js'

const stage = await setStage({ users: [{ username: 'zoe@contoso.onmicrosoft.com', name: 'Zoë "Zed" Ångström' }] })

async function oursOn(t: TestContext, file: string): Promise<PublicClientApplication> {
  return stage.application(t, { cache: await persistenceCachePlugin(file) }).app
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
  const { clientId, authority } = stage.tenant
  const theirs = new MsalNode({
    auth: { clientId, authority, knownAuthorities: [new URL(authority).host] },
    cache: { cachePlugin: await persistenceCachePlugin(file) },
  }).getTokenCache()
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
