/** Whole sign-ins with callbacks or a plugin that keep the cache: what they are told by each call, and what their faults do. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { CachePlugin, CachePluginContext, PublicClientApplication, TokenCacheNotificationArgs } from 'latchkey'
import { temporaryFolder } from '../support/machine.js'
import { Program } from '../support/program.js'
import { interactively, SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

/** What each call tells the callbacks, as `name changed key account scopes`. */
function heard(app: PublicClientApplication): () => string[] {
  let calls: string[] = []
  const note = (name: string) => (args: TokenCacheNotificationArgs) => {
    const { hasStateChanged, suggestedCacheKey, account, requestScopes, correlationId } = args
    const key = suggestedCacheKey === undefined ? '-' : 'key'
    assert.equal(correlationId === undefined, requestScopes === undefined)
    calls.push(`${name} ${hasStateChanged} ${key} ${account?.username.split('@')[0] ?? '-'} ${requestScopes ?? '-'}`)
  }
  app.tokenCache.setBeforeAccess(note('before'))
  app.tokenCache.setBeforeWrite(note('write'))
  app.tokenCache.setAfterAccess(note('after'))
  return () => {
    const told = calls
    calls = []
    return told
  }
}

test('each method tells the callbacks whom and what it is about', async t => {
  const { app } = stage.application(t)
  const calls = heard(app)
  const { account } = await interactively(app, stage.visit('alice'))
  const write = (key: string) => [
    `before false ${key} alice User.Read`,
    `write true ${key} alice User.Read`,
    `after true ${key} alice User.Read`,
  ]
  const read = ['before false key alice User.Read', 'after false key alice User.Read']
  assert.deepEqual(calls(), write('-'))
  await app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.deepEqual(calls(), read)
  await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  assert.deepEqual(calls(), [...read, ...read, ...write('key')])
  await app.getAccounts()
  assert.deepEqual(calls(), ['before false - - -', 'after false - - -'])
  await app.getAccount(account.homeAccountId)
  assert.deepEqual(calls(), ['before false key - -', 'after false key - -'])
  await app.removeAccount(account)
  assert.deepEqual(calls(), ['before false key alice -', 'write true key alice -', 'after true key alice -'])
})

test('what a callback throws comes out of every method as it is, and the sign-in is kept in memory', async t => {
  const { app } = stage.application(t)
  const failure = new Error('the disk is gone')
  app.tokenCache.setAfterAccess(() => Promise.reject(failure))
  await assert.rejects(interactively(app, stage.visit('alice')), thrown => thrown === failure)
  await assert.rejects(app.getAccounts(), thrown => thrown === failure)
  app.tokenCache.setAfterAccess(undefined)
  const [account] = await app.getAccounts()
  assert.ok(account)
  assert.ok((await app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
  app.tokenCache.setBeforeAccess(() => {
    throw failure
  })
  await assert.rejects(app.acquireTokenSilent({ scopes: SCOPES, account }), thrown => thrown === failure)
  await assert.rejects(app.removeAccount(account), thrown => thrown === failure)
})

test('a silent renewal resolves although it could not be saved', async t => {
  const { app, result } = await stage.signedIn(t)
  app.tokenCache.setBeforeWrite(() => Promise.reject(new Error('read-only')))
  const renewed = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account, forceRefresh: true })
  assert.notEqual(renewed.accessToken, result.accessToken)
  const again = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
  assert.equal(again.accessToken, renewed.accessToken)
})

test('a callback that does not end is waited for neither after an abort nor after close()', async t => {
  const { app, result } = await stage.signedIn(t)
  app.tokenCache.setBeforeAccess(() => new Promise(() => {}))
  const { account } = result
  const signal = AbortSignal.timeout(20)
  await assert.rejects(app.acquireTokenSilent({ scopes: SCOPES, account, signal }), { name: 'TimeoutError' })
  const listing = assert.rejects(app.getAccounts(), { code: 'app_closed' })
  await app.close()
  await listing
})

/** A plugin over a text, as a store of one's own would be. */
class TextPlugin implements CachePlugin {
  text = ''
  readonly contexts: CachePluginContext[] = []

  async beforeCacheAccess(context: CachePluginContext): Promise<void> {
    this.contexts.push(context)
    context.tokenCache.deserialize(this.text)
  }

  async afterCacheAccess(context: CachePluginContext): Promise<void> {
    this.contexts.push(context)
    if (context.cacheHasChanged) this.text = context.tokenCache.serialize()
  }
}

test('a plugin loads before and saves after, for one application and the next', async t => {
  const cache = new TextPlugin()
  const { result } = await stage.signedIn(t, 'alice', { cache })
  const told = cache.contexts.map(({ cacheHasChanged, clientId, account }) => [
    cacheHasChanged,
    clientId,
    account?.username,
  ])
  const { username } = result.account
  assert.deepEqual(told, [
    [true, tenant.clientId, username],
    [true, tenant.clientId, username],
  ])
  for (const context of cache.contexts) {
    assert.equal(context.cache, context.tokenCache)
    assert.equal(context.hasChanged, context.cacheHasChanged)
  }
  const { app } = stage.application(t, { cache })
  const [account] = await app.getAccounts()
  assert.equal(account?.username, username)
  const { fromCache } = await app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.ok(fromCache)
  assert.deepEqual(
    cache.contexts.slice(2).map(({ cacheHasChanged }) => cacheHasChanged),
    [false, false, false, false],
  )
  assert.equal(cache.contexts.at(-1)?.homeAccountId, account?.homeAccountId)
})

test('a plugin with a lock has each change inside of it, and no look-up', async t => {
  const cache = new TextPlugin()
  const events: string[] = []
  const withLock: NonNullable<CachePlugin['withLock']> = async work => {
    events.push('lock')
    try {
      return await work()
    } finally {
      events.push('unlock')
    }
  }
  const before = cache.beforeCacheAccess.bind(cache)
  cache.beforeCacheAccess = async context => {
    events.push(`before ${context.cacheHasChanged}`)
    await before(context)
  }
  const { app } = await stage.signedIn(t, 'alice', { cache: Object.assign(cache, { withLock }) })
  await app.getAccounts()
  assert.deepEqual(events, ['lock', 'before true', 'unlock', 'before false'])
})

test("MSAL Java's aspect keeps the user signed in from one run of a program to the next", async t => {
  const folder = await temporaryFolder(t)
  const caFile = path.join(folder, 'ca.pem')
  writeFileSync(caFile, tenant.caPem)
  const alice = stage.user('alice')
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: caFile,
    LATCHKEY_CLIENT_ID: tenant.clientId,
    LATCHKEY_AUTHORITY: tenant.authority,
    LATCHKEY_KNOWN_AUTHORITY: new URL(tenant.authority).host,
    LATCHKEY_USERNAME: alice.username,
    LATCHKEY_PASSWORD: alice.password,
  }
  const file = path.join(folder, 'sample_cache.json')
  const program = new URL('programs/token-cache-aspect.js', import.meta.url).pathname
  for (const fromCache of [false, true]) {
    const run = Program.start(t, process.execPath, [program, file], env)
    assert.equal(await run.line(), `${alice.username} ${fromCache}`)
  }
})
