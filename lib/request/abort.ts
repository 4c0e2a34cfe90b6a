/** Waiting for work that others may share: whoever gives up stops waiting, and the work goes on. */
import type { Clock } from './clock.js'

/**
 * Resolves with the outcome of `work`, unless the signal fires first.
 *
 * @throws the signal's reason when it fires first.
 */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  // One signal for a page of fifty calls is good use; fifty listeners on it would be warned of as a leak.
  const own = AbortSignal.any([signal])
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(own.reason)
    if (own.aborted) onAbort()
    else own.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => own.removeEventListener('abort', onAbort))
  })
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
  const either = signal === undefined ? isOver.signal : AbortSignal.any([signal, isOver.signal])
  const wait = async (): Promise<never> => {
    await clock.sleep(ms, either)
    throw tooLate()
  }
  try {
    return await Promise.race([work, wait()])
  } finally {
    isOver.abort()
  }
}
