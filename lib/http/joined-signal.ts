/** One signal for several, which leaves nothing behind on those that live longer than the work. */

/**
 * Runs `work` with a signal that fires with the first of `signals`, for the same reason.
 *
 * Not AbortSignal.any: on Node 20 each of its signals leaves a reference on its sources for as long as they live, and the one
 * that closes an application lives as long as that. Sources must bear many listeners.
 */
export async function withJoinedSignal<T>(
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const joined = new AbortController()
  const abort = ({ target }: Pick<Event, 'target'>) => joined.abort((target as AbortSignal).reason)
  for (const signal of signals) {
    if (signal.aborted) abort({ target: signal })
    signal.addEventListener('abort', abort, { once: true })
  }
  try {
    return await work(joined.signal)
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', abort)
  }
}
