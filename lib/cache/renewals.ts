/** Renewals of tokens that use one refresh token, one after the other: in this process and, where the keeper can see to that, in all. */
import { AuthError, ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import { orTooLate } from '../request/abort.js'
import type { Clock } from '../request/clock.js'
import type { CachePersistence } from '../request/persistence.js'
import { lockIfPossible } from './lock-if-possible.js'
import { Turns } from './turns.js'

// As long as processes wait for each other.
const LONGEST_WAIT_MS = 30_000

/** What it takes. */
export interface RenewalsOptions {
  /** The persistence or plugin. Undefined for a cache in memory only. */
  readonly keeper: Pick<CachePersistence, 'withRefreshLock'> | undefined
  readonly clock: Clock
  readonly logger: Logger
}

export class Renewals {
  readonly #options: RenewalsOptions
  readonly #turns = new Turns()

  constructor(options: RenewalsOptions) {
    this.#options = options
  }

  /** See `withRefreshLock` of CacheStore. */
  run<T>(key: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const { keeper, logger } = this.#options
    const lock = (begin: () => Promise<T>) =>
      keeper?.withRefreshLock?.(key, begin, signal) ?? this.#inTurn(key, begin, signal)
    const onFailure = (error: unknown) => {
      const code = error instanceof AuthError ? error.code : 'unknown error'
      logger.warning(`Tokens are renewed without a lock (${code}).`)
    }
    return lockIfPossible(lock, work, { signal, onFailure })
  }

  /** Its time limit is for the wait: what has begun, `lockIfPossible` waits for. */
  #inTurn<T>(key: string, begin: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (!this.#turns.isTaken(key)) return this.#turns.run([key], begin)
    const tooLate = () => new ClientError('cache_lock_timeout', 'Another renewal in this process takes too long.')
    const { clock } = this.#options
    return orTooLate(this.#turns.run([key], begin), { ms: LONGEST_WAIT_MS, clock, tooLate, signal })
  }
}
