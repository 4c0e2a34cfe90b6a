/** Renewing under the lock of the place that keeps the cache: when it is taken, and what is done with what others brought. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { CachePersistence, SilentRequest } from 'latchkey'
import { MemoryLogSink } from '../fakes/memory-logger.js'
import { interactively, SCOPES, setStage, until } from './support.js'

const stage = await setStage({ users: [{ username: 'zoe@contoso.onmicrosoft.com' }] })
const { tenant } = stage
const HOUR_MS = 3_600_000

/** Keeps the bytes in memory for the applications of one test, and lets a test hold up whoever renews. */
class SharedPlace implements CachePersistence {
  stored: Uint8Array | undefined
  readonly keys: string[] = []
  waiting = 0
  /** What a renewal waits for before its turn comes. */
  gate: Promise<void> = Promise.resolve()
  load = async (): Promise<Uint8Array | undefined> => this.stored
  async save(bytes: Uint8Array): Promise<void> {
    this.stored = bytes
  }
  async delete(): Promise<void> {
    this.stored = undefined
  }
  withLock = <T>(work: () => Promise<T>): Promise<T> => work()
  async withRefreshLock<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.keys.push(key)
    this.waiting++
    const givenUp = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    try {
      await Promise.race([this.gate, givenUp])
    } finally {
      this.waiting--
    }
    return work()
  }
  async verify(): Promise<void> {}
}

/** Somebody signed in, as two processes know it; both clocks say the same. */
async function twoProcesses(t: TestContext, name = 'alice') {
  const place = new SharedPlace()
  const logger = new MemoryLogSink('verbose')
  const one = await stage.signedIn(t, name, { cache: place, logger })
  const other = stage.application(t, { cache: place }, one.clock)
  const { account } = one.result
  const silentBy =
    ({ app }: typeof other) =>
    (more: Partial<SilentRequest> = {}) =>
      app.acquireTokenSilent({ scopes: SCOPES, account, ...more })
  /** Holds up the renewals from now on. */
  const holdUp = () => {
    let letGo = () => {}
    place.gate = new Promise(resolve => {
      letGo = resolve
    })
    return letGo
  }
  return { ...one, place, holdUp, logger, silent: silentBy(one), theirSilent: silentBy(other), other }
}

test('a hit does not touch the lock; a renewal takes it once, for the client, the account and the cloud', async t => {
  const { place, silent, clock, app } = await twoProcesses(t)
  for (let i = 0; i < 3; i++) assert.equal((await silent()).fromCache, true)
  assert.deepEqual(place.keys, [])
  await clock.advance(HOUR_MS)
  await Promise.all([silent(), silent()])
  assert.equal(place.keys.length, 1)
  await silent({ scopes: ['Mail.Read'] })
  await silent({ forceRefresh: true })
  assert.equal(new Set(place.keys).size, 1, 'other scopes use the same refresh token')
  const zoe = await interactively(app, stage.visit('zoe'))
  await silent({ account: zoe.account, forceRefresh: true })
  assert.deepEqual([place.keys.length, new Set(place.keys).size], [4, 2])
})

test('what another process brought while the lock was waited for is the result', async t => {
  const { place, holdUp, silent, theirSilent, clock } = await twoProcesses(t)
  await clock.advance(HOUR_MS)
  const letGo = holdUp()
  const waiting = silent()
  await until(() => place.waiting === 1, 'the lock to be waited for')
  place.gate = Promise.resolve()
  const theirs = await theirSilent()
  letGo()
  const ours = await waiting
  assert.deepEqual([ours.accessToken, ours.fromCache, theirs.fromCache], [theirs.accessToken, true, false])
  assert.equal(stage.tokenRequests().length, 1)
})

