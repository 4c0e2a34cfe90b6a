/** The cache and the place that keeps it, under errors and concurrency. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PublicClientApplication } from 'latchkey'
import type { CacheView } from '#lib/cache/cache-view.js'
import { ClientError } from '#lib/errors.js'
import { ALICE, BOB, CLIENT, inPublicCloud, SlowPersistence, store, TENANT, tokensOf } from './support.js'

const ALICE_QUERY = { homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT], scopes: ['User.Read'] }
const secretOf = (view: CacheView): string | undefined => view.findTokens(ALICE_QUERY)?.token.accessToken
const countOf = (view: CacheView): number => view.accounts(inPublicCloud).length

async function bytesWith(...homes: string[]): Promise<Uint8Array> {
  const made = store()
  for (const home of homes) await made.update(edit => edit.saveTokens(tokensOf(home)))
  return made.tokenCache.serializeMsalV3()
}

describe('a cache store without a persistence', () => {
  it('answers at once, not with a promise', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    assert.equal(made.read(countOf), 1)
  })

  it('makes the changes of an update all together or not at all', async () => {
    const made = store()
    const broken = made.update(edit => {
      edit.saveTokens(tokensOf(ALICE))
      assert.equal(edit.accounts(inPublicCloud).length, 1)
      throw new RangeError('stop')
    })
    await assert.rejects(broken, RangeError)
    assert.equal(made.read(countOf), 0)
  })
})

/** A load begins after the turn in which it was asked for. */
const hasBegun = () => Promise.resolve()

