/** Callers who want the same thing at the same time share one call; a caller who gives up leaves the others alone. */
import { orAborted } from '../request/or-aborted.js'

interface Flight<T> {
  readonly result: Promise<T>
  readonly abort: AbortController
  waiting: number
}

/** Shares running calls by key. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>()

  /** How many calls are under way. */
  get size(): number {
    return this.#flights.size
  }

  /**
   * Joins the call under this key, or starts it. `work` is aborted only when every caller has given up.
   *
   * @throws the reason of `signal` when it fires first, for this caller only.
   */
  async run(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted()
    const flight = this.#flights.get(key) ?? this.#start(key, work)
    flight.waiting += 1
    try {
      return await orAborted(flight.result, signal)
    } finally {
      flight.waiting -= 1
      if (flight.waiting === 0 && this.#flights.get(key) === flight) {
        this.#flights.delete(key)
        flight.abort.abort()
      }
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abort = new AbortController()
    const result = work(abort.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    })
    // Every caller may have given up by the time it fails.
    result.catch(() => {})
    const flight: Flight<T> = { result, abort, waiting: 0 }
    this.#flights.set(key, flight)
    return flight
  }
}
