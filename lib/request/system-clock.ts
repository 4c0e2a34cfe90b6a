/** The real clock. */
import type { Clock } from './clock.js'

/** The longest that a timer of Node's can be set to; one that is set to more fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Time of this machine. Whoever sleeps keeps the process alive until then, or until the signal fires. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; ; left -= LONGEST_TIMER_MS) {
      await waitFor(Math.min(left, LONGEST_TIMER_MS), signal)
      if (left <= LONGEST_TIMER_MS) return
    }
  },
}

function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
