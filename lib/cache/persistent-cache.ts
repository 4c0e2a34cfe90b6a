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
  /** Allow a file that is not encrypted where there is no encrypted storage. Default false. */
  allowUnencryptedStorage?: boolean
  /** Default: nothing is logged. */
  logger?: LoggerOptions
}

/**
 * Makes a place for the token cache that survives the process and that any number of processes may share. Pass it as
 * `cache` of the configuration. Nothing is read or written yet; `verify()` tries whether the place works.
 *
 * @throws {ClientError} invalid_configuration – `name` is no plain name, or a path is not usable.
 * @throws {ClientError} unencrypted_storage_not_allowed – there is no encrypted storage here, and plain was not allowed.
 * @throws {ClientError} native_unavailable – the native addon, which locks the file, cannot be loaded.
 */
export async function createPersistentCache(options: PersistentCacheOptions): Promise<CachePersistence> {
  // The file, its lock and the native addon are twelve files, and an application need not keep its cache here.
  const { choosePersistence } = await import('./storage/choose-persistence.js')
  return choosePersistence(options)
}
