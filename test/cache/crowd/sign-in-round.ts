/** One round of the crowd: everybody signs in their own users at once, on one store, while others read it all the time. */
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { soak, temporaryFolder } from '../../support/machine.js'
import { all, type Crowd, type Member } from './crowd.js'
import type { Order, StoreKind } from './protocol.js'

export interface Round {
  writers: readonly Member[]
  readers: readonly Member[]
  /** How many users each writer signs in. */
  each: number
  store: StoreKind
  /** An empty folder. */
  folder: string
}

/** What became of it. */
export interface RoundOutcome {
  signedIn: number
  /** Users that somebody who comes afterwards finds, by number. */
  survived: number[]
  /** Users whose sign-in succeeded or failed, and who are not found. */
  lost: number[]
  /** What went wrong for writers and readers, in words. */
  failures: string[]
  /** How often the readers have listed. */
  reads: number
  wallMs: number
}

/** Runs it. */
export async function signInTogether({ writers, readers, each, store, folder }: Round): Promise<RoundOutcome> {
  const open: Order = { do: 'open', store, folder }
  await all([...writers, ...readers], open)
  await all(readers, { do: 'read' })
  const shares = writers.map((_, i) => Array.from({ length: each }, (_, j) => i * each + j))
  const started = performance.now()
  const signIns = await Promise.all(
    writers.map((writer, i) => writer.tell({ do: 'signInAll', users: shares[i] ?? [] })),
  )
  const wallMs = Math.round(performance.now() - started)
  const readings = await all(readers, { do: 'stopReading' })
  // By one that has no memory of it: the first writer starts anew.
  const [last] = writers
  await last?.tell(open)
  const { users: survived = [] } = (await last?.tell({ do: 'list' }).catch(listingFailed)) ?? {}
  const found = new Set(survived)
  return {
    signedIn: sum(signIns.map(({ count = 0 }) => count)),
    survived,
    lost: shares.flat().filter(user => !found.has(user)),
    failures: [...signIns, ...readings].flatMap(({ failures = [] }) => failures),
    reads: sum(readings.map(({ count = 0 }) => count)),
    wallMs,
  }
}

/** Has 8 processes sign in so many users `each`, so often, while 4 read; each time all must be there, and seen to stay. */
export async function assertNobodyIsLost(
  t: TestContext,
  crowd: Crowd,
  { store, fullRounds, each }: { store: StoreKind; fullRounds: number; each: number },
): Promise<void> {
  const base = await temporaryFolder(t)
  const writers = Array.from({ length: 8 }, () => crowd.member())
  const readers = Array.from({ length: 4 }, () => crowd.member())
  for (let round = 1; round <= soak(fullRounds); round++) {
    const folder = join(base, String(round))
    await mkdir(folder)
    const outcome = await signInTogether({ writers, readers, each, store, folder })
    const { survived, lost, failures, reads, wallMs } = outcome
    t.diagnostic(`${store}, round ${round}: ${survived.length} accounts, ${reads} lists, ${wallMs} ms`)
    assert.deepEqual({ lost, failures }, { lost: [], failures: [] })
    assert.equal(survived.length, writers.length * each)
    assert(reads > 4 * 10, `only ${reads} lists`)
  }
}

/** Other libraries' caches may have become unreadable; then nobody has survived. */
function listingFailed(): { users: number[] } {
  return { users: [] }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
