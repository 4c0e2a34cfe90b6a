/** Work that is better done under a lock, and done without when the lock fails. */

/** What to do about a lock that fails. */
export interface LockIfPossible {
  /** Ends the wait for the lock. */
  readonly signal: AbortSignal | undefined
  /** Told why the lock could not be taken; the work then goes on without it. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Runs `work` once: by `lock`, or without it when that fails before it has begun the work.
 *
 * @throws what `work` threw, or the signal's reason when it fires first; nothing of the lock's.
 */
export async function lockIfPossible<T>(
  lock: (begin: () => Promise<T>) => Promise<unknown>,
  work: () => Promise<T>,
  { signal, onFailure }: LockIfPossible,
): Promise<T> {
  let begun: Promise<T> | undefined
  const begin = (): Promise<T> => {
    begun ??= work()
    return begun
  }
  try {
    await lock(begin)
  } catch (error) {
    // Of work that has begun the outcome counts, also where letting go of the lock failed.
    if (begun === undefined) {
      signal?.throwIfAborted()
      onFailure(error)
    }
  }
  return begin()
}
