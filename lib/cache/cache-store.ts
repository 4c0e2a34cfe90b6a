/** What flows use: the token cache of one client, kept in step with the place that keeps it. */
import { AuthError, ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import { orAborted } from '../request/abort.js'
import type { CachePlugin } from '../request/cache-plugin.js'
import type { Clock } from '../request/clock.js'
import type { CachePersistence } from '../request/persistence.js'
import { CacheEdit } from './cache-edit.js'
import { type CacheAccess, CacheHooks, CallbackFailure, homesOf } from './cache-hooks.js'
import { CacheView } from './cache-view.js'
import { lockIfPossible } from './lock-if-possible.js'
import { parseSnapshot, serializeSnapshot } from './serializer.js'
import { Draft, Snapshot } from './snapshot.js'
import type { TokenCache } from './token-cache.js'
import { Turns } from './turns.js'

/** The turn of those who wait for all others. */
const EVERYBODY = ''

export interface CacheStoreOptions {
  readonly clientId: string
  /** Holds what was loaded last. */
  readonly tokenCache: TokenCache
  /** Default: in memory only. */
  readonly persistence?: CachePersistence | undefined
  /** Loads and saves around each access. Default: nobody does, unless the application sets callbacks. */
  readonly plugin?: CachePlugin | undefined
  readonly clock: Clock
  readonly logger: Logger
  /** Fires when the application is closed: it then waits for no lock any more. */
  readonly closed?: AbortSignal | undefined
}

export class CacheStore {
  readonly tokenCache: TokenCache
  readonly #options: CacheStoreOptions
  readonly #now: () => number
  readonly #hooks: CacheHooks
  /** The stored bytes that memory goes back to. `null` before the first load. */
  #loaded: Uint8Array | undefined | null = null
  /** Loads and saves are numbered as they begin; memory never goes back to an earlier one than it has. */
  #lastNumber = 0
  #memoryNumber = 0
  readonly #turns = new Turns()
  /** Of the snapshot that was looked at last: to make a view takes longer than to look something up. */
  #lastView: CacheView | undefined

  constructor(options: CacheStoreOptions) {
    this.#options = options
    this.#now = () => options.clock.now()
    this.tokenCache = options.tokenCache
    const { clientId, tokenCache, plugin } = options
    this.#hooks = new CacheHooks({ clientId, tokenCache, plugin, now: this.#now })
  }

  /**
   * Runs a look-up on the cache as it is stored now. With neither a persistence nor hooks the answer is there at once, not
   * as a promise. The view is for the look-up alone: `lookUp` must not keep it. `about` is what callbacks are told.
   *
   * @throws {ClientError} cache_read_failed – or whatever the persistence rejects with; never an empty cache in its place.
   * @throws {ClientError} json_parse_failed – what is stored is not a token cache.
   * @throws {ClientError} cache_callback_reentered – a callback called the application that waits for it.
   * @throws {ClientError} app_closed – closed while a callback was waited for.
   * @throws what a callback or the plugin threw, or the signal's reason when it fires first.
   */
  read<T>(lookUp: (view: CacheView) => T, about: CacheAccess = {}): T | Promise<T> {
    if (this.#hooks.isActive) return this.#readHooked(lookUp, about)
    const { persistence } = this.#options
    if (persistence === undefined) return lookUp(this.#view())
    return this.#reload(persistence).then(() => lookUp(this.#view()))
  }

  async #readHooked<T>(lookUp: (view: CacheView) => T, about: CacheAccess): Promise<T> {
    this.#hooks.assertOutside()
    const { persistence } = this.#options
    const read = async () => {
      if (persistence !== undefined) await this.#reload(persistence)
      const access = { isWrite: false, hasStateChanged: false }
      return this.#hooks.around(about, access, () => lookUp(this.#view()))
    }
    try {
      const givenUp = this.#givenUp(about.signal)
      return this.#hooks.areApart ? await orAborted(read(), givenUp) : await this.#inTurn([EVERYBODY], read, givenUp)
    } catch (error) {
      throw error instanceof CallbackFailure ? error.thrown : error
    }
  }

  /**
   * Changes the cache: under the lock of the persistence or plugin reads it again, applies this change alone, and saves.
   * `change` is synchronous; what it throws rejects the update, and then nothing has changed. `about` is what callbacks are
   * told, and its signal ends the wait.
   *
   * When the cache cannot be locked, read or saved, the change is still made in memory, so that this process goes on with
   * the tokens it was given, until another process has written the cache.
   *
   * @throws {ClientError} cache_write_failed – or the persistence's own AuthError.
   * @throws {ClientError} cache_callback_reentered – a callback called the application that waits for it.
   * @throws {ClientError} app_closed – closed before its turn to be saved had come.
   * @throws what a callback or the plugin threw, or the signal's reason when it fires first.
   */
  async update(change: (edit: CacheEdit) => void, about: CacheAccess = {}): Promise<void> {
    const { persistence } = this.#options
    const { isActive } = this.#hooks
    if (persistence === undefined && !isActive) {
      this.#apply(change)
      return
    }
    if (isActive) this.#hooks.assertOutside()
    const givenUp = this.#givenUp(about.signal)
    const access = { isWrite: true, hasStateChanged: false }
    let isApplied = false
    const changeStored = async () => {
      if (persistence !== undefined) await this.#reload(persistence)
      const work = async () => {
        access.hasStateChanged = this.#apply(change)
        isApplied = true
        if (access.hasStateChanged && persistence !== undefined) await this.#save(persistence)
      }
      await (isActive ? this.#hooks.around(about, access, work) : work())
    }
    try {
      // One after the other, since a lock between processes need not hold within one. Callbacks are other people's code:
      // whoever gives up does not wait for them either.
      const turns = this.#hooks.areApart ? homesOf(about) : [EVERYBODY]
      await this.#inTurn(turns, () => this.#withLock(changeStored, givenUp), isActive ? givenUp : undefined)
    } catch (error) {
      // Also where `change` itself threw: it throws again, and its error is the one that counts.
      if (!isApplied) this.#apply(change)
      if (about.signal?.aborted) throw about.signal.reason
      if (error instanceof CallbackFailure) throw error.thrown
      this.#options.logger.warning(`The token cache could not be saved (${codeOf(error)}).`)
      throw error instanceof AuthError ? error : new ClientError('cache_write_failed', undefined, { cause: error })
    }
  }

  /**
   * Runs `work`, which renews tokens, while no other process does so under the same key, as far as the persistence or plugin
   * can see to that. It may have waited: what was read before it began is to be read again.
   *
   * @throws what `work` threw, or the signal's reason when it fires first.
   */
  async withRefreshLock<T>(key: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const keeper: Pick<CachePersistence, 'withRefreshLock'> | undefined =
      this.#options.persistence ?? this.#options.plugin
    if (keeper?.withRefreshLock === undefined) return work()
    const lock = (begin: () => Promise<T>) => keeper.withRefreshLock?.(key, begin, signal) ?? begin()
    const onFailure = (error: unknown) =>
      this.#options.logger.warning(
        `Tokens are renewed without a lock (${error instanceof AuthError ? error.code : 'unknown error'}).`,
      )
    return lockIfPossible(lock, work, { signal, onFailure })
  }

  #givenUp(signal: AbortSignal | undefined): AbortSignal | undefined {
    const { closed } = this.#options
    return signal === undefined || closed === undefined ? (signal ?? closed) : AbortSignal.any([signal, closed])
  }

  #withLock(work: () => Promise<void>, givenUp: AbortSignal | undefined): Promise<void> {
    const { persistence, plugin } = this.#options
    if (persistence !== undefined) return persistence.withLock(work, givenUp)
    return plugin?.withLock === undefined ? work() : plugin.withLock(work, givenUp)
  }

  /** Runs `work` in its turn. When the signal fires it is no longer waited for; what has begun goes on. */
  #inTurn<T>(turns: readonly string[], work: () => Promise<T>, givenUp: AbortSignal | undefined): Promise<T> {
    const turn = this.#turns.run(turns, () => {
      givenUp?.throwIfAborted()
      return work()
    })
    return orAborted(turn, givenUp)
  }

  /** Makes the change in memory in one step. Returns whether there was anything to change. */
  #apply(change: (edit: CacheEdit) => void): boolean {
    const draft = new Draft(this.tokenCache.snapshot)
    change(new CacheEdit(draft, this.#options.clientId, this.#now, this.tokenCache.keepsAdal))
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
