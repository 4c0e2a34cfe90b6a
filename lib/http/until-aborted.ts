/** Waiting that ends when a signal fires, for work that does not look at it or looks late. */

/** Settles as `work` does, or with the signal's reason: undici notices a signal only once it is connected, up to a connect timeout late. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
