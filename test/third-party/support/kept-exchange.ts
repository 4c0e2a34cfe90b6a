/** Tests that are the same for every client whose extensions keep a token cache where createPersistentCache keeps ours. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type CachePersistence, createPersistentCache, type PersistentCacheOptions } from 'latchkey'
import { temporaryFolder, until } from '../../support/machine.js'
import type { Kept, Outcome, Step } from './job.js'
import { accountOf, ourClient, signInOurs } from './our-client.js'
import { type Peer, runPeer, tokenIn } from './peers.js'
import type { Stage } from './stage.js'

/** One place of keeping, in the words of both libraries. */
export interface Keeping {
  peer: Peer
  /** What a test is named after. */
  where: string
  theirs: (file: string) => Kept
  ours: Omit<PersistentCacheOptions, 'name' | 'file'>
  environment?: Record<string, string>
  /** It lists users under other names of the cloud only where there is nobody under its own. */
  listsOwnNameFirst?: boolean
  /** It takes the lock before anything else, when it opens the cache; `<file>.begun` says that it is about to. */
  locksAtOnce?: boolean
}

const TOKEN_REQUEST = /^token /
const scopes = ['User.Read']

/** Registers the tests. */
export function testKeptExchange(stage: Stage, keeping: Keeping): void {
  const { peer, where, theirs, ours, environment = {} } = keeping
  const { clientId, tenantId } = stage.tenant
  const authority = `https://login.microsoftonline.com/${tenantId}`
  const [alice, mia] = [stage.user('alice'), stage.user('mia')]
  const signIn = (of = alice): Step => ({ do: 'password', scopes, username: of.username, password: of.password })
  const silent = (of = alice): Step => ({ do: 'silent', scopes, username: of.username })

  async function setUp(t: TestContext) {
    const file = join(await temporaryFolder(t), 'msal.cache')
    const cache = await createPersistentCache({ ...ours, name: 'shared', file })
    const app = ourClient(stage, { clientId, authority, cache })
    t.after(async () => {
      await app.close()
      // The keyring outlives the test.
      await cache.delete()
    })
    const peerDoes = (...steps: Step[]): Promise<Outcome> =>
      runPeer(peer, stage, { clientId, authority, kept: theirs(file), steps, environment })
    return { file, cache, app, peerDoes }
  }

  test(`${peer.name} signs in ${where}: latchkey is silent without a request, and signs out for both`, async t => {
    const { file, app, peerDoes } = await setUp(t)
    const kept = tokenIn(await peerDoes(signIn()), 0)
    const asked = stage.watch()
    const account = await accountOf(app, alice.username)
    const found = await app.acquireTokenSilent({ scopes, account })
    assert.equal(found.accessToken, kept.accessToken)
    assert.ok(found.fromCache)
    assert.deepEqual(asked(), [])
    await app.removeAccount(account)
    assert.deepEqual((await peerDoes({ do: 'accounts' })).results[0]?.accounts, [])
    assert.ok(!existsSync(`${file}.lockfile`))
  })

  test(`latchkey signs in ${where}: ${peer.name} is silent without a token request, and signs out for both`, async t => {
    const { file, app, peerDoes } = await setUp(t)
    // Both have something to lose by the other's saves.
    const others = keeping.listsOwnNameFirst ? [] : [alice]
    for (const other of others) await peerDoes(signIn(other))
    const kept = await signInOurs(app, stage, { user: 'mia', scopes })
    const asked = stage.watch()
    const outcome = await peerDoes({ do: 'accounts' }, silent(mia), ...others.map(silent), {
      do: 'remove',
      username: mia.username,
    })
    assert.deepEqual(
      outcome.results[0]?.accounts?.map(({ username }) => username).sort(),
      [...others, mia].map(({ username }) => username).sort(),
    )
    assert.equal(tokenIn(outcome, 1).accessToken, kept.accessToken)
    if (others.length > 0) tokenIn(outcome, 2)
    assert.deepEqual(
      asked().filter(request => TOKEN_REQUEST.test(request)),
      [],
    )
    assert.deepEqual(
      (await app.getAccounts()).map(({ username }) => username),
      others.map(({ username }) => username),
    )
    assert.ok(!existsSync(`${file}.lockfile`))
  })

  test(`latchkey waits for the lock that ${peer.name} holds ${where}`, async t => {
    const { file, app, cache, peerDoes } = await setUp(t)
    await signInOurs(app, stage, { user: 'mia', scopes })
    const holding = peerDoes({ do: 'hold', forMs: 1_500 })
    await until(() => existsSync(`${file}.held`))
    const account = await accountOf(app, mia.username)
    await app.removeAccount(account)
    const removedAt = Date.now()
    const heldUntil = (await holding).results[0]?.heldUntil ?? Number.NaN
    assert.ok(removedAt >= Math.floor(heldUntil), `removed ${heldUntil - removedAt} ms too early`)
    assert.ok(heldUntil >= removedAt - 5_000, 'and soon after')
    assert.deepEqual(await accountsIn(cache), [])
  })

  test(`${peer.name} waits for the lock that latchkey holds ${where}`, async t => {
    const { file, app, cache, peerDoes } = await setUp(t)
    await signInOurs(app, stage, { user: 'mia', scopes })
    const asked = stage.watch()
    const signingIn = await cache.withLock(async () => {
      const before = await textOf(cache)
      const started = peerDoes(signIn())
      started.catch(() => {})
      const hasToken = () => asked().some(request => TOKEN_REQUEST.test(request))
      await until(keeping.locksAtOnce ? () => existsSync(`${file}.begun`) : hasToken)
      // Without the lock it would have saved its token long before this is over.
      await wait(keeping.locksAtOnce ? 4_000 : 1_500)
      assert.equal(hasToken(), !keeping.locksAtOnce)
      assert.equal(await textOf(cache), before)
      return { started }
    })
    tokenIn(await signingIn.started, 0)
    assert.equal((await app.getAccounts()).length, 2)
  })
}

async function textOf(cache: CachePersistence): Promise<string> {
  return Buffer.from((await cache.load()) ?? []).toString()
}

/** The accounts in what is stored. */
async function accountsIn(cache: CachePersistence): Promise<string[]> {
  return Object.keys(JSON.parse(await textOf(cache)).Account)
}
