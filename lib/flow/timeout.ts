/** A signal that also fires when time is up or the application is closed. */
import type { Clock } from '../request/clock.js'
import { joinSignals } from '../signals.js'

/** A deadline; `stop` must be called so that its timer does not outlive the call. */
export interface Deadline {
  readonly signal: AbortSignal
  stop(): void
}

/** Combines signals with a time limit on the given clock; `reason` makes what the signal then carries. */
export function createDeadline(
  clock: Clock,
  ms: number,
  signals: ReadonlyArray<AbortSignal | undefined>,
  reason: () => unknown,
): Deadline {
  const timeUp = new AbortController()
  const stopped = new AbortController()
  clock.sleep(ms, stopped.signal).then(
    () => timeUp.abort(reason()),
    () => {},
  )
  const { signal, release } = joinSignals([timeUp.signal, ...signals])
  return {
    signal,
    stop() {
      stopped.abort()
      release()
    },
  }
}
