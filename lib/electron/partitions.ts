/** Which partition the pages of a sign-in have: one that the app named, or one in memory that nobody else has meanwhile. */
import { randomUUID } from 'node:crypto'
import type { SignInSession } from './types.js'

/** Hands out partitions. Electron keeps each of them until it ends, so that empty ones are used again. */
export class Partitions {
  readonly #named: string | undefined
  readonly #empty: string[] = []

  constructor(named: string | undefined) {
    this.#named = named
  }

  take(): string {
    return this.#named ?? this.#empty.pop() ?? `latchkey-${randomUUID()}`
  }

  /** Empties the partition, unless it is the app's own; one that cannot be emptied is not used again. */
  giveBack(partition: string, session: SignInSession): void {
    if (partition === this.#named) return
    Promise.all([session.clearStorageData(), session.clearCache(), session.clearAuthCache()]).then(
      () => this.#empty.push(partition),
      () => {},
    )
  }
}
