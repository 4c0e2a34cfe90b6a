/** Processes killed in the middle of a save: the cache opens, has everything up to the save in flight, and is not locked. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { soak, temporaryFolder } from '../support/machine.js'
import { savesIn } from './kill-support.js'
import { crash, fill, isStateAfter, startWriter } from './killer.js'

const KILLS = soak(500)
// How many of the kills must have hit a save: 150 of 500.
const HITS = Math.ceil(KILLS * 0.3)

describe('a process killed while it saves', () => {
  for (const kind of ['plain', 'encrypted'] as const) {
    for (const accounts of [10, 1_000]) {
      test(`loses nothing but the save in flight (${kind}, ${accounts} accounts)`, async t => {
        const folder = await temporaryFolder(t)
        const file = join(folder, 'cache')
        const beside = await temporaryFolder(t)
        const [keyFile, journal] = [join(beside, 'key'), join(beside, 'journal')]
        const persistence = await fill(kind, file, keyFile, accounts)
        const start = () => startWriter(t, kind, file, keyFile, accounts, journal)
        let next = start()
        let first = accounts
        const seen = { hits: 0, temporary: 0, lock: 0, inFlightKept: 0, longestLockMs: 0 }
        for (let kill = 0; kill < KILLS; kill++) {
          const writer = next
          assert.equal(await writer.line(), 'ready')
          // To start takes a process longer than all the rest.
          next = start()
          const { lastSaved, hasTemporary, hasLock } = await crash(writer, first, file, journal)
          if (hasTemporary || hasLock) seen.hits++
          if (hasTemporary) seen.temporary++
          if (hasLock) seen.lock++
          const before = performance.now()
          const found = await persistence.withLock(async () => {
            seen.longestLockMs = Math.max(seen.longestLockMs, performance.now() - before)
            return savesIn(Buffer.from((await persistence.load()) ?? []).toString())
          })
          const isKept = isStateAfter(lastSaved + 1, found, accounts)
          assert(
            isKept || isStateAfter(lastSaved, found, accounts),
            `kill ${kill}: begun with ${first}, saved up to ${lastSaved}, found ${[...found.values()].sort((a, b) => b - a).slice(0, 12)}`,
          )
          if (isKept) seen.inFlightKept++
          first = lastSaved + (isKept ? 2 : 1)
        }
        t.diagnostic(`${kind}, ${accounts} accounts: ${KILLS} kills, ${JSON.stringify(seen)}`)
        assert(seen.hits >= HITS, `only ${seen.hits} of ${KILLS} kills fell into a save`)
        // At once, but for a process that was killed before it had written its name into the lock file: two seconds.
        assert(seen.longestLockMs < 3_500, `the lock was free only after ${seen.longestLockMs} ms`)
      })
    }
  }
})
