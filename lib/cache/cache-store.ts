/** What flows use: the token cache of one client, kept in step with the place that keeps it. */
import { AuthError, ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { Clock } from '../request/clock.js'
import type { CachePersistence } from '../request/persistence.js'
import { CacheEdit } from './cache-edit.js'
import { CacheView } from './cache-view.js'
import { parseSnapshot, serializeSnapshot } from './serializer.js'
import { Draft, Snapshot } from './snapshot.js'
import type { TokenCache } from './token-cache.js'

export interface CacheStoreOptions {
  readonly clientId: string
  /** Holds what was loaded last. */
  readonly tokenCache: TokenCache
  /** Default: in memory only. */
  readonly persistence?: CachePersistence | undefined
  readonly clock: Clock
  readonly logger: Logger
  /** Fires when the application is closed: it then waits for no lock any more. */
  readonly closed?: AbortSignal | undefined
}

export class CacheStore {
  readonly tokenCache: TokenCache
  readonly #options: CacheStoreOptions
  readonly #now: () => number
  /** The stored bytes that memory goes back to. `null` before the first load. */
  #loaded: Uint8Array | undefined | null = null
  /** Loads and saves are numbered as they begin; memory never goes back to an earlier one than it has. */
  #lastNumber = 0
  #memoryNumber = 0
  #lastUpdate: Promise<unknown> = Promise.resolve()
  /** Of the snapshot that was looked at last: to make a view takes longer than to look something up. */
  #lastView: CacheView | undefined

  constructor(options: CacheStoreOptions) {
    this.#options = options
    this.#now = () => options.clock.now()
    this.tokenCache = options.tokenCache
  }

  /**
   * Runs a look-up on the cache as it is stored now. Without a persistence the answer is there at once, not as a promise.
   * The view is for the look-up alone: `lookUp` must not keep it.
   *
   * @throws {ClientError} cache_read_failed – or whatever the persistence rejects with; never an empty cache in its place.
   * @throws {ClientError} json_parse_failed – what is stored is not a token cache.
   */
  read<T>(lookUp: (view: CacheView) => T): T | Promise<T> {
    const { persistence } = this.#options
    if (persistence === undefined) return lookUp(this.#view())
    return this.#reload(persistence).then(() => lookUp(this.#view()))
  }

  /**
   * Changes the cache: under the lock of the persistence reads it again, applies this change alone, and saves. `change` is
   * synchronous; what it throws rejects the update, and then nothing has changed.
   *
   * When the cache cannot be locked, read or saved, the change is still made in memory, so that this process goes on with
   * the tokens it was given, until another process has written the cache.
   *
   * @throws {ClientError} cache_write_failed – or the persistence's own AuthError.
   * @throws {ClientError} app_closed – closed before its turn to be saved had come.
   * @throws the signal's reason when it fires while the lock is waited for.
   */
  async update(change: (edit: CacheEdit) => void, signal?: AbortSignal): Promise<void> {
    const { persistence } = this.#options
    if (persistence === undefined) {
      this.#apply(change)
      return
    }
    // One after the other, since a lock between processes need not hold within one.
    const update = this.#lastUpdate.then(() => this.#updateStored(persistence, change, signal))
    this.#lastUpdate = update.catch(() => {})
    return update
  }

  async #updateStored(
    persistence: CachePersistence,
    change: (edit: CacheEdit) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { closed } = this.#options
    const givenUp =
      signal === undefined || closed === undefined ? (signal ?? closed) : AbortSignal.any([signal, closed])
    let isApplied = false
    try {
      await persistence.withLock(async () => {
        await this.#reload(persistence)
        const isChanged = this.#apply(change)
        isApplied = true
        if (isChanged) await this.#save(persistence)
      }, givenUp)
    } catch (error) {
      // Also where `change` itself threw: it throws again, and its error is the one that counts.
      if (!isApplied) this.#apply(change)
      if (signal?.aborted) throw signal.reason
      this.#options.logger.warning(`The token cache could not be saved (${codeOf(error)}).`)
      throw error instanceof AuthError ? error : new ClientError('cache_write_failed', undefined, { cause: error })
    }
  }

  /** Makes the change in memory in one step. Returns whether there was anything to change. */
  #apply(change: (edit: CacheEdit) => void): boolean {
    const draft = new Draft(this.tokenCache.snapshot)
    change(new CacheEdit(draft, this.#options.clientId, this.#now))
    if (draft.isChanged) this.tokenCache.commit(draft)
    return draft.isChanged
  }

  async #reload(persistence: CachePersistence): Promise<void> {
    const number = ++this.#lastNumber
    const bytes = await persistence.load()
    // What a slow load brings may be older than what memory has got from a save or another load in the meantime.
    if (number < this.#memoryNumber) return
    if (!isSame(bytes, this.#loaded)) {
      this.tokenCache.replace(bytes === undefined ? new Snapshot() : parseSnapshot(bytes))
      this.#options.logger.verbose('The token cache was read.')
    }
    this.#memoryNumber = number
    this.#loaded = bytes
  }

  async #save(persistence: CachePersistence): Promise<void> {
    const bytes = serializeSnapshot(this.tokenCache.snapshot)
    await persistence.save(bytes)
    this.#loaded = bytes
    this.#memoryNumber = ++this.#lastNumber
  }

  #view(): CacheView {
    const { snapshot } = this.tokenCache
    if (this.#lastView?.records !== snapshot) {
      this.#lastView = new CacheView(snapshot, this.#options.clientId, this.#now)
    }
    return this.#lastView
  }
}

function isSame(bytes: Uint8Array | undefined, loaded: Uint8Array | undefined | null): boolean {
  if (bytes === loaded) return true
  return bytes !== undefined && loaded !== undefined && loaded !== null && Buffer.compare(bytes, loaded) === 0
}

function codeOf(error: unknown): string {
  return error instanceof AuthError ? error.code : 'cache_write_failed'
}
