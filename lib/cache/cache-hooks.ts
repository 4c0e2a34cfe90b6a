/** Calls an application's callbacks and its cache plugin around an access to the cache. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { ClientError } from '../errors.js'
import type { CachePlugin } from '../request/cache-plugin.js'
import type { AccountInfo } from '../request/result.js'
import type { TokenCacheCallback, TokenCacheNotificationArgs } from '../request/token-cache.js'
import type { Records } from './snapshot.js'
import type { TokenCache } from './token-cache.js'

/** Who looks, and for what, as far as a callback may want to know it. */
export interface CacheAccess {
  /** Whom it is about. */
  readonly account?: AccountInfo | undefined
  /** The account that the caller named. */
  readonly homeAccountId?: string | undefined
  readonly request?:
    | {
        readonly correlationId?: string | undefined
        readonly scopes?: readonly string[] | undefined
        readonly tenantId?: string | undefined
      }
    | undefined
  /** Ends the wait for the turn and for the lock. */
  readonly signal?: AbortSignal | undefined
  /** A look-up whose answer from memory, unless that is undefined, will do while what is stored cannot be read. */
  readonly canBeRemembered?: boolean
  /** A change by somebody who has just signed in, for whom contents that make no sense are set aside. */
  readonly isNewSignIn?: boolean
}

/**
 * The accounts that an access is about, in lower case: the one that the caller named and, where the answer was about another,
 * as with two user flows of B2C, that one too. Empty for an access about everybody.
 */
export function homesOf({
  account,
  homeAccountId,
}: {
  readonly account?: AccountInfo | undefined
  readonly homeAccountId?: string | undefined
}): string[] {
  const homes = [homeAccountId, account?.homeAccountId].filter(home => home !== undefined)
  return [...new Set(homes.map(home => home.toLowerCase()))]
}

/** One access on its way: `hasStateChanged` is set when it changes something. */
export interface Access {
  readonly isWrite: boolean
  hasStateChanged: boolean
}

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

// Of a token with less left nothing is expected any more.
const EXPIRY_BUFFER_SECONDS = 300

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

  /** Whether accesses of different accounts may go on side by side: callbacks of an application see one at a time. */
  get areApart(): boolean {
    const { plugin, tokenCache } = this.#options
    const { beforeAccess, beforeWrite, afterAccess } = tokenCache.callbacks
    return plugin?.keepsAccountsApart === true && (beforeAccess ?? beforeWrite ?? afterAccess) === undefined
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
      call(callback && (() => callback(this.#argsOf(about, hasStateChanged, isAfter))))
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

  #argsOf(about: CacheAccess, hasStateChanged: boolean, isAfter: boolean): TokenCacheNotificationArgs {
    const { clientId, tokenCache, now } = this.#options
    const { account, homeAccountId, request, signal } = about
    return Object.freeze({
      tokenCache,
      clientId,
      account,
      hasStateChanged,
      isApplicationCache: false as const,
      suggestedCacheKey: homeAccountId,
      get hasTokens() {
        const { hasRefreshToken, lastExpiry } = lifeOf(tokenCache.snapshot)
        return hasRefreshToken || lastExpiry > now() / 1000 + EXPIRY_BUFFER_SECONDS
      },
      get suggestedCacheExpiry() {
        if (!isAfter || !hasStateChanged) return undefined
        const { hasRefreshToken, lastExpiry } = lifeOf(tokenCache.snapshot)
        const isWorthIt = !hasRefreshToken && lastExpiry > now() / 1000 + EXPIRY_BUFFER_SECONDS
        return isWorthIt ? new Date(lastExpiry * 1000) : undefined
      },
      correlationId: request?.correlationId,
      requestScopes: request?.scopes,
      requestTenantId: request?.tenantId,
      signal,
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

/** Whether tokens can be renewed and, in Unix seconds, when the last access token expires. */
function lifeOf(records: Records): { hasRefreshToken: boolean; lastExpiry: number } {
  let lastExpiry = 0
  for (const bucket of records.buckets()) {
    for (const item of bucket) {
      if (item.section === 'RefreshToken') return { hasRefreshToken: true, lastExpiry }
      if (item.section === 'AccessToken') lastExpiry = Math.max(lastExpiry, item.expiresOn)
    }
  }
  return { hasRefreshToken: false, lastExpiry }
}
