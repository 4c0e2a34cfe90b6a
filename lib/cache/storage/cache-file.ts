/** A token cache in a file: protected by the system where it can, and by the file's permissions in any case. */
import { randomBytes } from 'node:crypto'
import { AuthError, ClientError } from '../../errors.js'
import type { Logger } from '../../logger.js'
import type { LoadedAddon } from '../../native/addon.js'
import type { Clock } from '../../request/clock.js'
import type { CachePersistence } from '../../request/persistence.js'
import { ensureFolderOf, removeFile, writeFileAtomically } from './atomic-file.js'
import { createFileLock, type FileLock } from './file-lock.js'
import { watchFile } from './file-watch.js'
import { type Protection, UNPROTECTED } from './protection.js'
import { createRefreshLock, type RefreshLock } from './refresh-lock.js'
import { identify, MAX_FILE_BYTES, readSettledFile, type SettledFile } from './settled-file.js'

/** What a cache file is made of. */
export interface CacheFileOptions {
  /** Absolute path. Its lock file is `<file>.lockfile`, as every MSAL names it. */
  file: string
  protection: Protection
  native: LoadedAddon
  clock: Clock
  logger: Logger
}

/** A persistence for callers that hold the lock while they do more than one thing. */
export interface CacheFile extends CachePersistence {
  withRefreshLock: RefreshLock['withRefreshLock']
  /** Removes what is stored. Call it inside {@link withLock}. */
  remove(): Promise<void>
  watch(listener: () => void): () => void
}

/** A persistence that keeps the cache in `options.file`. Says so in the log, once, when that is not encrypted. */
export function createCacheFile(options: CacheFileOptions): CacheFile {
  if (options.protection === UNPROTECTED) {
    const text = 'Tokens are kept in a file that is not encrypted'
    options.logger.warning(`${text}.`, `${text}: ${options.file}`)
  }
  return new ProtectedFile(options)
}

/** The contents, opened, of a file as it was at one moment. */
type Loaded = Pick<SettledFile, 'bytes' | 'identity' | 'isFresh'>

class ProtectedFile implements CacheFile {
  readonly #options: CacheFileOptions
  readonly #file: string
  readonly #lock: FileLock
  readonly #refreshLock: RefreshLock
  readonly #listeners = new Set<() => void>()
  #isLocked = false
  // Counts the beginnings and the ends of this process's own writes: odd while one is under way.
  #writes = 0
  #loaded: Loaded | undefined
  // The file as this process last saw or wrote it; `null` before the first look.
  #seen: string | undefined | null = null

  constructor(options: CacheFileOptions) {
    this.#options = options
    this.#file = options.file
    this.#lock = createFileLock({ ...options, path: lockFileOf(options.file) })
    this.#refreshLock = createRefreshLock(options)
  }

  get location(): string {
    return this.#file
  }

  get protection(): string {
    return this.#options.protection.description
  }

  async load(): Promise<Uint8Array | undefined> {
    try {
      const identity = await this.#look()
      if (identity === undefined) {
        this.#loaded = undefined
        return undefined
      }
      const last = this.#loaded
      if (last !== undefined && !last.isFresh && last.identity === identity) return last.bytes
      const file = await readSettledFile(this.#file, this.#options.clock)
      if (file.wasOpenToOthers) this.#warnOfOpenFile()
      const bytes = file.bytes && (await this.#options.protection.open(file.bytes))
      // The same contents stay the same array, so that nobody parses them again.
      this.#loaded = { ...file, bytes: isSame(bytes, last?.bytes) ? last?.bytes : bytes }
      return this.#loaded.bytes
    } catch (cause) {
      if (cause instanceof AuthError) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ClientError('cache_read_failed', `${this.#file} could not be read: ${reason}`, { cause })
    }
  }

  async save(bytes: Uint8Array): Promise<void> {
    if (!this.#isLocked) throw new ClientError('cache_write_failed', 'save() was called outside withLock().')
    if (bytes.length > MAX_FILE_BYTES) {
      throw new ClientError('cache_write_failed', `The cache is larger than ${MAX_FILE_BYTES >> 20} MB.`)
    }
    const sealed = await this.#options.protection.seal(bytes)
    await this.#write(() => writeFileAtomically(this.#file, sealed))
  }

  async delete(): Promise<void> {
    // Always with a lock of its own: that somebody has one does not say that it is the caller, and a removal in the middle
    // of another caller's change would be undone by its save.
    await this.withLock(() => this.remove())
  }

  async remove(): Promise<void> {
    if (!this.#isLocked) throw new ClientError('cache_write_failed', 'remove() was called outside withLock().')
    await this.#write(() => removeFile(this.#file))
  }

  async withLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await ensureFolderOf(this.#file)
    return this.#lock.withLock(async () => {
      this.#isLocked = true
      try {
        return await work()
      } finally {
        this.#isLocked = false
      }
    }, signal)
  }

  withRefreshLock<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#refreshLock.withRefreshLock(key, work, signal)
  }

  async verify(): Promise<void> {
    const probe = `${this.#file}.${randomBytes(8).toString('hex')}.probe`
    const sent = randomBytes(64)
    await ensureFolderOf(probe)
    await createFileLock({ ...this.#options, path: lockFileOf(probe) }).withLock(async () => {
      try {
        await writeFileAtomically(probe, sent)
        const { bytes } = await readSettledFile(probe, this.#options.clock)
        if (!isSame(bytes, sent)) throw new Error('what was written is not what is read')
      } catch (cause) {
        if (cause instanceof AuthError) throw cause
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new ClientError('cache_read_failed', `${probe} could not be read: ${reason}`, { cause })
      } finally {
        await removeFile(probe)
      }
    })
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    const stop = watchFile(this.#file, () => this.#look(), this.#options.logger)
    return () => {
      this.#listeners.delete(listener)
      stop()
    }
  }

  async #write(change: () => Promise<void>): Promise<void> {
    this.#writes++
    try {
      await change()
      this.#seen = await identify(this.#file)
    } finally {
      this.#writes++
    }
  }

  /** The identity of the file now. Tells the listeners when it is a new one and none of this process's own writes. */
  async #look(): Promise<string | undefined> {
    const writes = this.#writes
    const identity = await identify(this.#file)
    if (writes % 2 === 0 && writes === this.#writes) {
      const isNew = this.#seen !== null && this.#seen !== identity
      this.#seen = identity
      // Later, because a listener may call this object again.
      if (isNew) for (const listener of this.#listeners) setImmediate(listener)
    }
    return identity
  }

  #warnOfOpenFile(): void {
    const text = 'The token cache could be read by other users of this machine; now only its owner can'
    this.#options.logger.warning(`${text}.`, `${text}: ${this.#file}`)
  }
}

function lockFileOf(file: string): string {
  return `${file}.lockfile`
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return Buffer.compare(one, other) === 0
}
