/** Chooses where the token cache is kept on this system, and refuses what would be less safe than was asked for. */
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { ClientError } from '../../errors.js'
import { createLogger } from '../../logger.js'
import { type LoadedAddon, loadNativeAddon, requireCapability } from '../../native/addon.js'
import { SYSTEM_CLOCK } from '../../request/system-clock.js'
import type { PersistentCache, PersistentCacheOptions } from '../persistent-cache.js'
import { createCacheFile } from './cache-file.js'
import { chooseEncryption } from './choose-encryption.js'
import { DpapiProtection } from './dpapi-protection.js'
import { type Protection, UNPROTECTED, unprotected } from './protection.js'

/**
 * Chooses the place. `native` is for tests.
 *
 * @throws {ClientError} invalid_configuration, unencrypted_storage_not_allowed, native_unavailable – as createPersistentCache.
 */
export async function choosePersistence(
  options: PersistentCacheOptions,
  native: LoadedAddon = loadNativeAddon(),
): Promise<PersistentCache> {
  if (options.name !== undefined || options.file === undefined) assertName(options.name)
  assertPath('directory', options.directory)
  assertPath('file', options.file)
  requireCapability(native, 'fileLock')
  const allowsPlain = options.allowUnencryptedStorage === true
  const file = resolve(options.file ?? join(options.directory ?? userDataFolder(), `${options.name}`))
  const protection =
    options.file === undefined ? await protectOwn(file, allowsPlain, native) : protectAsMsal(allowsPlain, native)
  return createCacheFile({ file, protection, native, clock: SYSTEM_CLOCK, logger: createLogger(options.logger) })
}

/** A file that nobody else knows how to read. */
async function protectOwn(file: string, allowsPlain: boolean, native: LoadedAddon): Promise<Protection> {
  const { protection, reason } = await chooseEncryption(file, native)
  if (protection !== undefined) return protection
  if (allowsPlain) return unprotected(reason)
  throw new ClientError('unencrypted_storage_not_allowed', undefined, { cause: reason })
}

/** A file as the MSALs write it at a path of the caller's. */
function protectAsMsal(allowsPlain: boolean, { dataProtection }: LoadedAddon): Protection {
  if (dataProtection !== undefined) return new DpapiProtection(dataProtection, { keepsPlain: allowsPlain })
  if (allowsPlain) return UNPROTECTED
  throw new ClientError('unencrypted_storage_not_allowed')
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
