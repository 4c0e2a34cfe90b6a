/** The door to the token cache on disk. What keeps it there is loaded when somebody asks for it. */
import type { LoggerOptions } from '../logger.js'
import type { CachePersistence } from '../request/persistence.js'

/** Options of {@link createPersistentCache}. */
export interface PersistentCacheOptions {
  /**
   * Names the cache, so that applications do not share one by accident: it is the name of the file. At most 100 bytes, no
   * path. Needed unless `file` is given. Names must differ in more than upper and lower case: some systems see no difference.
   */
  name?: string
  /** Folder of the cache. Default: `latchkey` in the user's own data folder. */
  directory?: string
  /**
   * Exact path of a cache file that is shared with a program that uses an MSAL, and saved as that does: encrypted with DPAPI
   * on Windows, plain elsewhere, for which `allowUnencryptedStorage` is needed. Default: a file of our own, encrypted
   * everywhere.
   */
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
  /**
   * Allow a file that is not encrypted where this system or session has no store for the key: no libsecret, no D-Bus session,
   * nothing on it that keeps secrets, or no collection to put one in. One that is locked is there. With `file` also: where
   * the MSALs keep it plain; and on Windows a plain file that is there stays plain. Default false.
   */
  allowUnencryptedStorage?: boolean
  /** Default: nothing is logged. */
  logger?: LoggerOptions
}

/** A place for the token cache on this machine. */
export interface PersistentCache extends CachePersistence {
  /**
   * Encrypts the cache with a new key. Other processes go on, and so does the cache when this one is killed on the way. On
   * Windows, which exchanges its keys by itself, the file is encrypted with the newest of them.
   *
   * @throws {ClientError} encrypted_storage_unavailable – the cache is not encrypted.
   * @throws {ClientError} secret_store_locked, secret_store_unavailable, cache_key_lost, cache_decryption_failed,
   *   cache_read_failed, cache_write_failed, cache_lock_timeout – the key that the file had is still good.
   */
  rotateKey(): Promise<void>
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
 * `cache` of the configuration. On Windows the file is encrypted with DPAPI; on Linux and macOS with AES-256-GCM and a key
 * in the Secret Service or Keychain, which is asked for the key now, and may show its dialog to be unlocked. No file is read
 * or written yet; `verify()` tries whether the place works.
 *
 * What is done with it rejects with `secret_store_locked` or `secret_store_unavailable` while the key cannot be had,
 * `cache_key_lost` when it is gone, and `cache_decryption_failed` when the file is damaged; nothing is changed then.
 *
 * @throws {ClientError} invalid_configuration – `name` is no plain name, a path is not usable, or an item cannot be named so.
 * @throws {ClientError} unencrypted_storage_not_allowed – there is no encrypted storage here, and plain was not allowed;
 *   `cause` is what the system said.
 * @throws {ClientError} secret_store_unavailable – the same, but the cache is there and encrypted, and the store has its key.
 * @throws {ClientError} native_unavailable – the native addon, which locks the file, cannot be loaded.
 * @see [MSAL.NET](https://learn.microsoft.com/entra/msal/dotnet/how-to/token-cache-serialization) and
 *   [MSAL Python](https://learn.microsoft.com/entra/msal/python/advanced/msal-python-token-cache-serialization), for `shared`
 */
export async function createPersistentCache(options: PersistentCacheOptions): Promise<PersistentCache> {
  // The file, its lock and the native addon are many files, and an application need not keep its cache here.
  const { choosePersistence } = await import('./storage/choose-persistence.js')
  return choosePersistence(options)
}
