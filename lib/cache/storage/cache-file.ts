/** A token cache in a file: protected by the system where it can, and by the file's permissions in any case. */
import { randomBytes } from 'node:crypto'
import { AuthError, ClientError } from '../../errors.js'
import type { Logger } from '../../logger.js'
import type { LoadedAddon } from '../../native/addon.js'
import type { Clock } from '../../request/clock.js'
import type { PersistentCache } from '../persistent-cache.js'
import { isSameBytes } from '../same-bytes.js'
import { removeFile, removeStaleTemporaries, STALE_AFTER_MS, writeFileAtomically } from './atomic-file.js'
import { HEADER_BYTES } from './envelope.js'
import type { HeldLock } from './file-lock.js'
import { FileChanges } from './file-watch.js'
import { PlaceLock } from './place-lock.js'
import { probeIdOf } from './probe.js'
import type { Protection } from './protection.js'
import { createRefreshLock, type RefreshLock } from './refresh-lock.js'
import { setFileAside } from './set-aside.js'
import { MAX_FILE_BYTES, readSettledFile, readStart, type SettledFile } from './settled-file.js'

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
export interface CacheFile extends PersistentCache {
  withRefreshLock: RefreshLock['withRefreshLock']
  /** Removes what is stored. Call it inside {@link withLock}. */
  remove(): Promise<void>
  setAside(): Promise<string>
  watch(listener: () => void): () => void
}

