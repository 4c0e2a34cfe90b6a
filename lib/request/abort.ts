/** Waiting for work that others may share: whoever gives up stops waiting, and the work goes on. */

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
