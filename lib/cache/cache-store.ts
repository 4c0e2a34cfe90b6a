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
import { isUnreadable, Patience, Refusals, warnOfSetAside } from './unreadable.js'

// Where nothing can be saved for weeks, the oldest are the ones that matter least.
const MOST_UNSAVED = 1_000

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
  readonly #patience: Patience
  readonly #refusals: Refusals
  /** The stored bytes that memory goes back to. `null` before the first load. */
  #loaded: Uint8Array | undefined | null = null
  /** Loads and saves are numbered as they begin; memory never goes back to an earlier one than it has. */
  #lastNumber = 0
  #memoryNumber = 0
  /** The load that has not begun yet. */
  #nextReload: Promise<void> | undefined
  /** What could not be saved: made again on whatever is loaded in the meantime, and saved with the next change. */
  readonly #unsaved: Array<(edit: CacheEdit) => void> = []
  readonly #turns = new Turns()
  /** Of the snapshot that was looked at last: to make a view takes longer than to look something up. */
  #lastView: CacheView | undefined

  constructor(options: CacheStoreOptions) {
    this.#options = options
    this.#now = () => options.clock.now()
    this.tokenCache = options.tokenCache
    const { clientId, tokenCache, plugin } = options
    this.#hooks = new CacheHooks({ clientId, tokenCache, plugin, now: this.#now })
    const withLock = (work: () => Promise<void>) => this.#withLock(work, options.closed)
    this.#refusals = new Refusals(options.persistence?.location)
    this.#patience = new Patience({ clock: options.clock, withLock })
  }

  /**
   * Runs a look-up on the cache as it is stored now. With neither a persistence nor hooks the answer is there at once, not
   * as a promise. The view is for the look-up alone: `lookUp` must not keep it. `about` is what callbacks are told.
   *
   * @throws {ClientError} cache_read_failed – or whatever the persistence rejects with; never an empty cache in its place.
   * @throws {ClientError} json_parse_failed, cache_decryption_failed, cache_key_lost – what is stored is no token cache, and
   *   was none for two seconds.
   * @throws {ClientError} cache_callback_reentered – a callback called the application that waits for it.
   * @throws {ClientError} app_closed – closed while a callback was waited for.
   * @throws what a callback or the plugin threw, or the signal's reason when it fires first.
   */
  read<T>(lookUp: (view: CacheView) => T, about: CacheAccess = {}): T | Promise<T> {
    if (this.#hooks.isActive) return this.#readHooked(lookUp, about)
    const { persistence } = this.#options
    if (persistence === undefined) return lookUp(this.#view())
    return this.#readStored(persistence, about, () => lookUp(this.#view()))
  }

  async #readStored<T>(
    persistence: CachePersistence,
    about: CacheAccess,
    lookUp: () => T | Promise<T>,
  ): Promise<Awaited<T>> {
    try {
      // A signal that lives as long as the application remembers each that was made of it: none is made for a mere look.
      await this.#patience.load(
        () => this.#reloadForReads(persistence),
        () => this.#givenUp(about.signal),
      )
    } catch (error) {
      // Tokens that this process has been given are good whatever has become of the place.
      const remembered = about.canBeRemembered && !about.signal?.aborted ? await lookUp() : undefined
      if (remembered === undefined) throw error
      this.#options.logger.warning(
        `The token cache could not be read (${codeOf(error)}); memory has what was asked for.`,
      )
      return remembered
    }
    return await lookUp()
  }

  async #readHooked<T>(lookUp: (view: CacheView) => T, about: CacheAccess): Promise<T> {
    this.#hooks.assertOutside()
    const { persistence } = this.#options
    const lookUpHooked = () => {
      const access = { isWrite: false, hasStateChanged: false }
      return this.#hooks.around(about, access, () => lookUp(this.#view()))
    }
    const read = async () =>
      persistence === undefined ? lookUpHooked() : this.#readStored(persistence, about, lookUpHooked)
    try {
      const givenUp = this.#givenUp(about.signal)
      return this.#hooks.areApart
        ? await orAborted(read(), givenUp)
        : await this.#inTurn([EVERYBODY], read, givenUp, true)
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
   * the tokens it was given; with a persistence it is saved with the next change that can be. Contents that make no sense
   * do not stop a new sign-in: they are set aside, and it goes on with what memory has.
   *
   * @throws {ClientError} cache_write_failed – or the persistence's own AuthError.
   * @throws {ClientError} cache_callback_reentered – a callback called the application that waits for it.
   * @throws {ClientError} app_closed – closed before its turn to be saved had come.
   * @throws what a callback or the plugin threw, or the signal's reason when it fires first.
   */
  async update(change: (edit: CacheEdit) => void, about: CacheAccess = {}): Promise<void> {
    const { persistence, plugin } = this.#options
    const { isActive } = this.#hooks
    if (persistence === undefined && !isActive) {
      this.#apply(change)
      return
    }
    if (isActive) this.#hooks.assertOutside()
    const givenUp = this.#givenUp(about.signal)
    const access = { isWrite: true, hasStateChanged: false }
    let isApplied = false
    let isSaved = false
    const changeStored = async () => {
      if (persistence !== undefined) await this.#reloadOrSetAside(persistence, about.isNewSignIn)
      const work = async () => {
        // A second time where another program broke the lock before the save: memory may have the change by then.
        access.hasStateChanged = this.#apply(change) || access.hasStateChanged
        isApplied = true
        if (access.hasStateChanged && persistence !== undefined) await this.#save(persistence)
        isSaved = true
      }
      if (!isActive) return work()
      const workHooked = () => this.#hooks.around(about, access, work)
      try {
        await workHooked()
      } catch (error) {
        const isInTheWay = error instanceof CallbackFailure && isUnreadable(error.thrown)
        if (isApplied || about.isNewSignIn !== true || !isInTheWay) throw error
        await this.#setAside(plugin, error.thrown)
        await workHooked()
      }
    }
    try {
      // One after the other, since a lock between processes need not hold within one. Callbacks are other people's code:
      // whoever gives up does not wait for them either.
      const turns = this.#hooks.areApart ? homesOf(about) : [EVERYBODY]
      await this.#inTurn(turns, () => this.#withLock(changeStored, givenUp), givenUp, isActive)
    } catch (error) {
      // Also where `change` itself threw: it throws again, and its error is the one that counts.
      if (!isApplied) this.#apply(change)
      if (!isSaved && persistence !== undefined) this.#keepUnsaved(change)
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

  /** Runs `work` in its turn, unless the signal fires before; with `canBeLeft` it is not waited for after that either. */
  async #inTurn<T>(
    turns: readonly string[],
    work: () => Promise<T>,
    givenUp: AbortSignal | undefined,
    canBeLeft: boolean,
  ): Promise<T> {
    let begin = () => {}
    const begun = new Promise<void>(resolve => {
      begin = resolve
    })
    const turn = this.#turns.run(turns, () => {
      givenUp?.throwIfAborted()
      begin()
      return work()
    })
    if (canBeLeft) return orAborted(turn, givenUp)
    await orAborted(Promise.race([begun, turn]), givenUp)
    return turn
  }

  /** Makes the change in memory in one step. Returns whether there was anything to change. */
  #apply(change: (edit: CacheEdit) => void): boolean {
    const draft = new Draft(this.tokenCache.snapshot)
    change(new CacheEdit(draft, this.#options.clientId, this.#now, this.tokenCache.keepsAdal))
    if (draft.isChanged) this.tokenCache.commit(draft)
    return draft.isChanged
  }

  /** One load for all reads that begin in the same turn: it begins after them, so that each sees what was saved before it. */
  #reloadForReads(persistence: CachePersistence): Promise<void> {
    this.#nextReload ??= Promise.resolve().then(() => {
      this.#nextReload = undefined
      return this.#reload(persistence)
    })
    return this.#nextReload
  }

  #keepUnsaved(change: (edit: CacheEdit) => void): void {
    this.#unsaved.push(change)
    if (this.#unsaved.length > MOST_UNSAVED) this.#unsaved.shift()
  }

  async #reload(persistence: CachePersistence): Promise<void> {
    const number = ++this.#lastNumber
    const bytes = await persistence.load()
    // What a slow load brings may be older than what memory has got from a save or another load in the meantime.
    if (number < this.#memoryNumber) return
    if (!isSame(bytes, this.#loaded)) {
      this.tokenCache.replace(bytes === undefined ? new Snapshot() : this.#refusals.parse(bytes, parseSnapshot))
      for (const change of this.#unsaved) this.#apply(change)
      this.#options.logger.verbose('The token cache was read.')
    }
    this.#memoryNumber = number
    this.#loaded = bytes
  }

  /** Under the lock. */
  async #reloadOrSetAside(persistence: CachePersistence, isNewSignIn: boolean | undefined): Promise<void> {
    try {
      await this.#patience.loadLocked(() => this.#reload(persistence))
    } catch (error) {
      if (isNewSignIn !== true || !isUnreadable(error)) throw error
      await this.#setAside(persistence, error)
    }
  }

  async #setAside(place: CachePersistence | CachePlugin | undefined, error: unknown): Promise<void> {
    const copy = await place?.setAside?.()
    // What is in the way stays there.
    if (copy === undefined) throw error
    warnOfSetAside(this.#options.logger, error, copy)
  }

  async #save(persistence: CachePersistence): Promise<void> {
    const bytes = serializeSnapshot(this.tokenCache.snapshot)
    // Others may give up while this is being saved; their changes are not in these bytes.
    const saved = new Set(this.#unsaved)
    await persistence.save(bytes)
    const left = this.#unsaved.filter(change => !saved.has(change))
    this.#unsaved.splice(0, Infinity, ...left)
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
