/** The cache and the place that keeps it, for callers who give up. */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { describe, it } from 'node:test'
import { CacheStore } from '#lib/cache/cache-store.js'
import type { CacheView } from '#lib/cache/cache-view.js'
import { TokenCache } from '#lib/cache/token-cache.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { ALICE, BOB, CLIENT, clock, inPublicCloud, SlowPersistence, store, TENANT, tokensOf } from './support.js'

const CAROL = `22222222-2222-4222-8222-222222222222.${TENANT}`
const countOf = (view: CacheView): number => view.accounts(inPublicCloud).length

async function bytesWith(...homes: string[]): Promise<Uint8Array> {
  const made = store()
  for (const home of homes) await made.update(edit => edit.saveTokens(tokensOf(home)))
  return made.tokenCache.serializeMsalV3()
}

describe('a cache store whose callers give up', () => {
  it('keeps a sign-in that gave up while another was being saved, whatever others write then', async () => {
    const persistence = new SlowPersistence()
    const made = store({ persistence })
    made.tokenCache.setBeforeAccess(() => {})
    const [begun, gate] = [new EventEmitter(), new EventEmitter()]
    const save = persistence.save.bind(persistence)
    persistence.save = async bytes => {
      begun.emit('save')
      await once(gate, 'open')
      return save(bytes)
    }
    const isBegun = once(begun, 'save')
    const first = made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    await isBegun
    const givenUp = new AbortController()
    const second = made.update(edit => edit.saveTokens(tokensOf(BOB)), { signal: givenUp.signal })
    givenUp.abort()
    await assert.rejects(second, { name: 'AbortError' })
    gate.emit('open')
    await first
    persistence.stored = await bytesWith(ALICE, CAROL)
    assert.equal(await made.read(countOf), 3)
  })

  it('lets whoever gives up go while others of this process are being saved', async () => {
    const persistence = new SlowPersistence()
    const made = store({ persistence })
    const gate = new EventEmitter()
    const withLock = persistence.withLock.bind(persistence)
    persistence.withLock = async work => {
      await once(gate, 'open')
      return withLock(work)
    }
    const first = made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    const givenUp = new AbortController()
    const second = made.update(edit => edit.saveTokens(tokensOf(BOB)), { signal: givenUp.signal })
    givenUp.abort()
    await assert.rejects(second, { name: 'AbortError' })
    gate.emit('open')
    await first
    assert.equal(await made.read(countOf), 2)
  })

  it('leaves nothing on the signal of the application with each look-up that has a signal', async () => {
    const closed = new AbortController().signal
    const options = { clientId: CLIENT, tokenCache: new TokenCache(), clock, logger: SILENT_LOGGER, closed }
    const made = new CacheStore({ ...options, persistence: new SlowPersistence() })
    for (let i = 0; i < 10; i++) await made.read(countOf, { signal: new AbortController().signal })
    // Where Node.js keeps what AbortSignal.any() has made of a signal, until that is gone. (lib/internal/abort_controller.js)
    const kept = Object.getOwnPropertySymbols(closed).filter(({ description }) => description === 'kDependantSignals')
    const sizes = kept.map(name => (closed as unknown as Record<symbol, Set<unknown> | null>)[name]?.size ?? 0)
    assert.deepEqual(
      sizes.filter(size => size > 0),
      [],
    )
  })
})
