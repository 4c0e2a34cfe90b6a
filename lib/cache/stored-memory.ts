/** Keeps memory in step with a persistence: loads before each access, saves changes, and remembers those it could not save. */
import { AuthError } from '../errors.js'
import type { Logger } from '../logger.js'
import { orAborted } from '../request/abort.js'
import type { Clock } from '../request/clock.js'
import type { CachePersistence } from '../request/persistence.js'
import type { CacheAccess } from './cache-access.js'
import type { Change, Memory } from './memory.js'
import { OneAtATime } from './one-at-a-time.js'
import { isSameBytes } from './same-bytes.js'
import { parseSnapshot, serializeSnapshot } from './serializer.js'
import { Snapshot } from './snapshot.js'
import { isUnreadable, Patience, Refusals, setAside } from './unreadable.js'

// Where nothing can be saved for weeks, the oldest are the ones that matter least.
const MOST_UNSAVED = 1_000

/** Which memory, and which place. */
export interface StoredMemoryOptions {
  readonly memory: Memory
  readonly persistence: CachePersistence
  readonly clock: Clock
  readonly logger: Logger
  /** Fires when the application is closed: it then waits for no lock any more. */
  readonly closed?: AbortSignal | undefined
}

export class StoredMemory {
  readonly #options: StoredMemoryOptions
  readonly #patience: Patience
  readonly #refusals: Refusals
  readonly #loads = new OneAtATime(() => this.#load())
  /** The stored bytes that memory goes back to. `null` before the first load. */
  #loaded: Uint8Array | undefined | null = null
  /** Loads and saves are numbered as they begin; memory never goes back to an earlier one than it has. */
  #lastNumber = 0
  #memoryNumber = 0
  /** What is not saved: made again on whatever is loaded in the meantime, and saved with the next change. */
  #unsaved: Array<() => void> = []

  constructor(options: StoredMemoryOptions) {
    this.#options = options
    const { persistence, clock, closed, memory } = options
    this.#refusals = new Refusals(persistence.location)
    this.#patience = new Patience({ clock, withLock: work => persistence.withLock(work, closed) })
    memory.tokenCache.onImport = addition => this.#keep(() => memory.tokenCache.add(addition))
  }

  /**
   * Looks something up in what is stored now; in memory alone where that cannot be read and memory will do. Its
   * signal, and closing, end the wait.
   *
   * @throws {ClientError} as CacheStore.read.
   */
  async read<T>(lookUp: () => T | Promise<T>, about: CacheAccess): Promise<Awaited<T>> {
    try {
      await this.#patience.load(() => orAborted(this.#loads.run(), about.signal), [about.signal, this.#options.closed])
    } catch (error) {
      // Tokens that this process has been given are good whatever has become of the place.
      const remembered = about.canBeRemembered && !about.signal?.aborted ? await lookUp() : undefined
      if (remembered === undefined) throw error
      const code = error instanceof AuthError ? error.code : 'unknown error'
      this.#options.logger.warning(`The token cache could not be read (${code}); memory has what was asked for.`)
      return remembered
    }
    return await lookUp()
  }

  /**
   * Loads before a change; what is stored and makes no sense a new sign-in sets aside. Under the lock. `givenUp` ends the wait.
   *
   * @throws {ClientError} as CacheStore.read.
   */
  async loadToChange({ isNewSignIn }: CacheAccess, givenUp: AbortSignal | undefined): Promise<void> {
    const { persistence, logger } = this.#options
    try {
      await orAborted(
        this.#patience.loadLocked(() => this.#load()),
        givenUp,
      )
    } catch (error) {
      if (isNewSignIn !== true || !isUnreadable(error)) throw error
      await setAside(persistence, error, logger)
    }
  }

  /** Saves memory as it is. Under the lock. */
  async save(): Promise<void> {
    const { memory, persistence } = this.#options
    const bytes = serializeSnapshot(memory.tokenCache.snapshot)
    const saved = new Set(this.#unsaved)
    await persistence.save(bytes)
    // What has come while they were written is not in them.
    this.#unsaved = this.#unsaved.filter(change => !saved.has(change))
    this.#loaded = bytes
    this.#memoryNumber = ++this.#lastNumber
  }

  /**
   * Remembers a change that memory has and that could not be saved. Not one that signs out: whoever asked for it was told that
   * it failed, and made later it would undo a sign-in of another process. Nor does one bring an account back that
   * was there already when it was made, `wasKnown`, and that another process has signed out since.
   */
  keepUnsaved(change: Change, { account, isSignOut }: CacheAccess, wasKnown: boolean): void {
    if (isSignOut) return
    const { memory } = this.#options
    this.#keep(() => {
      if (!wasKnown || memory.knows(account)) memory.apply(change)
    })
  }

  #keep(change: () => void): void {
    this.#unsaved.push(change)
    if (this.#unsaved.length > MOST_UNSAVED) this.#unsaved.shift()
  }

  async #load(): Promise<void> {
    const { memory, persistence, logger } = this.#options
    const number = ++this.#lastNumber
    const bytes = await persistence.load()
    // What a slow load brings may be older than what memory has got from a save or another load in the meantime.
    if (number < this.#memoryNumber) return
    if (!isSameBytes(bytes, this.#loaded)) {
      memory.tokenCache.replace(bytes === undefined ? new Snapshot() : this.#refusals.parse(bytes, parseSnapshot))
      for (const change of this.#unsaved) change()
      logger.verbose('The token cache was read.')
    }
    this.#memoryNumber = number
    this.#loaded = bytes
  }
}
