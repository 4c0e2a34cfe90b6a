/** Chooses where the token cache is kept on this system, and refuses what would be less safe than was asked for. */
import { join, resolve } from 'node:path'
import { ClientError } from '../../errors.js'
import { createLogger } from '../../logger.js'
import { type LoadedAddon, loadNativeAddon, requireCapability } from '../../native/addon.js'
import { SYSTEM_CLOCK } from '../../request/system-clock.js'
import { userDataFolder } from '../../request/user-data-folder.js'
import type { PersistentCache, PersistentCacheOptions } from '../persistent-cache.js'
import { createCacheFile } from './cache-file.js'
import { chooseEncryption, isEnvelope } from './choose-encryption.js'
import { DpapiProtection } from './dpapi-protection.js'
import { type Protection, UNPROTECTED, unprotected } from './protection.js'
import { notAllowed, secretStoreError } from './secret-failure.js'
import { sharedItem } from './shared-item.js'
import { createSharedStore } from './shared-store.js'

/**
 * Chooses the place. `native` is for tests.
 *
 * @throws {ClientError} invalid_configuration, unencrypted_storage_not_allowed, secret_store_unavailable, native_unavailable
 *   – as createPersistentCache.
 */
export async function choosePersistence(
  options: PersistentCacheOptions,
  native: LoadedAddon = loadNativeAddon(),
): Promise<PersistentCache> {
  const file = fileOf(options)
  if (options.shared !== undefined && options.shared !== 'msal') {
    throw new ClientError('invalid_configuration', 'shared must be "msal".')
  }
  // On Windows the MSALs share a file.
  if (options.shared === 'msal' && native.dataProtection === undefined) return chooseSharedStore(options, native)
  requireCapability(native, 'fileLock')
  const allowsPlain = options.allowUnencryptedStorage === true
  const protection = isOwn(options) ? await protectOwn(file, allowsPlain, native) : protectAsMsal(allowsPlain, native)
  return createCacheFile({ file, protection, native, clock: SYSTEM_CLOCK, logger: createLogger(options.logger) })
}

/** True for a cache that is in a file which no MSAL has to read. */
export function isOwn({ file, shared }: PersistentCacheOptions): boolean {
  return file === undefined && shared === undefined
}

/**
 * The absolute path of the file.
 *
 * @throws {ClientError} invalid_configuration – as createPersistentCache.
 */
export function fileOf(options: PersistentCacheOptions): string {
  if (options.name !== undefined || options.file === undefined) assertName(options.name)
  assertPath('directory', options.directory)
  assertPath('file', options.file)
  return resolve(pathOf(options))
}

function pathOf({ file, directory, name }: PersistentCacheOptions): string {
  return file ?? join(directory ?? userDataFolder(), `${name}`)
}

/** A file that nobody else knows how to read. */
async function protectOwn(file: string, allowsPlain: boolean, native: LoadedAddon): Promise<Protection> {
  const { protection, reason } = await chooseEncryption(file, native)
  if (protection !== undefined) return protection
  if (allowsPlain) return unprotected(reason)
  // To allow plain files would not help: there was a store, and it has the key.
  if (await isEnvelope(file)) throw secretStoreError(reason)
  throw notAllowed(reason)
}

/** A file as the MSALs write it at a path of the caller's. */
function protectAsMsal(allowsPlain: boolean, { dataProtection }: LoadedAddon): Protection {
  if (dataProtection !== undefined) return new DpapiProtection(dataProtection, { keepsPlain: allowsPlain })
  if (allowsPlain) return UNPROTECTED
  throw new ClientError('unencrypted_storage_not_allowed')
}

/** A place that the MSALs know how to read: the item is told by the path as it was given. */
function chooseSharedStore(options: PersistentCacheOptions, native: LoadedAddon): PersistentCache {
  const given = pathOf(options)
  const shared = sharedItem(options, given)
  requireCapability(native, 'fileLock')
  const logger = createLogger(options.logger)
  return createSharedStore({ file: resolve(given), shared, native, clock: SYSTEM_CLOCK, logger })
}

/** Windows refuses more than other systems; the same name must work everywhere. */
function assertName(name: unknown): void {
  const isPlain =
    typeof name === 'string' &&
    Buffer.byteLength(name) <= 100 &&
    /^[^\p{Cc}\\/:*?"<>|]+$/u.test(name) &&
    // A lock file is removed with the lock.
    !/^\.+$|[. ]$|\.lockfile$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name)
  if (!isPlain) {
    throw new ClientError(
      'invalid_configuration',
      'name must be a plain file name of at most 100 bytes, without separators, and without a dot or .lockfile at its end.',
    )
  }
}

/**
 * Lets pass a path, and `undefined`; `name` is the option's.
 *
 * @throws {ClientError} invalid_configuration – it is neither.
 */
export function assertPath(name: string, path: unknown): void {
  if (path === undefined || (typeof path === 'string' && path !== '' && !path.includes('\0'))) return
  throw new ClientError('invalid_configuration', `${name} must be a path.`)
}
