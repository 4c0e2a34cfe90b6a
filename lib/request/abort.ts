/** Waiting for work that others may share: whoever gives up stops waiting, and the work goes on. */

/**
 * Resolves with the outcome of `work`, unless the signal fires first.
 *
 * @throws the signal's reason when it fires first.
 */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