test('a token for other scopes, or one that has to be new, is asked for with the refresh token that is newest then', async t => {
  tenant.scenario({ rotation: 'revokeOld' })
  const claims = '{"access_token":{"nbf":{"essential":true}}}'
  for (const more of [{ scopes: ['Mail.Read'] }, { forceRefresh: true }, { claims }]) {
    const { place, holdUp, silent, theirSilent } = await twoProcesses(t)
    const letGo = holdUp()
    const waiting = silent(more)
    await until(() => place.waiting === 1, 'the lock to be waited for')
    place.gate = Promise.resolve()
    const theirs = await theirSilent({ forceRefresh: true })
    letGo()
    const ours = await waiting
    assert.equal(ours.fromCache, false)
    assert.notEqual(ours.accessToken, theirs.accessToken)
    assert.equal(stage.tokenRequests().length, 2)
    assert.equal((await theirSilent({ forceRefresh: true })).fromCache, false, 'nobody has been signed out')
  }
})

test('a renewal in the background asks for nothing when another process has renewed, and is over', async t => {
  tenant.scenario({ expiresInSeconds: 3_600, refreshInSeconds: 1_800 })
  const { place, holdUp, silent, theirSilent, clock, logger } = await twoProcesses(t)
  await clock.advance(HOUR_MS / 2)
  const letGo = holdUp()
  const due = await silent()
  await until(() => place.waiting === 1, 'the lock to be waited for')
  place.gate = Promise.resolve()
  const theirs = await theirSilent({ forceRefresh: true })
  letGo()
  await until(() => logger.lines.some(({ message }) => /by somebody else/.test(message)), 'the end of the renewal')
  assert.equal(stage.tokenRequests().length, 1)
  assert.notEqual(theirs.accessToken, due.accessToken)
  assert.equal((await silent()).accessToken, theirs.accessToken)

  // One that is due is not enough: it is what the renewal was for.
  await clock.advance(HOUR_MS / 2)
  await silent()
  await until(() => stage.tokenRequests().length === 2, 'the next renewal')
})

test('who gives up waits no longer for the lock, and sends nothing', async t => {
  const { place, holdUp, silent, clock, app } = await twoProcesses(t)
  await clock.advance(HOUR_MS)
  const letGo = holdUp()
  const controller = new AbortController()
  const reason = new Error('gave up')
  const impatient = silent({ signal: controller.signal }).catch((error: unknown) => error)
  const patient = silent()
  await until(() => place.waiting === 1, 'the lock to be waited for')
  controller.abort(reason)
  assert.equal(await impatient, reason)
  assert.equal(place.waiting, 1, 'the others still wait')
  letGo()
  assert.equal((await patient).fromCache, false)

  await clock.advance(HOUR_MS)
  holdUp()
  const closed = silent().catch((error: { code?: string }) => error.code)
  await until(() => place.waiting === 1, 'the lock to be waited for')
  await app.close()
  assert.equal(await closed, 'app_closed')
  assert.equal(place.waiting, 0)
  assert.equal(stage.tokenRequests().length, 1)
})

test('an account that another process removed meanwhile is not renewed', async t => {
  const { place, holdUp, silent, clock, other, result } = await twoProcesses(t)
  await clock.advance(HOUR_MS)
  const letGo = holdUp()
  const waiting = silent().catch((error: { code?: string }) => error.code)
  await until(() => place.waiting === 1, 'the lock to be waited for')
  await other.app.removeAccount(result.account)
  letGo()
  assert.equal(await waiting, 'no_tokens_found')
  assert.equal(stage.tokenRequests().length, 0)
})

test('a lock that fails does not fail the renewal', async t => {
  const { place, silent, clock, logger } = await twoProcesses(t)
  place.withRefreshLock = () => Promise.reject(new Error('the lock is broken'))
  await clock.advance(HOUR_MS)
  assert.equal((await silent()).fromCache, false)
  assert.equal(stage.tokenRequests().length, 1)
  assert.ok(logger.lines.some(({ message }) => /renewed without a lock/.test(message)))
})
