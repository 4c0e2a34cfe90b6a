/** Listening to signals that live longer than the work, such as the one that closes an application, without a trace left on them. */
import { setMaxListeners } from 'node:events'

/** Several signals as one. */
export interface JoinedSignal {
  /** Fires with the first of them, for the same reason. */
  readonly signal: AbortSignal
  /** Lets go of them all; the signal does not fire any more. */
  release(): void
}

/** Calls `listener` once when the signal fires. The answer is how to stop listening. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  // One signal for a page of fifty calls is good use, and would be warned of as a leak.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

/** Settles as `work` does, or with the signal's reason when it fires first; the work goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason)
    if (signal.aborted) giveUp()
    const stop = onAbort(signal, giveUp)
    work.then(resolve, reject).finally(stop)
  })
}

/**
 * Joins signals; undefined ones are left out.
 *
 * Not AbortSignal.any: each signal that it makes leaves some 60 bytes on its sources on Node 20, and 180 on Node 22, for as
 * long as they live.
 */
export function joinSignals(signals: ReadonlyArray<AbortSignal | undefined>): JoinedSignal {
  const joined = new AbortController()
  const stops = signals
    .filter(source => source !== undefined)
    .map(source => {
      const abort = () => joined.abort(source.reason)
      if (source.aborted) abort()
      return onAbort(source, abort)
    })
  return {
    signal: joined.signal,
    release() {
      for (const stop of stops) stop()
    },
  }
}

/** Runs `work` with several signals as one. */
export async function withJoinedSignal<T>(
  signals: ReadonlyArray<AbortSignal | undefined>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, release } = joinSignals(signals)
  try {
    return await work(signal)
  } finally {
    release()
  }
}
