/** A dialog of the secret store that was dismissed when the cache was opened: it counts for what follows at once, too. */
import type { NativeFailure, NativeFailureCode } from '../../native/contract.js'

// Long enough for what a program does when it starts, too short for somebody who thinks better of it and tries again.
const COUNTS_FOR_MS = 2_000
/** What a dialog ends with that was closed, or that nobody has answered. */
const REFUSALS: readonly NativeFailureCode[] = ['LOCKED', 'DENIED', 'TIMEOUT']

/** Shared by all who ask the store about one cache. */
export class Refusal {
  readonly #now: () => number
  #failure: unknown
  #until = Number.NEGATIVE_INFINITY

  /** `now` in milliseconds, from any beginning. */
  constructor(now = () => performance.now()) {
    this.#now = now
  }

  /** Remembers what the store has failed with, if somebody may have been asked. */
  remember(failure: unknown): void {
    if (!REFUSALS.includes((failure as NativeFailure).code)) return
    this.#failure = failure
    this.#until = this.#now() + COUNTS_FOR_MS
  }

  /** @throws {NativeFailure} the one that is remembered, unless that was too long ago. */
  assertNone(): void {
    if (this.#now() < this.#until) throw this.#failure
    this.#failure = undefined
  }
}
