/** Contents that cannot be read: waited for, never lost, and in nobody's way who signs in anew. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { CacheAccess } from '#lib/cache/cache-access.js'
import { CacheStore } from '#lib/cache/cache-store.js'
import type { CacheView } from '#lib/cache/cache-view.js'
import { TokenCache } from '#lib/cache/token-cache.js'
import { ClientError } from '#lib/errors.js'
import { createLogger } from '#lib/logger.js'
import type { Clock } from '#lib/request/clock.js'
import { ALICE, BOB, CLIENT, clock, inPublicCloud, SlowPersistence, store, TENANT, tokensOf } from './support.js'

const ALICE_QUERY = { homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT], scopes: ['User.Read'] }
const secretOf = (view: CacheView) => view.findTokens(ALICE_QUERY)?.token.accessToken
const countOf = (view: CacheView) => view.accounts(inPublicCloud).length
const homesOf = (view: CacheView) => view.accounts(inPublicCloud).map(({ homeAccountId }) => homeAccountId)
const CAROL = `22222222-2222-4222-8222-222222222222.${TENANT}`
const HALF = Buffer.from('{"AccessToken": {"half')
const SIGN_IN: CacheAccess = { isNewSignIn: true }

async function bytesWith(...homes: string[]): Promise<Uint8Array> {
  const made = store()
  for (const home of homes) await made.update(edit => edit.saveTokens(tokensOf(home)))
  return made.tokenCache.serializeMsalV3()
}

/** Keeps copies in memory, and counts how often somebody has the lock. */
class Shelf extends SlowPersistence {
  readonly location = '/home/alice/shelf'
  readonly copies: Uint8Array[] = []
  locks = 0
  #isLocked = false

  override withLock<T>(work: () => Promise<T>): Promise<T> {
    this.locks++
    return super.withLock(async () => {
      this.#isLocked = true
      try {
        return await work()
      } finally {
        this.#isLocked = false
      }
    })
  }

  async setAside(): Promise<string> {
    assert(this.#isLocked, 'setAside() outside of the lock')
    assert(this.stored)
    this.copies.push(this.stored)
    return `${this.location}.copy`
  }
}

function onShelf(stored?: Uint8Array) {
  const persistence = new Shelf(stored)
  const log: string[] = []
  const logger = createLogger({ log: (level, text) => log.push(`${level}: ${text}`), logPii: true })
  const sleeps: number[] = []
  const counting: Clock = { ...clock, sleep: async (ms: number) => void sleeps.push(ms) }
  const open = (waits = counting) =>
    new CacheStore({ clientId: CLIENT, tokenCache: new TokenCache(), persistence, clock: waits, logger })
  const signIn = (made: CacheStore, home: string) => made.update(edit => edit.saveTokens(tokensOf(home)), SIGN_IN)
  return { persistence, log, sleeps, open, signIn }
}

const patience = (sleeps: number[]) => sleeps.reduce((sum, ms) => sum + ms, 0)

describe('half-written contents', () => {
  it('are waited for by a look-up, under the lock', async () => {
    const { persistence, open } = onShelf(HALF)
    const made = open(clock)
    const reading = made.read(countOf)
    await wait(150)
    assert.equal(persistence.locks, 1)
    persistence.stored = await bytesWith(ALICE, BOB)
    assert.equal(await reading, 2)
  })

  it('are waited for by a change, which then keeps what they have become', async () => {
    const { persistence, open, signIn } = onShelf(HALF)
    const signingIn = signIn(open(clock), ALICE)
    await wait(150)
    persistence.stored = await bytesWith(BOB)
    await signingIn
    assert.equal(await open().read(countOf), 2)
    assert.deepEqual(persistence.copies, [])
  })

  it('are waited for once by any number of look-ups at a time', async () => {
    const { persistence, sleeps, open } = onShelf(HALF)
    const made = open()
    const ends = await Promise.allSettled(Array.from({ length: 50 }, async () => made.read(countOf)))
    assert(ends.every(({ status }) => status === 'rejected'))
    assert.equal(patience(sleeps), 2_000)
    assert.equal(persistence.locks, 1)
  })

  it('are not waited for beyond the signal of a look-up', async () => {
    const { open } = onShelf(HALF)
    const signal = AbortSignal.timeout(50)
    await assert.rejects(async () => open(clock).read(countOf, { signal }), { name: 'TimeoutError' })
  })
})

describe('unreadable contents', () => {
  it('are an error for whoever looks or changes, after two seconds, and stay as they are', async () => {
    const { persistence, sleeps, open } = onShelf(HALF)
    const made = open()
    const unreadable = { code: 'json_parse_failed', message: /not JSON.*\/home\/alice\/shelf/ }
    await assert.rejects(async () => made.read(countOf), unreadable)
    assert.equal(patience(sleeps), 2_000)
    const changes: Array<(view: CacheStore) => Promise<void>> = [
      of => of.update(edit => edit.saveTokens(tokensOf(ALICE))),
      of => of.update(edit => edit.removeAccount(ALICE_QUERY)),
    ]
    for (const change of changes) await assert.rejects(change(made), unreadable)
    assert.deepEqual([persistence.saves, persistence.copies], [0, []])
    assert.equal(persistence.stored, HALF)
  })

  it('are not waited for again, until they are others', async () => {
    const { persistence, sleeps, open } = onShelf(HALF)
    const made = open()
    const read = () => assert.rejects(async () => made.read(countOf), { code: 'json_parse_failed' })
    for (let i = 0; i < 3; i++) await read()
    assert.equal(patience(sleeps), 2_000)
    persistence.stored = Buffer.from('{"another half')
    await read()
    assert.equal(patience(sleeps), 4_000)
    // Seen before, but in between there was something else.
    persistence.stored = HALF
    await read()
    assert.equal(patience(sleeps), 6_000)
  })

  it('are set aside by a new sign-in, which goes on with what memory has had last', async () => {
    const { persistence, log, open, signIn } = onShelf(await bytesWith(ALICE))
    const made = open()
    assert.equal(await made.read(countOf), 1)
    persistence.stored = HALF
    await signIn(made, BOB)
    assert.deepEqual(persistence.copies, [HALF])
    assert.equal(await open().read(countOf), 2)
    const warnings = log.filter(line => line.startsWith('warning'))
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /json_parse_failed.*\/home\/alice\/shelf\.copy/)
  })

  it('are set aside by a first sign-in, and by one of two only', async () => {
    const { persistence, open, signIn } = onShelf(HALF)
    await Promise.all([signIn(open(clock), ALICE), signIn(open(clock), BOB)])
    assert.deepEqual(persistence.copies, [HALF])
    assert.equal(await open().read(countOf), 2)
  })

  for (const code of ['cache_decryption_failed', 'cache_key_lost'] as const) {
    it(`are also those that cannot be opened (${code})`, async () => {
      const { persistence, sleeps, open, signIn } = onShelf(HALF)
      const load = persistence.load.bind(persistence)
      const error = new ClientError(code)
      persistence.load = async () => (persistence.stored === HALF ? Promise.reject(error) : load())
      const made = open()
      for (let i = 0; i < 2; i++) await assert.rejects(async () => made.read(countOf), { code })
      assert.equal(patience(sleeps), 2_000)
      await signIn(made, ALICE)
      assert.deepEqual(persistence.copies, [HALF])
      assert.equal(await open().read(secretOf), tokensOf(ALICE).accessToken)
    })
  }

  it('stay in the way where nobody can set them aside, and when they cannot be copied', async () => {
    for (const setAside of [undefined, () => Promise.reject(new ClientError('cache_write_failed'))]) {
      const { persistence, open, signIn } = onShelf(HALF)
      Object.assign(persistence, { setAside })
      const made = open()
      await assert.rejects(signIn(made, ALICE), { code: setAside ? 'cache_write_failed' : 'json_parse_failed' })
      assert.equal(persistence.stored, HALF)
      assert.equal(await made.read(secretOf, { canBeRemembered: true }), tokensOf(ALICE).accessToken)
    }
  })
})

