/** Waiting for work that others may share: whoever gives up stops waiting, and the work goes on. */
import { untilAborted, withJoinedSignal } from '../signals.js'
import type { Clock } from './clock.js'

/**
 * Resolves with the outcome of `work`, unless the signal fires first.
 *
 * @throws the signal's reason when it fires first.
 */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? work : untilAborted(work, signal)
}

/** How long to wait. */
export interface TimeLimit {
  readonly ms: number
  readonly clock: Clock
  /** What is thrown then. */
  readonly tooLate: () => Error
  /** Ends the wait, too. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Resolves with the outcome of `work`, unless that takes longer.
 *
 * @throws what `tooLate` makes, or the signal's reason when it fires first.
 */
export async function orTooLate<T>(work: Promise<T>, { ms, clock, tooLate, signal }: TimeLimit): Promise<T> {
  const isOver = new AbortController()
  return withJoinedSignal([signal, isOver.signal], async either => {
    const wait = async (): Promise<never> => {
      await clock.sleep(ms, either)
      throw tooLate()
    }
    try {
      return await Promise.race([work, wait()])
    } finally {
      isOver.abort()
    }
  })
}
