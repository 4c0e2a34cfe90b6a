/** The clock every room is handed, so that tests decide what time it is. */

/** Time and waiting. `now` is in milliseconds since 1970, as `Date.now()` gives it. */
export interface Clock {
  now(): number
  /**
   * Resolves after `ms` milliseconds.
   *
   * @throws the signal's reason when it fires first.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
