/** Chooses where the token cache is kept on this system, and refuses what would be less safe than was asked for. */
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { ClientError } from '../../errors.js'
import { createLogger } from '../../logger.js'
import { loadNativeAddon, requireCapability } from '../../native/addon.js'
import type { CachePersistence } from '../../request/persistence.js'
import { SYSTEM_CLOCK } from '../../request/system-clock.js'
import type { PersistentCacheOptions } from '../persistent-cache.js'
import { createCacheFile } from './cache-file.js'
import { UNPROTECTED } from './protection.js'
import { sharedItem } from './shared-item.js'
import { createSharedStore } from './shared-store.js'

/**
 * Chooses the place.
 *
 * @throws {ClientError} invalid_configuration, unencrypted_storage_not_allowed, native_unavailable – as createPersistentCache.
 */
export function choosePersistence(options: PersistentCacheOptions): CachePersistence {
  assertName(options.name)
  assertPath('directory', options.directory)
  assertPath('file', options.file)
  if (options.shared !== undefined && options.shared !== 'msal') {
    throw new ClientError('invalid_configuration', 'shared must be "msal".')
  }
  // On Windows the MSALs share a file.
  if (options.shared === 'msal' && process.platform !== 'win32') return chooseSharedStore(options)
  // Encrypted stores come before this line, one try a system; the plain file is what is left.
  if (options.allowUnencryptedStorage !== true) throw new ClientError('unencrypted_storage_not_allowed')
  const native = loadNativeAddon()
  requireCapability(native, 'fileLock')
  // The file's name says it too, for whoever finds it.
  const file = options.file ?? join(options.directory ?? userDataFolder(), `${options.name}.unencrypted.json`)
  return createCacheFile({
    file: resolve(file),
    protection: UNPROTECTED,
    native,
    clock: SYSTEM_CLOCK,
    logger: createLogger(options.logger),
  })
}

function chooseSharedStore(options: PersistentCacheOptions): CachePersistence {
  const given = options.file ?? join(options.directory ?? userDataFolder(), options.name)
  const shared = sharedItem(options, given)
  const native = loadNativeAddon()
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
    !/^\.+$|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name)
  if (!isPlain) {
    throw new ClientError(
      'invalid_configuration',
      'name must be a plain file name of at most 100 bytes, without separators and without a dot at its end.',
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

/** Where a program keeps data of one user on one machine. (XDG Base Directory Specification § 3) */
function userDataFolder(): string {
  const { LOCALAPPDATA, XDG_DATA_HOME } = process.env
  const home = homedir()
  if (process.platform === 'win32') return join(LOCALAPPDATA || join(home, 'AppData', 'Local'), 'latchkey')
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'latchkey')
  // "All paths set in these environment variables must be absolute", and a relative one is to be ignored.
  const base = XDG_DATA_HOME && isAbsolute(XDG_DATA_HOME) ? XDG_DATA_HOME : join(home, '.local', 'share')
  return join(base, 'latchkey')
}