describe('a place that nobody can look into now', () => {
  for (const code of [
    'cache_read_failed',
    'secret_store_locked',
    'secret_store_unavailable',
    'cache_lock_timeout',
  ] as const) {
    it(`is left alone by a new sign-in, whose tokens memory keeps (${code})`, async () => {
      const { persistence, sleeps, open, signIn } = onShelf(await bytesWith(BOB))
      const stored = persistence.stored
      const made = open()
      const [load, withLock] = [persistence.load.bind(persistence), persistence.withLock.bind(persistence)]
      const refuse = () => Promise.reject(new ClientError(code))
      Object.assign(persistence, code === 'cache_lock_timeout' ? { withLock: refuse } : { load: refuse })
      await assert.rejects(signIn(made, ALICE), { code })
      assert.deepEqual([persistence.stored, persistence.copies, sleeps], [stored, [], []])
      assert.equal(await made.read(secretOf, { canBeRemembered: true }), tokensOf(ALICE).accessToken)
      if (code !== 'cache_lock_timeout') {
        // What memory does not have, and a list that may lack somebody, is not made up.
        const nobody = (view: CacheView) => view.findTokens({ ...ALICE_QUERY, homeAccountId: BOB })
        await assert.rejects(async () => made.read(nobody, { canBeRemembered: true }), { code })
        await assert.rejects(async () => made.read(countOf), { code })
      }
      Object.assign(persistence, { load, withLock })
      assert.equal(await open().read(countOf), 1)
      // Nor is it lost when the place is there again.
      assert.equal(await made.read(secretOf), tokensOf(ALICE).accessToken)
      assert.equal(await made.read(countOf), 2)
      persistence.stored = await bytesWith(BOB, CAROL)
      await made.update(edit => edit.removeAccount({ homeAccountId: BOB, ...inPublicCloud }))
      assert.deepEqual(await open().read(homesOf), [CAROL, ALICE])
      // Saved once: from then on the others' changes count.
      persistence.stored = await bytesWith(CAROL)
      assert.deepEqual(await made.read(homesOf), [CAROL])
    })
  }

  it('does not bring back by an unsaved renewal whom somebody else has removed', async () => {
    const { persistence, open } = onShelf(await bytesWith(ALICE, BOB))
    const made = open()
    persistence.save = () => Promise.reject(new Error('ENOSPC'))
    const renewal = made.update(edit => {
      if (edit.findRefreshToken(ALICE_QUERY) !== undefined) edit.saveTokens(tokensOf(ALICE, { accessToken: 'renewed' }))
    })
    await assert.rejects(renewal, { code: 'cache_write_failed' })
    assert.equal(await made.read(secretOf), 'renewed')
    persistence.stored = await bytesWith(BOB)
    assert.deepEqual(await made.read(homesOf), [BOB])
  })
})
