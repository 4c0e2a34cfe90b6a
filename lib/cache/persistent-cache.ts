/** The door to the token cache on disk. What keeps it there is loaded when somebody asks for it. */
import type { LoggerOptions } from '../logger.js'
import type { CachePersistence } from '../request/persistence.js'

/** Options of {@link createPersistentCache}. */
export interface PersistentCacheOptions {
  /** Names the cache, so that applications do not share one by accident. At most 100 bytes, no path. */
  name: string
  /** Folder of the cache. Default: `latchkey` in the user's own data folder. */
  directory?: string
  /** Exact path of the cache file, to share it with another program. Default: made of directory and name. */
  file?: string
  /**
   * `msal`: shared with MSAL.NET, MSAL Java, MSAL Python or msal-node, which keep the whole cache encrypted as one: on macOS in
   * the Keychain, on Linux in the Secret Service, on Windows in a file. `file` is then, outside of Windows, an empty file that
   * tells of each save, and the other program must be given the same path. Default: a cache of this library's own.
   */
  shared?: 'msal'
  /** With `shared`, on macOS: which item. */
  keychain?: KeychainOptions
  /** With `shared`, on Linux: which item. Default: the one of MSAL Python. */
  secretService?: SecretServiceOptions
  /** Allow a file that is not encrypted where there is no encrypted storage. Default false. */
  allowUnencryptedStorage?: boolean
  /** Default: nothing is logged. */
  logger?: LoggerOptions
}

/** Which item of the macOS Keychain has the cache. */
export interface KeychainOptions {
  /** Default `msal-extensions`, as in MSAL Python. */
  service?: string
  /** Default: the SHA-256 of `file` as it is given, in hex, as in MSAL Python. */
  account?: string
}

/** Which item of the Secret Service has the cache. docs/cache.md has the words of each MSAL beside these. */
export interface SecretServiceOptions {
  /**
   * `base64`: as MSAL.NET's extensions and MSAL Java write it, found by its attributes alone. `json`: as MSAL Python and
   * msal-node's extensions write it, found by schema and attributes. Either is read.
   */
  format: 'base64' | 'json'
  /** Name of the schema. Default, with `json` only: the SHA-256 of `file` as it is given, in hex, as in MSAL Python. */
  schema?: string
  /** At most 31; at least one with `base64`. Default: none. */
  attributes?: Record<string, string>
  /** What people see in the programs that list what is stored. Default: empty. */
  label?: string
  /** Alias of the collection to store it in, `default` or `session`. Default `default`. */
  collection?: string
}

/**
 * Makes a place for the token cache that survives the process and that any number of processes may share. Pass it as
 * `cache` of the configuration. Nothing is read or written yet; `verify()` tries whether the place works.
 *
 * @throws {ClientError} invalid_configuration – `name` is no plain name, a path is not usable, or an item cannot be named so.
 * @throws {ClientError} unencrypted_storage_not_allowed – there is no encrypted storage here, and plain was not allowed.
 * @throws {ClientError} native_unavailable – the native addon, which locks the file, cannot be loaded.
 * @see [MSAL.NET](https://learn.microsoft.com/entra/msal/dotnet/how-to/token-cache-serialization) and
 *   [MSAL Python](https://learn.microsoft.com/entra/msal/python/advanced/msal-python-token-cache-serialization), for `shared`
 */
export async function createPersistentCache(options: PersistentCacheOptions): Promise<CachePersistence> {
  // The file, its lock and the native addon are twelve files, and an application need not keep its cache here.
  const { choosePersistence } = await import('./storage/choose-persistence.js')
  return choosePersistence(options)
}
