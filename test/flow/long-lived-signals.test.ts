/** Signals that live as long as an application, its own and one of the caller's: thousands of calls must leave nothing on them. */
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import * as v8 from 'node:v8'
import { SlowPersistence } from '../unit/cache/support.js'
import { interactively, SCOPES, setStage } from './support.js'

const CALLS = 40

const stage = await setStage()

// Newer than the types.
const { queryObjects } = v8 as unknown as { queryObjects(what: unknown, how: { format: 'count' }): number }

/** Node's own kind of weak references, which a signal keeps of each that AbortSignal.any has made of it. */
function kindOfReference(): { prototype: object } {
  const { signal } = new AbortController()
  AbortSignal.any([signal])
  const key = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals')
  const kept = Reflect.get(signal, key ?? assert.fail('a signal that does not know what was made of it'))
  const [reference] = Set.prototype.values.call(kept)
  return Object.assign(function kind() {}, { prototype: Object.getPrototypeOf(reference) })
}

const KIND = kindOfReference()

/** How many there are, once Node has had the time to clear away those of signals that are gone. */
async function references(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let look = 0; look < 5; look++) {
    least = Math.min(least, queryObjects(KIND, { format: 'count' }))
    await wait(20)
  }
  return least
}

for (const [where, cache] of [
  ['in memory', undefined],
  ['in a persistence', new SlowPersistence()],
] as const) {
  test(`renewals leave nothing behind, the cache ${where}`, async t => {
    const { app } = stage.application(t, cache && { cache })
    const { account } = await interactively(app, stage.visit('alice'))
    const { signal } = new AbortController()
    const renew = async (own?: AbortSignal) => {
      for (let call = 0; call < CALLS; call++) {
        await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true, ...(own && { signal: own }) })
      }
    }
    await renew(signal)
    const before = await references()
    await renew(signal)
    await renew()
    const more = (await references()) - before
    assert.ok(more < CALLS, `${more} references more after ${2 * CALLS} calls`)
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })
}
