/** A token cache in two files: MSAL's format in one, ADAL v3's in the other. */
import { resolve } from 'node:path'
import { ClientError } from '../../errors.js'
import { createLogger } from '../../logger.js'
import { loadNativeAddon, requireCapability } from '../../native/addon.js'
import type { CachePlugin, CachePluginContext } from '../../request/cache-plugin.js'
import { SYSTEM_CLOCK } from '../../request/system-clock.js'
import type { TokenCache } from '../../request/token-cache.js'
import type { DualFileCacheOptions } from '../dual-file-cache.js'
import { TokenCache as Scratch } from '../token-cache.js'
import { type CacheFile, createCacheFile } from './cache-file.js'
import { assertPath } from './choose-persistence.js'
import { UNPROTECTED } from './protection.js'

/**
 * Makes the plugin.
 *
 * @throws {ClientError} invalid_configuration, encrypted_storage_unavailable, native_unavailable – as createDualFileCache.
 */
export function createDualFile(options: DualFileCacheOptions): CachePlugin {
  const { msalFile, adalV3File, encrypt = true } = options
  if (msalFile === undefined) throw new ClientError('invalid_configuration', 'msalFile must be a path.')
  const adalFile = typeof adalV3File === 'string' && adalV3File.trim() === '' ? undefined : (adalV3File ?? undefined)
  assertPath('msalFile', msalFile)
  assertPath('adalV3File', adalFile)
  if (adalFile !== undefined && resolve(adalFile) === resolve(msalFile)) {
    throw new ClientError('invalid_configuration', 'msalFile and adalV3File must be two files.')
  }
  if (typeof encrypt !== 'boolean') throw new ClientError('invalid_configuration', 'encrypt must be true or false.')
  if (encrypt) throw new ClientError('encrypted_storage_unavailable')
  const native = loadNativeAddon()
  requireCapability(native, 'fileLock')
  const logger = createLogger(options.logger)
  const open = (file: string) =>
    createCacheFile({ file: resolve(file), protection: UNPROTECTED, native, clock: SYSTEM_CLOCK, logger })
  return new DualFile(open(msalFile), adalFile === undefined ? undefined : open(adalFile))
}

/** What one application has got from the files. */
interface Loaded {
  /** `null` before the first load. */
  msal: Uint8Array | undefined | null
  adal: Uint8Array | undefined | null
}

class DualFile implements CachePlugin {
  readonly #msal: CacheFile
  readonly #adal: CacheFile | undefined
  // For each application, since nothing forbids to pass one plugin to two.
  readonly #loaded = new WeakMap<TokenCache, Loaded>()

  constructor(msal: CacheFile, adal: CacheFile | undefined) {
    this.#msal = msal
    this.#adal = adal
  }

  async beforeCacheAccess({ tokenCache }: CachePluginContext): Promise<void> {
    const loaded = this.#loadedOf(tokenCache)
    // ADAL's first, as in Microsoft's sample. What has not changed stays: memory may hold what could not be saved.
    if (this.#adal !== undefined) {
      const bytes = await this.#adal.load()
      if (!isSame(bytes, loaded.adal)) tokenCache.deserializeAdalV3(bytes)
      loaded.adal = bytes
    }
    const bytes = await this.#msal.load()
    if (!isSame(bytes, loaded.msal)) replaceContents(tokenCache, bytes)
    loaded.msal = bytes
  }

  async afterCacheAccess({ tokenCache, cacheHasChanged }: CachePluginContext): Promise<void> {
    if (!cacheHasChanged) return
    const loaded = this.#loadedOf(tokenCache)
    const msal = tokenCache.serializeMsalV3()
    await this.#msal.save(msal)
    loaded.msal = msal
    if (this.#adal === undefined) return
    const adal = tokenCache.serializeAdalV3()
    if (isSame(adal, loaded.adal)) return
    await (adal === undefined ? this.#adal.remove() : this.#adal.save(adal))
    loaded.adal = adal
  }

  /** Always in this order, so that two programs with the same files never wait for each other. */
  withLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const adal = this.#adal
    return this.#msal.withLock(adal === undefined ? work : () => adal.withLock(work, signal), signal)
  }

  withRefreshLock<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#msal.withRefreshLock(key, work, signal)
  }

  watch(listener: () => void): () => void {
    const stops = [this.#msal, this.#adal].map(file => file?.watch(listener))
    return () => {
      for (const stop of stops) stop?.()
    }
  }

  #loadedOf(tokenCache: TokenCache): Loaded {
    let loaded = this.#loaded.get(tokenCache)
    if (loaded === undefined) {
      loaded = { msal: null, adal: null }
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

function isSame(bytes: Uint8Array | undefined, loaded: Uint8Array | undefined | null): boolean {
  if (bytes === loaded) return true
  return bytes !== undefined && loaded != null && Buffer.compare(bytes, loaded) === 0
}
