/** Lets one process of the fleet at a time renew the same tokens; a process that dies holds the others up for the expiry of its lock. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Unavailable } from './availability.js'
import type { Stored } from './stored.js'

/** Times in milliseconds. */
export interface RefreshLockTimes {
  /** How long a lock stays that nobody prolongs. */
  readonly expiry: number
  /** After so long the others take longer than any renewal should. */
  readonly longestWait: number
}

const SHORTEST_POLL_MS = 20
const LONGEST_POLL_MS = 250

export class RefreshLock {
  readonly #stored: Stored
  readonly #times: RefreshLockTimes
  readonly #fences = new AsyncLocalStorage<number>()

  constructor(stored: Stored, times: RefreshLockTimes) {
    this.#stored = stored
    this.#times = times
  }

  /** Inside of {@link run}: the fence of the lock, greater than that of everybody who held one before. */
  get fence(): number | undefined {
    return this.#fences.getStore()
  }

  /**
   * Runs `work` alone, or after the longest wait, or where Redis is not there, all the same.
   *
   * @throws the signal's reason when it fires while the others are waited for.
   * @throws what `work` throws.
   */
  async run<T>(name: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const token = randomUUID()
    const fence = await this.#take(name, token, signal)
    if (fence === undefined) {
      // Redis may have given the lock away after it was no longer waited for.
      return work().finally(() => this.#release(name, token))
    }
    const { expiry } = this.#times
    const prolonging = setInterval(() => {
      // When that fails, or comes too late, the fence is what keeps this one from undoing the next one's work.
      this.#stored.renew(name, token, expiry).catch(() => {})
    }, expiry / 3)
    prolonging.unref()
    try {
      return await this.#fences.run(fence, work)
    } finally {
      clearInterval(prolonging)
      await this.#release(name, token)
    }
  }

  async #take(name: string, token: string, signal: AbortSignal | undefined): Promise<number | undefined> {
    const { expiry, longestWait } = this.#times
    const start = performance.now()
    for (let poll = SHORTEST_POLL_MS; ; poll = Math.min(poll * 1.5, LONGEST_POLL_MS)) {
      signal?.throwIfAborted()
      const fence = await this.#stored.lock(name, token, expiry).catch(noneWhereUnavailable)
      if (signal?.aborted) {
        await this.#release(name, token)
        throw signal.reason
      }
      if (fence === null) return undefined
      if (fence !== undefined || performance.now() - start > longestWait) return fence
      // Those who wait must not come all at the same time.
      await delay(poll * (0.5 + Math.random()), undefined, { signal }).catch(() => {})
    }
  }

  async #release(name: string, token: string): Promise<void> {
    await this.#stored.release(name, token).catch(() => {})
  }
}

function noneWhereUnavailable(error: unknown): null {
  if (error instanceof Unavailable) return null
  throw error
}