/** A persistence that keeps the cache in `options.file`. Says so in the log, once, when that is not encrypted. */
export function createCacheFile(options: CacheFileOptions): CacheFile {
  if (!options.protection.isEncrypted) {
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
  readonly #lock: PlaceLock
  readonly #refreshLock: RefreshLock
  readonly #changes: FileChanges
  #tidiedAt = Number.NEGATIVE_INFINITY
  #loaded: Loaded | undefined
  /** The identity of a file that a copy has been made of. */
  #setAside: string | undefined
  /** What could not be opened last, and the error, which stays the same object for the same bytes. */
  #unopened: { readonly sealed: Uint8Array; readonly error: AuthError } | undefined

  constructor(options: CacheFileOptions) {
    this.#options = options
    this.#file = options.file
    this.#lock = new PlaceLock(options)
    this.#refreshLock = createRefreshLock(options)
    this.#changes = new FileChanges(options.file, options.logger)
  }

  get location(): string {
    return this.#file
  }

  get protection(): string {
    return this.#options.protection.description
  }

  async load(): Promise<Uint8Array | undefined> {
    try {
      for (;;) {
        const glance = await this.#changes.look()
        if (glance === undefined) {
          this.#loaded = undefined
          return undefined
        }
        const last = this.#loaded
        if (last !== undefined && !last.isFresh && last.identity === glance.identity) return last.bytes
        const file = await readSettledFile(this.#file, this.#options.clock)
        if (file.wasOpenToOthers) this.#warnOfOpenFile()
        try {
          const bytes = file.bytes && (await this.#open(file.bytes))
          // The same contents stay the same array, so that nobody parses them again.
          this.#loaded = { ...file, bytes: isSameBytes(bytes, last?.bytes) ? last?.bytes : bytes }
          return this.#loaded.bytes
        } catch (error) {
          // Another process may have replaced it, and its key with it, while the key was asked for.
          if ((await this.#changes.look())?.identity === file.identity) throw error
        }
      }
    } catch (cause) {
      throw unread(this.#file, cause)
    }
  }

  /** Tried each time, since a key may come back; only the error is remembered. */
  async #open(sealed: Uint8Array): Promise<Uint8Array> {
    try {
      const bytes = await this.#options.protection.open(sealed)
      this.#unopened = undefined
      return bytes
    } catch (error) {
      const last = this.#unopened
      if (!(error instanceof AuthError)) throw error
      if (last?.error.code === error.code && isSameBytes(last.sealed, sealed)) throw last.error
      this.#unopened = { sealed, error }
      throw error
    }
  }

  async save(bytes: Uint8Array): Promise<void> {
    const held = this.#lock.heldFor('save')
    const sealed = await this.#options.protection.seal(bytes, await this.#start())
    if (sealed.length > MAX_FILE_BYTES) {
      throw new ClientError('cache_write_failed', `The cache is larger than ${MAX_FILE_BYTES >> 20} MB.`)
    }
    await this.#assertReplaceable()
    const identity = await this.#replace(sealed, held)
    // No program gives the file the time that this one did, so that a later write shows in any case.
    if (identity !== undefined && bytes.length > 0) this.#loaded = { bytes, identity, isFresh: false }
  }

  async delete(): Promise<void> {
    // Always with a lock of its own: that somebody has one does not say that it is the caller, and a removal in the middle
    // of another caller's change would be undone by its save.
    await this.withLock(() => this.remove())
  }

  async remove(): Promise<void> {
    await this.#lock.heldFor('remove').assertHeld()
    await this.#changes.write(() => removeFile(this.#file))
  }

  async setAside(): Promise<string> {
    await this.#lock.heldFor('setAside').assertHeld()
    const { copy, bytes, identity } = await setFileAside(this.#file, this.#options.clock)
    this.#setAside = identity
    this.#options.protection.startAnew?.(bytes)
    return copy
  }

  async withLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    // Before there is a lock that others wait for, and not with every save, which would take longer in a full folder.
    const now = this.#options.clock.now()
    if (now - this.#tidiedAt > STALE_AFTER_MS) {
      this.#tidiedAt = now
      await removeStaleTemporaries(this.#file)
    }
    return this.#lock.withLock(work, signal)
  }

  async rotateKey(): Promise<void> {
    const { protection, clock } = this.#options
    if (protection.rotateKey === undefined) throw new ClientError('encrypted_storage_unavailable')
    await this.withLock(async () => {
      const held = this.#lock.heldFor('rotateKey')
      let stored: Uint8Array | undefined
      try {
        const isThere = (await this.#changes.look()) !== undefined
        if (isThere) stored = (await readSettledFile(this.#file, clock)).bytes
      } catch (cause) {
        throw unread(this.#file, cause)
      }
      await protection.rotateKey?.(stored, async sealed => {
        await this.#replace(sealed, held)
        // The former key goes next, which somebody else may need who has the lock by now.
        await held.assertHeld()
      })
    })
  }

  withRefreshLock<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#refreshLock.withRefreshLock(key, work, signal)
  }

  async verify(): Promise<void> {
    const probe = `${this.#file}.${probeIdOf(this.#file)}.probe`
    const own = this.#options.protection.forFile?.(probe)
    const protection = own ?? this.#options.protection
    const sent = randomBytes(64)
    await new PlaceLock({ ...this.#options, file: probe }).withLock(async () => {
      try {
        await removeStaleTemporaries(probe)
        // Makes a key also where one has been left, which would else be used and stay.
        await own?.rotateKey?.(undefined, async () => {})
        await writeFileAtomically(probe, await protection.seal(sent, undefined))
        const { bytes: stored } = await readSettledFile(probe, this.#options.clock)
        const read = stored && (await protection.open(stored))
        if (!isSameBytes(read, sent)) throw new Error('what was written is not what is read')
      } catch (cause) {
        throw unread(probe, cause)
      } finally {
        await removeFile(probe).finally(() => protection.forget?.())
      }
    })
  }

  watch(listener: () => void): () => void {
    return this.#changes.watch(listener)
  }

  /** Resolves with the identity of the file, unless somebody else may have written to it. */
  #replace(sealed: Uint8Array, held: HeldLock): Promise<string | undefined> {
    return this.#changes.write(() => writeFileAtomically(this.#file, sealed, () => held.assertHeld()))
  }

  /** Who saves without having loaded before would else lose what another program, or a key that comes back, can still open. */
  async #assertReplaceable(): Promise<void> {
    const glance = await this.#changes.look()
    if (glance === undefined || [this.#loaded?.identity, this.#setAside].includes(glance.identity)) return
    await this.load()
  }

  /** What the file begins with now. */
  async #start(): Promise<Uint8Array | undefined> {
    try {
      return await readStart(this.#file, HEADER_BYTES)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ClientError('cache_write_failed', `${this.#file} cannot be replaced: ${reason}`, { cause })
    }
  }

  #warnOfOpenFile(): void {
    const text = 'The token cache could be read by other users of this machine; now only its owner can'
    this.#options.logger.warning(`${text}.`, `${text}: ${this.#file}`)
  }
}

/** The error itself where it says what is wrong, else cache_read_failed. */
function unread(file: string, cause: unknown): AuthError {
  if (cause instanceof AuthError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ClientError('cache_read_failed', `${file} could not be read: ${reason}`, { cause })
}
