/** A clock that stands still until a test moves it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '#lib/request/clock.js'

interface Sleeper {
  readonly wakesAt: number
  wake(): void
}

/** Implements {@link Clock}; `await advance(ms)` wakes sleepers in the order of their times. */
export class FakeClock implements Clock {
  #nowMs: number
  #sleepers: Sleeper[] = []

  /** Starts at `start`, a round moment in 2026 unless a test needs another. */
  constructor(start: Date = new Date('2026-01-02T03:04:05Z')) {
    this.#nowMs = start.getTime()
  }

  now(): number {
    return this.#nowMs
  }

  /** How many sleeps are under way: zero when everything has stopped its timers. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter(other => other !== sleeper)
        reject(signal?.reason)
      }
      const wake = () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      const sleeper: Sleeper = { wakesAt: this.#nowMs + ms, wake }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /**
   * Moves the time. Each sleeper finds the clock at its own time and has a turn of the event loop before the next one
   * wakes, so that a loop that sleeps again is woken again within the same call.
   */
  async advance(ms: number): Promise<void> {
    const target = this.#nowMs + ms
    await nextTurn()
    for (let next = this.#earliest(target); next !== undefined; next = this.#earliest(target)) {
      this.#sleepers = this.#sleepers.filter(other => other !== next)
      this.#nowMs = Math.max(this.#nowMs, next.wakesAt)
      next.wake()
      await nextTurn()
    }
    this.#nowMs = target
  }

  #earliest(limit: number): Sleeper | undefined {
    // toSorted is stable: sleepers of the same time wake in the order in which they went to sleep.
    return this.#sleepers.filter(({ wakesAt }) => wakesAt <= limit).toSorted((a, b) => a.wakesAt - b.wakesAt)[0]
  }
}
