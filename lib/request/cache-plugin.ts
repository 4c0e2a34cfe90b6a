/** The contract between the token cache and a plugin in the manner of msal-node's and MSAL Java's. */
import type { AccountInfo } from './result.js'
import type { TokenCache } from './token-cache.js'

/** What a plugin is told about one access. */
export interface CachePluginContext {
  /** Fill it with `deserialize(text)` before, read it with `serialize()` after. */
  readonly tokenCache: TokenCache
  /** The application whose cache it is. */
  readonly clientId: string
  /** Whom the access is about; `undefined` while nobody is known, as for a list of accounts. */
  readonly account: AccountInfo | undefined
  /** Where the caller named an account: the key for a store with one entry a user. */
  readonly homeAccountId: string | undefined
  /** Before: that a change is to be made. After: that the contents have changed and are to be saved. */
  readonly cacheHasChanged: boolean
  /** {@link tokenCache} by the other name that msal-node's context has for it. */
  readonly cache: TokenCache
  /** {@link cacheHasChanged} by the other name that msal-node's context has for it. */
  readonly hasChanged: boolean
}

/**
 * Loads and saves the token cache around each access. A plugin of msal-node, and an `ITokenCacheAccessAspect` of MSAL Java
 * that was rewritten in JavaScript, fit as they are.
 *
 * Accesses of one application wait for each other. What a plugin throws rejects the call, unchanged.
 */
export interface CachePlugin {
  /**
   * True for a plugin that keeps each account by itself and minds its own step between look-ups and changes: then only
   * changes of the same account wait for each other, and look-ups wait for nobody, as long as the application sets no
   * callbacks. Default false: all accesses wait for each other.
   */
  readonly keepsAccountsApart?: boolean
  /** Called before each access: load into `context.tokenCache` what is stored. */
  beforeCacheAccess(context: CachePluginContext): Promise<void>
  /** Called after each access, also one that failed: store `context.tokenCache` when `context.cacheHasChanged`. */
  afterCacheAccess(context: CachePluginContext): Promise<void>
  /**
   * Runs a whole change, from before the load until after the save, while no other process is inside it. The signal ends
   * the wait for the others. A plugin without locks may run `work` again where another process has saved between the
   * load and the save. Default: changes of one application wait for each other only.
   */
  withLock?<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /**
   * Runs `work`, which renews tokens over the network, while no other process does so under the same key. When the others
   * take longer than any renewal should, `work` is run all the same. Default: each process renews by
   * itself, one user's tokens one after the other.
   */
  withRefreshLock?<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /**
   * Called inside of {@link withLock} when `beforeCacheAccess` of a new sign-in has rejected because what is stored cannot be
   * read. Keeps a copy of it, lets the next `beforeCacheAccess` pass, and resolves with where the copy is; with `undefined`
   * when there was nothing to set aside, and the sign-in is then not saved. Default: nothing is set aside.
   */
  setAside?(): Promise<string | undefined>
  /** Calls `listener` when another process has saved. Returns a function that stops it. */
  watch?(listener: () => void): () => void
}
