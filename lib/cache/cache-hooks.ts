/** Calls an application's callbacks and its cache plugin around an access to the cache. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { ClientError } from '../errors.js'
import type { CachePlugin } from '../request/cache-plugin.js'
import type { TokenCacheCallback } from '../request/token-cache.js'
import { type Access, type CacheAccess, homesOf } from './cache-access.js'
import { notificationArgs } from './notification-args.js'
import type { TokenCache } from './token-cache.js'

/** What a callback or a plugin threw, to be handed to the caller as it is. */
export class CallbackFailure extends Error {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    super('a callback of the token cache failed')
    this.thrown = thrown
  }
}

/** What hooks are made of. */
export interface CacheHooksOptions {
  readonly clientId: string
  readonly tokenCache: TokenCache
  readonly plugin: CachePlugin | undefined
  readonly now: () => number
}

/** The turn of those who wait for all others. */
const EVERYBODY = ''

export class CacheHooks {
  readonly #options: CacheHooksOptions
  // What runs inside of a callback knows by this whose it is.
  readonly #inside = new AsyncLocalStorage<{ isOver: boolean }>()

  constructor(options: CacheHooksOptions) {
    this.#options = options
  }

  /** Whether there is anything to call. */
  get isActive(): boolean {
    const { plugin, tokenCache } = this.#options
    const { beforeAccess, beforeWrite, afterAccess } = tokenCache.callbacks
    return plugin !== undefined || (beforeAccess ?? beforeWrite ?? afterAccess) !== undefined
  }

  /**
   * Behind which accesses this one waits, as names for {@link Turns}: behind all, since callbacks of an application see one at
   * a time; but with a plugin that keeps accounts apart a change waits for those of its accounts, and a look-up for nobody.
   */
  turnsOf(about: CacheAccess, isWrite: boolean): string[] {
    const { plugin, tokenCache } = this.#options
    const { beforeAccess, beforeWrite, afterAccess } = tokenCache.callbacks
    const areApart = plugin?.keepsAccountsApart === true && (beforeAccess ?? beforeWrite ?? afterAccess) === undefined
    if (!areApart) return [EVERYBODY]
    return isWrite ? homesOf(about) : []
  }

  /**
   * Refuses an access that a callback makes: it would wait for the access that waits for the callback.
   *
   * @throws {ClientError} cache_callback_reentered – a callback of an access that is not over yet called the application.
   */
  assertOutside(): void {
    if (this.#inside.getStore()?.isOver === false) throw new ClientError('cache_callback_reentered')
  }

  /**
   * Runs `work` between the callbacks: plugin, beforeAccess, beforeWrite – work – afterAccess, plugin. The last two are
   * called whatever happened before, since they may have a lock to let go; what failed first is what is thrown.
   *
   * @throws {CallbackFailure} one of them threw.
   */
  async around<T>(about: CacheAccess, access: Access, work: () => T | Promise<T>): Promise<T> {
    const { plugin, tokenCache } = this.#options
    // Those that are set now: an access ends with the callbacks that it began with.
    const { beforeAccess, beforeWrite, afterAccess } = tokenCache.callbacks
    const stage = { isOver: false }
    const call = async (callback: (() => unknown) | undefined): Promise<void> => {
      try {
        if (callback !== undefined) await this.#inside.run(stage, callback)
      } catch (thrown) {
        throw new CallbackFailure(thrown)
      }
    }
    const notify = (callback: TokenCacheCallback | undefined, hasStateChanged: boolean, isAfter: boolean) =>
      call(callback && (() => callback(notificationArgs(this.#options, about, { hasStateChanged, isAfter }))))
    try {
      return await finishing(
        async () => {
          await call(plugin && (() => plugin.beforeCacheAccess(this.#contextOf(about, access.isWrite))))
          await notify(beforeAccess, false, false)
          if (access.isWrite) await notify(beforeWrite, true, false)
          return await work()
        },
        () => notify(afterAccess, access.hasStateChanged, true),
        () => call(plugin && (() => plugin.afterCacheAccess(this.#contextOf(about, access.hasStateChanged)))),
      )
    } finally {
      stage.isOver = true
    }
  }

  #contextOf({ account, homeAccountId }: CacheAccess, cacheHasChanged: boolean) {
    const { clientId, tokenCache } = this.#options
    return Object.freeze({
      tokenCache,
      clientId,
      account,
      homeAccountId,
      cacheHasChanged,
      cache: tokenCache,
      hasChanged: cacheHasChanged,
    })
  }
}

/** Runs `work` and then every one of `ends`, whatever the others did. Throws what failed first. */
async function finishing<T>(work: () => Promise<T>, ...ends: Array<() => Promise<void>>): Promise<T> {
  const failures: unknown[] = []
  const noting = (error: unknown) => void failures.push(error)
  const result = await work().catch(noting)
  for (const end of ends) await end().catch(noting)
  if (failures.length > 0) throw failures[0]
  return result as T
}
