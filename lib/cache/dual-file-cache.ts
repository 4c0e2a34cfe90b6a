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
   * Encrypt the files. Default true, which is not there yet: for now pass false, as Microsoft's sample does for a test.
   * The files are then readable for whoever can read the user's files.
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
 * @throws {ClientError} encrypted_storage_unavailable – `encrypt` is not false: there is no encrypted storage yet.
 * @throws {ClientError} native_unavailable – the native addon, which locks the files, cannot be loaded.
 */
export async function createDualFileCache(options: DualFileCacheOptions): Promise<CachePlugin> {
  const { createDualFile } = await import('./storage/dual-file.js')
  return createDualFile(options)
}
