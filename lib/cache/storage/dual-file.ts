/** A token cache in two files: MSAL's format in one, ADAL v3's in the other. */
import { resolve } from 'node:path'
import { ClientError } from '../../errors.js'
import { createLogger } from '../../logger.js'
import { type LoadedAddon, loadNativeAddon, requireCapability } from '../../native/addon.js'
import type { CachePlugin, CachePluginContext } from '../../request/cache-plugin.js'
import { SYSTEM_CLOCK } from '../../request/system-clock.js'
import type { TokenCache } from '../../request/token-cache.js'
import type { DualFileCacheOptions } from '../dual-file-cache.js'
import { isSameBytes } from '../same-bytes.js'
import { TokenCache as Scratch } from '../token-cache.js'
import { isUnreadable, Patience, Refusals } from '../unreadable.js'
import { type CacheFile, createCacheFile } from './cache-file.js'
import { chooseEncryption, encryptionFor } from './choose-encryption.js'
import { assertPath } from './choose-persistence.js'
import { noLonger, type Protection, UNPROTECTED } from './protection.js'

/**
 * Makes the plugin. `native` is for tests.
 *
 * @throws {ClientError} invalid_configuration, encrypted_storage_unavailable, native_unavailable – as createDualFileCache.
 */
export async function createDualFile(
  options: DualFileCacheOptions,
  native: LoadedAddon = loadNativeAddon(),
): Promise<CachePlugin> {
  const { msalFile, adalV3File, encrypt = true } = options
  if (msalFile === undefined) throw new ClientError('invalid_configuration', 'msalFile must be a path.')
  const adalFile = typeof adalV3File === 'string' && adalV3File.trim() === '' ? undefined : (adalV3File ?? undefined)
  assertPath('msalFile', msalFile)
  assertPath('adalV3File', adalFile)
  if (adalFile !== undefined && resolve(adalFile) === resolve(msalFile)) {
    throw new ClientError('invalid_configuration', 'msalFile and adalV3File must be two files.')
  }
  if (typeof encrypt !== 'boolean') throw new ClientError('invalid_configuration', 'encrypt must be true or false.')
  requireCapability(native, 'fileLock')
  const logger = createLogger(options.logger)
  const open = async (path: string) => {
    const file = resolve(path)
    const protection = await protect(file, encrypt, native)
    return createCacheFile({ file, protection, native, clock: SYSTEM_CLOCK, logger })
  }
  return new DualFile(await open(msalFile), adalFile === undefined ? undefined : await open(adalFile))
}

/** Either way a file that was kept the other way until now can be read. */
async function protect(file: string, encrypt: boolean, native: LoadedAddon): Promise<Protection> {
  if (!encrypt) return noLonger((await encryptionFor(file, native)) ?? UNPROTECTED)
  const { protection, reason } = await chooseEncryption(file, native)
  if (protection !== undefined) return protection
  throw new ClientError('encrypted_storage_unavailable', undefined, { cause: reason })
}

/** What one application has got from a file: `null` before the first load. */
interface Got {
  bytes: Uint8Array | undefined | null
}

/** What one application has got from the files. */
interface Loaded {
  readonly msal: Got
  readonly adal: Got
  readonly patience: Patience
  /** Whether it has saved the file for ADAL: until then that may be plain where it should be encrypted. */
  hasSavedAdal: boolean
}

/** One of the files, and what may be wrong with it. */
class Half {
  readonly file: CacheFile
  readonly #refusals: Refusals
  #error: unknown
  #isAside = false

  constructor(file: CacheFile) {
    this.file = file
    this.#refusals = new Refusals(file.location)
  }

  /** Loads, and has `take` take what is other than `got`. */
  async load(got: Got, take: (bytes: Uint8Array | undefined) => void): Promise<void> {
    const bytes = await this.file.load()
    if (!isSameBytes(bytes, got.bytes)) {
      if (bytes === undefined) take(bytes)
      else this.#refusals.parse(bytes, take)
    }
    got.bytes = bytes
  }

  /** The same for whoever has the lock, past what was set aside in this change: memory stays, and is saved in any case. */
  async loadLocked(got: Got, take: (bytes: Uint8Array | undefined) => void): Promise<void> {
    const last = this.#error
    const isAside = this.#isAside
    this.#error = undefined
    this.#isAside = false
    try {
      await this.load(got, take)
    } catch (error) {
      this.#error = error
      if (!isAside || error !== last) throw error
      got.bytes = null
    }
  }

