/** What an application deserializes beside a persistence: a change of its own, which takes nothing from what others have stored. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CacheStore } from '#lib/cache/cache-store.js'
import type { CacheView } from '#lib/cache/cache-view.js'
import { ALICE, BOB, inPublicCloud, SlowPersistence, store, TENANT, tokensOf } from './support.js'

const CAROL = `22222222-2222-4222-8222-222222222222.${TENANT}`
const ALICE_QUERY = { homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT], scopes: ['User.Read'] }
const homesOf = (view: CacheView) => view.accounts(inPublicCloud).map(({ homeAccountId }) => homeAccountId)
const secretOf = (view: CacheView) => view.findTokens(ALICE_QUERY)?.token.accessToken
const storedHomes = async (persistence: SlowPersistence) => store({ persistence }).read(homesOf)

const signIn = (made: CacheStore, home: string) => made.update(edit => edit.saveTokens(tokensOf(home)))

async function textWith(...homes: string[]): Promise<string> {
  const made = store()
  for (const home of homes) await signIn(made, home)
  return made.tokenCache.serialize()
}

const bytesWith = async (...homes: string[]) => Buffer.from(await textWith(...homes))

describe('deserialize() beside a persistence', () => {
  it('adds to what is stored, and is saved with the next change', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE))
    const made = store({ persistence })
    made.tokenCache.deserialize(await textWith(BOB))
    assert.deepEqual(await made.read(homesOf), [ALICE, BOB])
    assert.equal(persistence.saves, 0)
    await signIn(made, CAROL)
    assert.deepEqual(await storedHomes(persistence), [ALICE, BOB, CAROL])
  })

  it('drops nobody whom another process has added, whether this one has seen them or not', async () => {
    for (const hasSeen of [true, false]) {
      const persistence = new SlowPersistence(await bytesWith(ALICE))
      const made = store({ persistence })
      await made.read(homesOf)
      const old = made.tokenCache.serialize()
      await signIn(store({ persistence }), BOB)
      if (hasSeen) assert.deepEqual(await made.read(homesOf), [ALICE, BOB])
      made.tokenCache.deserialize(old)
      await signIn(made, CAROL)
      assert.deepEqual((await storedHomes(persistence)).sort(), [ALICE, BOB, CAROL].sort())
    }
  })

  it('of the own contents changes nothing: who is removed elsewhere stays removed', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE, BOB))
    const made = store({ persistence })
    await made.read(homesOf)
    made.tokenCache.deserialize(made.tokenCache.serialize())
    await store({ persistence }).update(edit => edit.removeAccount({ homeAccountId: BOB, ...inPublicCloud }))
    await signIn(made, CAROL)
    assert.deepEqual(await storedHomes(persistence), [ALICE, CAROL])
  })

  it('counts where both have a record', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE))
    const made = store({ persistence })
    const other = store()
    await other.update(edit => edit.saveTokens(tokensOf(ALICE, { accessToken: 'another' })))
    made.tokenCache.deserialize(other.tokenCache.serialize())
    assert.equal(await made.read(secretOf), 'another')
  })

  it('keeps fields and sections that nobody knows', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE))
    const made = store({ persistence })
    made.tokenCache.deserialize('{"Custom":{"a":1},"Account":{"odd":7}}')
    await signIn(made, BOB)
    const { Custom, Account } = JSON.parse(Buffer.from(persistence.stored ?? []).toString())
    assert.deepEqual([Custom, Account.odd], [{ a: 1 }, 7])
  })

  it('takes the place of all that is stored with shouldClearExisting', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE))
    const made = store({ persistence })
    made.tokenCache.deserializeMsalV3(await bytesWith(BOB), { shouldClearExisting: true })
    await signIn(store({ persistence }), CAROL)
    assert.deepEqual(await made.read(homesOf), [BOB])
    await made.update(edit => edit.saveTokens(tokensOf(BOB)))
    assert.deepEqual(await storedHomes(persistence), [BOB])
    // Once: it is saved.
    await signIn(store({ persistence }), ALICE)
    assert.deepEqual(await made.read(homesOf), [BOB, ALICE])
  })

  it('empties what is stored with shouldClearExisting and nothing else', async () => {
    const persistence = new SlowPersistence(await bytesWith(ALICE, BOB))
    const made = store({ persistence })
    await made.read(homesOf)
    made.tokenCache.deserializeMsalV3(undefined, { shouldClearExisting: true })
    assert.deepEqual(await made.read(homesOf), [])
    await signIn(made, CAROL)
    assert.deepEqual(await storedHomes(persistence), [CAROL])
  })

  it('replaces everything where there is no persistence', async () => {
    const made = store()
    await signIn(made, ALICE)
    made.tokenCache.deserialize(await textWith(BOB))
    assert.deepEqual(made.read(homesOf), [BOB])
  })
})
