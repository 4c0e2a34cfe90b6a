/** Work that is better done under a lock, and done without when the lock fails. */
import { orAborted } from '../request/abort.js'

/** What to do about a lock that fails. */
export interface LockIfPossible {
  /** Ends the wait for the lock, whether that minds it or not. */
  readonly signal: AbortSignal | undefined
  /** Told why the lock could not be taken; the work then goes on without it. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Runs `work` once: by `lock`, or without it when that fails before it has begun the work. Work that has begun is waited for.
 *
 * @throws what `work` threw, or the signal's reason when it fires before the work; nothing of the lock's.
 */
export async function lockIfPossible<T>(
  lock: (begin: () => Promise<T>) => Promise<unknown>,
  work: () => Promise<T>,
  { signal, onFailure }: LockIfPossible,
): Promise<T> {
  let begun: Promise<T> | undefined
  const begin = async (): Promise<T> => {
    if (begun === undefined) signal?.throwIfAborted()
    begun ??= work()
    return begun
  }
  try {
    await orAborted(lock(begin), signal)
  } catch (error) {
    // Of work that has begun the outcome counts, also where letting go of the lock failed.
    if (begun === undefined) {
      signal?.throwIfAborted()
      onFailure(error)
    }
  }
  return begin()
}
