/** Contents that cannot be read now, perhaps because a program is in the middle of writing them: they are read again for a while. */
import { basename } from 'node:path'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import { orAborted } from '../request/abort.js'
import type { CachePlugin } from '../request/cache-plugin.js'
import type { Clock } from '../request/clock.js'
import type { CachePersistence } from '../request/persistence.js'
import { withJoinedSignal } from '../signals.js'
import { isSameBytes } from './same-bytes.js'

// The MSALs truncate a file and write it again in place; no machine is so busy that this takes them longer.
const PATIENCE_MS = 2_000
const PAUSE_MS = 50

const UNREADABLE: ReadonlySet<string> = new Set(['json_parse_failed', 'cache_decryption_failed', 'cache_key_lost'])

/**
 * True when something is stored, was got at, and makes no sense. All other errors say that nobody can look now: of those
 * contents nothing is known, and nothing may take their place.
 */
export function isUnreadable(error: unknown): boolean {
  return error instanceof ClientError && UNREADABLE.has(error.code)
}

/** What it takes to wait. */
export interface PatienceOptions {
  readonly clock: Clock
  /** Runs `work` while nobody else writes, as a persistence does. */
  readonly withLock: (work: () => Promise<void>, signal?: AbortSignal) => Promise<void>
}

/** How long one application waits for one place; contents that it has waited for in vain are not waited for again. */
export class Patience {
  readonly #options: PatienceOptions
  /** What the last wait ended with. Whoever loads the same contents again throws the same object. */
  #final: unknown
  #waiting: Promise<void> | undefined

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /**
   * Runs `load`, which throws the same object for the same unreadable contents; again under the lock while they are
   * unreadable, for two seconds. Any number of callers wait together, each until one of its signals fires.
   *
   * @throws what `load` throws, or the reason of the signal that fires first.
   */
  async load(load: () => Promise<void>, signals: ReadonlyArray<AbortSignal | undefined>): Promise<void> {
    try {
      await load()
    } catch (error) {
      if (!this.#isWorthIt(error)) throw error
      this.#waiting ??= this.#takeLockAndLoad(load, error).finally(() => {
        this.#waiting = undefined
      })
      const waiting = this.#waiting
      await withJoinedSignal(signals, signal => orAborted(waiting, signal))
    }
  }

  /** The same for callers that have the lock, and so keep those out who would mend the contents. */
  async loadLocked(load: () => Promise<void>): Promise<void> {
    for (let triesLeft = PATIENCE_MS / PAUSE_MS; ; triesLeft--) {
      try {
        await load()
        this.#final = undefined
        return
      } catch (error) {
        if (!this.#isWorthIt(error)) throw error
        if (triesLeft === 0) {
          this.#final = error
          throw error
        }
      }
      await this.#options.clock.sleep(PAUSE_MS)
    }
  }

  async #takeLockAndLoad(load: () => Promise<void>, first: unknown): Promise<void> {
    let isLocked = false
    try {
      await this.#options.withLock(() => {
        isLocked = true
        return this.loadLocked(load)
      })
    } catch (error) {
      // Where there is no lock to be had, what was found without one is all that can be said.
      throw isLocked ? error : first
    }
  }

  #isWorthIt(error: unknown): boolean {
    return isUnreadable(error) && error !== this.#final
  }
}

/** Parses what is kept in one place, and has the same error, as one object, for the same bytes: {@link Patience} goes by it. */
export class Refusals {
  readonly #location: string | undefined
  #last: { readonly bytes: Uint8Array; readonly error: unknown } | undefined

  /** `location` is named in the errors. */
  constructor(location: string | undefined) {
    this.#location = location
  }

  /** @throws what `parse` throws, or has thrown for these bytes, with the place. */
  parse<T>(bytes: Uint8Array, parse: (bytes: Uint8Array) => T): T {
    const last = this.#last
    if (last !== undefined && isSameBytes(last.bytes, bytes)) throw last.error
    this.#last = undefined
    try {
      return parse(bytes)
    } catch (cause) {
      const isPlaced =
        this.#location !== undefined && cause instanceof ClientError && cause.code === 'json_parse_failed'
      const error = isPlaced
        ? new ClientError('json_parse_failed', `${cause.message} (${this.#location})`, { cause })
        : cause
      this.#last = { bytes, error }
      throw error
    }
  }
}

/**
 * Has the place keep a copy of what is in the way of a new sign-in, and says so in the log. `error` is why it cannot be read.
 *
 * @throws the error, when what is in the way stays there.
 */
export async function setAside(
  place: Pick<CachePersistence, 'setAside'> | Pick<CachePlugin, 'setAside'> | undefined,
  error: unknown,
  logger: Logger,
): Promise<void> {
  const copy = await place?.setAside?.()
  if (copy === undefined) throw error
  const code = error instanceof ClientError ? error.code : 'unreadable'
  const text = (where: string) =>
    `What was in the token cache cannot be read (${code}); it was set aside as ${where}, and the new sign-in begins another.`
  logger.warning(text(basename(copy)), text(copy))
}
