/** Changes that could not be saved: what becomes of them when another process has changed the same account since. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { CacheStore } from '#lib/cache/cache-store.js'
import type { CacheView } from '#lib/cache/cache-view.js'
import type { AccountInfo } from '#lib/request/result.js'
import { ALICE, BOB, inPublicCloud, SlowPersistence, store, TENANT, tokensOf } from './support.js'

const CAROL = `22222222-2222-4222-8222-222222222222.${TENANT}`
const homesOf = (view: CacheView) => view.accounts(inPublicCloud).map(({ homeAccountId }) => homeAccountId)
const accountOf = (homeAccountId: string) => ({ homeAccountId }) as AccountInfo

function signIn(made: CacheStore, home: string, accessToken = 'first'): Promise<void> {
  const about = { account: accountOf(home), isNewSignIn: true }
  return made.update(
    edit => edit.saveTokens(tokensOf(home, { accessToken, refreshToken: `with ${accessToken}` })),
    about,
  )
}

function signOut(made: CacheStore, home: string): Promise<void> {
  const about = { account: accountOf(home), isSignOut: true }
  return made.update(edit => edit.removeAccount({ homeAccountId: home, ...inPublicCloud }), about)
}

/** Two processes on one place; the first cannot save while `work` runs. */
async function withFullDisk(persistence: SlowPersistence, work: () => Promise<void>): Promise<void> {
  const save = persistence.save.bind(persistence)
  persistence.save = () => Promise.reject(new Error('ENOSPC'))
  await assert.rejects(work(), { code: 'cache_write_failed' })
  persistence.save = save
}

describe('a change that could not be saved', () => {
  it('that signed out is not made later: it would undo the sign-in of another process', async () => {
    const persistence = new SlowPersistence()
    const [first, second] = [store({ persistence }), store({ persistence })]
    await signIn(first, ALICE)
    await withFullDisk(persistence, () => signOut(first, ALICE))
    await signIn(second, ALICE, 'anew')
    await signIn(first, BOB)
    assert.deepEqual((await store({ persistence }).read(homesOf)).sort(), [ALICE, BOB])
    const query = { homeAccountId: ALICE, ...inPublicCloud }
    const secret = await store({ persistence }).read(view => view.findRefreshToken(query)?.refreshToken)
    assert.equal(secret, 'with anew')
  })

  it('that signed somebody in who was there does not bring them back after another process signed them out', async () => {
    const persistence = new SlowPersistence()
    const [first, second] = [store({ persistence }), store({ persistence })]
    await signIn(first, ALICE)
    await withFullDisk(persistence, () => signIn(first, ALICE, 'anew'))
    await signOut(second, ALICE)
    await signIn(first, BOB)
    assert.deepEqual(await store({ persistence }).read(homesOf), [BOB])
  })

  it('that signed somebody in who was not there is saved with the next one, whatever others save', async () => {
    const persistence = new SlowPersistence()
    const [first, second] = [store({ persistence }), store({ persistence })]
    await withFullDisk(persistence, () => signIn(first, ALICE))
    await signIn(second, BOB)
    await signIn(first, CAROL)
    assert.deepEqual((await store({ persistence }).read(homesOf)).sort(), [ALICE, BOB, CAROL].sort())
  })
})

describe('a keyring that waits for a person', () => {
  for (const [what, call] of [
    ['look-up', (made: CacheStore, signal: AbortSignal) => made.read(homesOf, { signal })],
    ['change', (made: CacheStore, signal: AbortSignal) => made.update(() => {}, { signal })],
  ] as const) {
    it(`holds up no ${what} that is given up`, async () => {
      const persistence = new SlowPersistence()
      persistence.load = () => delay(60_000, undefined, { ref: false })
      const givenUp = new AbortController()
      const waiting = call(store({ persistence }), givenUp.signal)
      await delay(20)
      givenUp.abort()
      await assert.rejects(async () => waiting, { name: 'AbortError' })
    })
  }
})