  /** Copies what {@link loadLocked} could not read, and lets its next call pass. Needs the lock. */
  async setAside(): Promise<string | undefined> {
    if (!isUnreadable(this.#error)) return undefined
    const copy = await this.file.setAside()
    this.#isAside = true
    return copy
  }
}

class DualFile implements CachePlugin {
  readonly #msal: Half
  readonly #adal: Half | undefined
  // For each application, since nothing forbids to pass one plugin to two.
  readonly #loaded = new WeakMap<TokenCache, Loaded>()

  constructor(msal: CacheFile, adal: CacheFile | undefined) {
    this.#msal = new Half(msal)
    this.#adal = adal && new Half(adal)
  }

  async beforeCacheAccess({ tokenCache, cacheHasChanged }: CachePluginContext): Promise<void> {
    const loaded = this.#loadedOf(tokenCache)
    // Before a change the lock is there already.
    if (cacheHasChanged) await loaded.patience.loadLocked(() => this.#load(tokenCache, loaded, 'loadLocked'))
    else await loaded.patience.load(() => this.#load(tokenCache, loaded, 'load'), [])
  }

  async afterCacheAccess({ tokenCache, cacheHasChanged }: CachePluginContext): Promise<void> {
    if (!cacheHasChanged) return
    const loaded = this.#loadedOf(tokenCache)
    const msal = tokenCache.serializeMsalV3()
    await this.#msal.file.save(msal)
    loaded.msal.bytes = msal
    if (this.#adal === undefined) return
    const { file } = this.#adal
    const adal = tokenCache.serializeAdalV3()
    if (isSameBytes(adal, loaded.adal.bytes) && (loaded.hasSavedAdal || adal === undefined)) return
    await (adal === undefined ? file.remove() : file.save(adal))
    loaded.adal.bytes = adal
    loaded.hasSavedAdal = true
  }

  /** Always in this order, so that two programs with the same files never wait for each other. */
  withLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const adal = this.#adal?.file
    return this.#msal.file.withLock(adal === undefined ? work : () => adal.withLock(work, signal), signal)
  }

  async setAside(): Promise<string | undefined> {
    const adal = await this.#adal?.setAside()
    return (await this.#msal.setAside()) ?? adal
  }

  withRefreshLock<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#msal.file.withRefreshLock(key, work, signal)
  }

  watch(listener: () => void): () => void {
    const stops = [this.#msal, this.#adal].map(half => half?.file.watch(listener))
    return () => {
      for (const stop of stops) stop?.()
    }
  }

  /** Both, whatever is wrong with one of them. */
  async #load(tokenCache: TokenCache, loaded: Loaded, how: 'load' | 'loadLocked'): Promise<void> {
    const errors: unknown[] = []
    const noting = (error: unknown) => void errors.push(error)
    // ADAL's first, as in Microsoft's sample. What has not changed stays: memory may hold what could not be saved.
    await this.#adal?.[how](loaded.adal, bytes => tokenCache.deserializeAdalV3(bytes)).catch(noting)
    await this.#msal[how](loaded.msal, bytes => replaceContents(tokenCache, bytes)).catch(noting)
    if (errors.length > 0) throw errors.find(error => !isUnreadable(error)) ?? errors[0]
  }

  #loadedOf(tokenCache: TokenCache): Loaded {
    let loaded = this.#loaded.get(tokenCache)
    if (loaded === undefined) {
      const patience = new Patience({ clock: SYSTEM_CLOCK, withLock: (work, signal) => this.withLock(work, signal) })
      loaded = { msal: { bytes: null }, adal: { bytes: null }, patience, hasSavedAdal: false }
      this.#loaded.set(tokenCache, loaded)
    }
    return loaded
  }
}

/** Takes the contents of a file, which may be one of MSAL.NET 2. When it is neither, the contents stay as they were. */
function replaceContents(tokenCache: TokenCache, bytes: Uint8Array | undefined): void {
  try {
    tokenCache.deserializeMsalV3(bytes, { shouldClearExisting: true })
  } catch (error) {
    const scratch = new Scratch()
    try {
      scratch.deserializeMsalV2(bytes)
    } catch {
      throw error
    }
    tokenCache.deserializeMsalV3(scratch.serializeMsalV3(), { shouldClearExisting: true })
  }
}
