/** The door to a cache in two files, one for MSAL and one for ADAL. What keeps it there is loaded when somebody asks for it. */
import type { LoggerOptions } from '../logger.js'
import type { CachePlugin } from '../request/cache-plugin.js'

/** Options of {@link createDualFileCache}. */
export interface DualFileCacheOptions {
  /** Path of the file in the format of MSAL 3. One in that of MSAL.NET 2 is read too, and becomes the newer with the next change. */
  msalFile: string
  /** Path of the file in the format of ADAL v3. Default, also with null and a blank text: none, nothing is kept for ADAL. */
  adalV3File?: string | null
  /**
   * Encrypt the files. Default true: with DPAPI on Windows, as Microsoft's sample does; on Linux and macOS with AES-256-GCM
   * and keys in the Secret Service or Keychain, so that no other program can read them. With false they are readable for
   * whoever can read the user's files. Files that were kept the other way are read, and follow with the next change.
   */
  encrypt?: boolean
  /** Default: nothing is logged. */
  logger?: LoggerOptions
}

/**
 * Makes a place for the token cache that programs with MSAL and programs with ADAL.NET share, as `FilesBasedTokenCacheHelper`
 * of Microsoft's sample does. Pass it as `cache` of the configuration.
 *
 * Each change locks the files, by `<file>.lockfile` as every MSAL does, reads them again, and replaces them as a whole. A
 * file for ADAL without entries is removed. What another program has removed is gone here too.
 *
 * @throws {ClientError} invalid_configuration – a path is not usable, or both are the same.
 * Access then rejects with `secret_store_locked` or `secret_store_unavailable` while the keys cannot be had,
 * `cache_key_lost` when they are gone, and `cache_decryption_failed` for a damaged file; nothing is changed then.
 *
 * @throws {ClientError} encrypted_storage_unavailable – `encrypt` is not false, and there is no encrypted storage here;
 *   `cause` is what the system said.
 * @throws {ClientError} native_unavailable – the native addon, which locks the files, cannot be loaded.
 */
export async function createDualFileCache(options: DualFileCacheOptions): Promise<CachePlugin> {
  const { createDualFile } = await import('./storage/dual-file.js')
  return createDualFile(options)
}