describe('a cache store with a persistence', () => {
  it('shows what another process has written, and parses it only then', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE))
    const made = store({ persistence })
    assert.equal(await made.read(countOf), 1)
    const first = made.tokenCache.serialize()
    await made.read(countOf)
    persistence.stored = await bytesWith(ALICE, BOB)
    assert.equal(await made.read(countOf), 2)
    assert.notEqual(made.tokenCache.serialize(), first)
    persistence.stored = undefined
    assert.equal(await made.read(countOf), 0)
  })

  it('saves its own change alone, on top of what another process has written meanwhile', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE))
    const [one, two] = [store({ persistence }), store({ persistence })]
    await Promise.all([one.read(countOf), two.read(countOf)])
    await one.update(edit => edit.removeAccount(ALICE_QUERY))
    await two.update(edit => edit.saveTokens(tokensOf(BOB)))
    assert.deepEqual(await one.read(view => view.accounts(inPublicCloud).map(account => account.homeAccountId)), [BOB])
  })

  it('does not save when there is nothing to change', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE))
    const made = store({ persistence })
    await made.update(edit => edit.removeAccount({ homeAccountId: BOB, ...inPublicCloud }))
    assert.equal(persistence.saves, 0)
  })

  it('rejects reads and updates while the place cannot be read, and saves nothing over it', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE))
    const made = store({ persistence })
    const load = persistence.load.bind(persistence)
    persistence.load = () => Promise.reject(new ClientError('cache_read_failed'))
    await assert.rejects(async () => made.read(countOf), { code: 'cache_read_failed' })
    await assert.rejects(
      made.update(edit => edit.saveTokens(tokensOf(BOB))),
      { code: 'cache_read_failed' },
    )
    assert.equal(persistence.saves, 0)
    persistence.load = load
    assert.equal(await made.read(secretOf), tokensOf(ALICE).accessToken)
  })

  it('rejects reads and updates while the place holds something else, and saves nothing over it', async () => {
    const persistence = new SlowPersistence(new TextEncoder().encode('[]'))
    const made = store({ persistence })
    for (let i = 0; i < 2; i++) await assert.rejects(async () => made.read(countOf), { code: 'json_parse_failed' })
    await assert.rejects(
      made.update(edit => edit.saveTokens(tokensOf(ALICE))),
      { code: 'json_parse_failed' },
    )
    assert.equal(persistence.saves, 0)
  })

  it('keeps a sign-in in memory when it cannot be saved, and saves it with the next change', async () => {
    const persistence = new SlowPersistence()
    const made = store({ persistence })
    const save = persistence.save.bind(persistence)
    const full = new Error('ENOSPC')
    persistence.save = () => Promise.reject(full)
    await assert.rejects(
      made.update(edit => edit.saveTokens(tokensOf(ALICE))),
      (error: ClientError) => {
        return error.code === 'cache_write_failed' && error.cause === full
      },
    )
    assert.equal(await made.read(secretOf), tokensOf(ALICE).accessToken)
    persistence.save = save
    await made.update(edit => edit.saveTokens(tokensOf(BOB)))
    assert.equal(await store({ persistence }).read(countOf), 2)
  })

  it('keeps a sign-in in memory when the lock cannot be had', async () => {
    const persistence = new SlowPersistence(await bytesWith(BOB))
    const made = store({ persistence })
    await made.read(countOf)
    persistence.withLock = () => Promise.reject(new ClientError('cache_lock_timeout'))
    await assert.rejects(
      made.update(edit => edit.saveTokens(tokensOf(ALICE))),
      { code: 'cache_lock_timeout' },
    )
    assert.equal(await made.read(countOf), 2)
  })

  it('rejects with what the change itself throws, unchanged, and goes on', async () => {
    const made = store({ persistence: new SlowPersistence(await bytesWith(ALICE)) })
    const broken = made.update(() => {
      throw new RangeError('stop')
    })
    await assert.rejects(broken, RangeError)
    await made.update(edit => edit.saveTokens(tokensOf(BOB)))
    assert.equal(await made.read(countOf), 2)
  })

  it('loads once for all reads that begin together, and again for one that begins after that load', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE))
    const made = store({ persistence })
    const together = Array.from({ length: 200 }, () => made.read(countOf))
    await hasBegun()
    persistence.stored = await bytesWith(ALICE, BOB)
    const late = made.read(countOf)
    assert.equal(new Set(await Promise.all(together)).size, 1)
    assert.equal(await late, 2)
    assert.equal(persistence.loads, 2)
  })

  it('refuses all reads of a load that is refused, and loads anew for the next', async () => {
    const persistence = new SlowPersistence(new TextEncoder().encode('{'))
    const made = store({ persistence })
    const together = [made.read(countOf), made.read(countOf)]
    for (const read of together) await assert.rejects(async () => read, { code: 'json_parse_failed' })
    persistence.stored = await bytesWith(ALICE)
    assert.equal(await made.read(countOf), 1)
  })

  it('never goes back to what a slow load brings after a save', async () => {
    const persistence = new SlowPersistence(await bytesWith(BOB))
    const made = store({ persistence })
    const old = persistence.stored
    let answer: (bytes: Uint8Array | undefined) => void = () => {}
    const load = persistence.load.bind(persistence)
    persistence.load = () => new Promise(resolve => (answer = resolve))
    const slow = made.read(secretOf)
    await hasBegun()
    persistence.load = load
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    answer(old)
    assert.equal(await slow, tokensOf(ALICE).accessToken)
  })

  it('never goes back to what a load brings that began during a save', async () => {
    const persistence = new SlowPersistence(await bytesWith(BOB))
    const made = store({ persistence })
    const old = persistence.stored
    let slow: unknown
    let answer: (bytes: Uint8Array | undefined) => void = () => {}
    const [load, save] = [persistence.load.bind(persistence), persistence.save.bind(persistence)]
    persistence.save = async bytes => {
      persistence.load = () => new Promise(resolve => (answer = resolve))
      slow = made.read(secretOf)
      await hasBegun()
      persistence.load = load
      await save(bytes)
    }
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    answer(old)
    assert.equal(await slow, tokensOf(ALICE).accessToken)
  })

  it('does not answer from before the first load when a later load is refused', async () => {
    const persistence = new SlowPersistence()
    const made = store({ persistence })
    const answers: Array<(bytes: Uint8Array) => void> = []
    const half = new TextEncoder().encode('{')
    persistence.load = () =>
      answers.length < 2 ? new Promise(resolve => answers.push(resolve)) : Promise.resolve(half)
    const first = made.read(countOf)
    await hasBegun()
    const second = made.read(countOf)
    await hasBegun()
    answers[1]?.(half)
    await assert.rejects(async () => second, { code: 'json_parse_failed' })
    answers[0]?.(await bytesWith(ALICE))
    assert.equal(await first, 1)
  })

  it('never shows an empty cache in 500 interleavings of reads and updates of two processes', async () => {
    let seed = 1
    const random = (): number => {
      seed = (seed * 48271) % 2147483647
      return seed / 2147483647
    }
    for (let round = 0; round < 500; round++) {
      const persistence = new SlowPersistence(await bytesWith(ALICE), () => Math.floor(random() * 4))
      const stores = [store({ persistence }), store({ persistence })] as const
      const saved = new Set([ALICE])
      const work = Array.from({ length: 12 }, async (_, index) => {
        const made = stores[index % 2 === 0 ? 0 : 1]
        if (random() < 0.5) {
          const seen = await made.read(view => ({ accounts: countOf(view), token: view.findRefreshToken(ALICE_QUERY) }))
          assert.ok(seen.accounts > 0 && seen.token !== undefined, `round ${round}: ${seen.accounts} accounts`)
        } else {
          const home = random() < 0.5 ? ALICE : `user${index}.${TENANT}`
          saved.add(home)
          await made.update(edit => edit.saveTokens(tokensOf(home, { accessToken: `token ${index}` })))
          assert.ok(await made.read(view => view.account({ ...inPublicCloud, homeAccountId: home })))
        }
      })
      await Promise.all(work)
      for (const made of stores) assert.equal(await made.read(countOf), saved.size)
    }
  })

  it('tells listeners of what other processes write until they are taken off', async () => {
    const listeners = new Set<() => void>()
    const persistence = Object.assign(new SlowPersistence(), {
      watch(listener: () => void) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    })
    const app = new PublicClientApplication({ clientId: CLIENT, cache: persistence })
    const [one, two] = [() => {}, () => {}]
    app.tokenCache.on('changed', one).on('changed', one).on('changed', two)
    assert.deepEqual([...listeners], [one, two])
    app.tokenCache.off('changed', one)
    assert.deepEqual([...listeners], [two])
    await app.close()
    assert.equal(listeners.size, 0)
  })
})
