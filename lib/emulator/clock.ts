/** The tenant's own clock: real time, moved forward by tests. */

/** What a test holds to make time pass without waiting. */
export interface Clock {
  /** The time the tenant believes it is. */
  now(): Date
  /** Moves the tenant's time forward (or back, when negative), in seconds. */
  advance(seconds: number): void
}

/** @param offsetSeconds asked at each reading, so that a scenario can put the service's clock wrong. */
export function createClock(offsetSeconds: () => number): Clock {
  let advancedMs = 0
  return {
    now: () => new Date(Date.now() + advancedMs + offsetSeconds() * 1000),
    advance(seconds) {
      if (!Number.isFinite(seconds)) throw new TypeError('clock.advance takes a number of seconds')
      advancedMs += seconds * 1000
    },
  }
}

/** Whole seconds since 1970, as JWT and OAuth count time. */
export function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}

/** A time as the services write it in their errors: `2026-01-04 19:44:18Z`. */
export function timestampOf(time: Date): string {
  return time
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}
