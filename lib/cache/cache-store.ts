/** What flows use: the token cache of one client, in memory and in the place that keeps it. */
import { AuthError, ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { CachePlugin } from '../request/cache-plugin.js'
import type { Clock } from '../request/clock.js'
import type { CachePersistence } from '../request/persistence.js'
import { withJoinedSignal } from '../signals.js'
import type { CacheAccess } from './cache-access.js'
import { CacheHooks, CallbackFailure } from './cache-hooks.js'
import type { CacheView } from './cache-view.js'
import { type Change, Memory } from './memory.js'
import { Renewals } from './renewals.js'
import { StoredMemory } from './stored-memory.js'
import type { TokenCache } from './token-cache.js'
import { Turns } from './turns.js'
import { Update } from './update.js'

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
  readonly #memory: Memory
  /** Undefined where the cache is in memory only, or a plugin keeps it. */
  readonly #stored: StoredMemory | undefined
  readonly #hooks: CacheHooks
  readonly #turns = new Turns()
  readonly #renewals: Renewals

  constructor(options: CacheStoreOptions) {
    this.#options = options
    const { clientId, tokenCache, persistence, plugin, clock, logger, closed } = options
    const now = () => clock.now()
    this.tokenCache = tokenCache
    this.#memory = new Memory({ clientId, tokenCache, now })
    this.#stored = persistence && new StoredMemory({ memory: this.#memory, persistence, clock, logger, closed })
    this.#hooks = new CacheHooks({ clientId, tokenCache, plugin, now })
    this.#renewals = new Renewals({ keeper: persistence ?? plugin, clock, logger })
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
    const look = () => lookUp(this.#memory.view())
    if (this.#hooks.isActive) return this.#readHooked(look, about)
    return this.#stored === undefined ? look() : this.#stored.read(look, about)
  }

  async #readHooked<T>(look: () => T, about: CacheAccess): Promise<T> {
    this.#hooks.assertOutside()
    const lookHooked = () => this.#hooks.around(about, { isWrite: false, hasStateChanged: false }, look)
    try {
      return await this.#untilGivenUp(about, givenUp => {
        const read = async () => this.#stored?.read(lookHooked, about) ?? lookHooked()
        return this.#turns.run(this.#hooks.turnsOf(about, false), read, givenUp)
      })
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
  async update(change: Change, about: CacheAccess = {}): Promise<void> {
    const { plugin, logger } = this.#options
    const [memory, stored, hooks] = [this.#memory, this.#stored, this.#hooks]
    const { isActive } = hooks
    if (stored === undefined && !isActive) {
      memory.apply(change)
      return
    }
    if (isActive) hooks.assertOutside()
    const update = new Update({ memory, stored, hooks, plugin, logger }, change, about)
    try {
      await this.#untilGivenUp(about, givenUp => {
        // One after the other, since a lock between processes need not hold within one. Callbacks are other people's code:
        // whoever gives up does not wait for them either.
        const inItsTurn = () => this.#withLock(() => update.run(givenUp), givenUp)
        return this.#turns.run(hooks.turnsOf(about, true), inItsTurn, givenUp, { staysWith: !isActive })
      })
    } catch (error) {
      update.keepInMemory()
      if (about.signal?.aborted) throw about.signal.reason
      if (error instanceof CallbackFailure) throw error.thrown
      const code = error instanceof AuthError ? error.code : 'cache_write_failed'
      logger.warning(`The token cache could not be saved (${code}).`)
      throw error instanceof AuthError ? error : new ClientError('cache_write_failed', undefined, { cause: error })
    }
  }

  /**
   * Runs `work`, which renews tokens, while nobody else does so under the same key: nobody in this process, and in others as
   * far as the persistence or plugin can see to that. It may have waited, 30 seconds at most: what was read before it began is
   * to be read again.
   *
   * @throws what `work` threw, or the signal's reason when it fires first.
   */
  withRefreshLock<T>(key: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#renewals.run(key, work, signal)
  }

  #untilGivenUp<T>({ signal }: CacheAccess, work: (givenUp: AbortSignal) => Promise<T>): Promise<T> {
    return withJoinedSignal([signal, this.#options.closed], work)
  }

  #withLock(work: () => Promise<void>, givenUp: AbortSignal | undefined): Promise<void> {
    const { persistence, plugin } = this.#options
    const keeper: Pick<CachePlugin, 'withLock'> | undefined = persistence ?? plugin
    return keeper?.withLock === undefined ? work() : keeper.withLock(work, givenUp)
  }
}
