/** A token cache that is as a whole in the keychain or keyring, shared with the MSALs that keep theirs there. */
import { randomUUID } from 'node:crypto'
import { AuthError, ClientError } from '../../errors.js'
import type { Logger } from '../../logger.js'
import { type LoadedAddon, requireCapability } from '../../native/addon.js'
import type { Clock } from '../../request/clock.js'
import { OneAtATime } from '../one-at-a-time.js'
import type { PersistentCache } from '../persistent-cache.js'
import { isSameBytes } from '../same-bytes.js'
import { removeFile } from './atomic-file.js'
import { FileChanges } from './file-watch.js'
import { PlaceLock } from './place-lock.js'
import { probeIdOf } from './probe.js'
import { createRefreshLock, type RefreshLock } from './refresh-lock.js'
import { decodeShared, encodeShared, probeItem, type SharedItem, setAsideItem } from './shared-item.js'
import { createSignalFile, touchSignalFile } from './signal-file.js'
import { type SecretAccess, StoredSecret } from './stored-secret.js'

/** What a shared store is made of. */
export interface SharedStoreOptions {
  /** Absolute path of the signal file. Its lock file is `<file>.lockfile`. */
  file: string
  shared: SharedItem
  native: LoadedAddon
  clock: Clock
  logger: Logger
}

/** One slot more than the copies that are kept: the empty one is where the next copy goes. */
const SLOTS = [1, 2, 3, 4]

/**
 * A persistence that keeps the cache in the store of secrets.
 *
 * @throws {ClientError} native_unavailable – the native addon cannot be loaded.
 */
export function createSharedStore(options: SharedStoreOptions): PersistentCache {
  return new SharedStore(options)
}

/** What the store had when the signal file was as it says. */
interface Loaded {
  readonly bytes: Uint8Array | undefined
  readonly identity: string
  readonly isFresh: boolean
}

class SharedStore implements PersistentCache {
  readonly #options: SharedStoreOptions
  readonly #file: string
  readonly #access: SecretAccess
  readonly #secret: StoredSecret
  readonly #lock: PlaceLock
  readonly #refreshLock: RefreshLock
  readonly #changes: FileChanges
  #loaded: Loaded | undefined
  #lastBytes: Uint8Array | undefined
  readonly #answers = new OneAtATime(async () => {
    const loaded = await this.#unchanged()
    return loaded === undefined ? this.#ask() : loaded.bytes
  })

  constructor(options: SharedStoreOptions) {
    const { file, shared, native, clock, logger } = options
    this.#options = options
    this.#file = file
    this.#access = { store: requireCapability(native, 'secretStore'), clock }
    this.#secret = new StoredSecret(this.#access, shared.item)
    this.#lock = new PlaceLock(options)
    this.#refreshLock = createRefreshLock(options)
    this.#changes = new FileChanges(file, logger)
  }

  get location(): string {
    return this.#file
  }

  get protection(): string {
    return process.platform === 'darwin' ? 'whole in the Keychain' : 'whole in the Secret Service'
  }

  async load(): Promise<Uint8Array | undefined> {
    // A writer that was killed before it touched the signal file has stored what nobody was told of. Whoever is about to
    // replace that has to know it.
    if (this.#lock.isHeld) return this.#ask()
    const known = await this.#unchanged()
    if (known !== undefined) return known.bytes
    return this.#answers.run()
  }

  async save(bytes: Uint8Array): Promise<void> {
    const held = this.#lock.heldFor('save')
    const { shared } = this.#options
    const secret = encodeShared(bytes, shared.format)
    // What cannot be announced is not stored.
    await createSignalFile(this.#file)
    await held.assertHeld()
    await this.#changes.write(async () => {
      await this.#secret.set(secret, shared.label)
      await touchSignalFile(this.#file)
    })
  }

  async delete(): Promise<void> {
    await this.withLock(async () => {
      await this.#lock.heldFor('delete').assertHeld()
      await this.#changes.write(async () => {
        await this.#secret.delete()
        await removeFile(this.#file)
      })
    })
  }

  withLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#lock.withLock(work, signal)
  }

  /** In the store, since the contents may be somebody's tokens in plain text. The last three are kept. */
  async setAside(): Promise<string> {
    await this.#lock.heldFor('setAside').assertHeld()
    const stored = await this.#secret.get()
    if (stored === undefined) throw new ClientError('cache_write_failed', 'There is nothing to set aside.')
    const slots = SLOTS.map(
      slot => new StoredSecret(this.#access, setAsideItem(this.#options.shared.item, this.#file, slot)),
    )
    let free = 0
    while (free < slots.length - 1 && (await slots[free]?.get()) !== undefined) free++
    const label = `Token cache ${this.#file}, set aside on ${new Date(this.#options.clock.now()).toISOString()}`
    // One that is there would keep its label.
    await slots[free]?.delete()
    await slots[free]?.set(stored, label)
    // The oldest: its slot is the next one that is free.
    await slots[(free + 1) % slots.length]?.delete()
    return `${label}, in the secret store`
  }

  async rotateKey(): Promise<void> {
    throw new ClientError(
      'encrypted_storage_unavailable',
      'A cache that is whole in the secret store has no key of ours.',
    )
  }

  withRefreshLock<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#refreshLock.withRefreshLock(key, work, signal)
  }

  async verify(): Promise<void> {
    const { shared, native, clock } = this.#options
    const id = probeIdOf(this.#file)
    const probe = `${this.#file}.${id}.probe`
    const secret = new StoredSecret(this.#access, probeItem(shared.item, id))
    const sent = encodeShared(Buffer.from(JSON.stringify({ probe: randomUUID() })), shared.format)
    await new PlaceLock({ file: probe, native, clock }).withLock(async () => {
      try {
        await touchSignalFile(probe)
        await secret.set(sent, shared.label)
        const found = await secret.get()
        if (!isSameBytes(found, sent)) {
          throw new ClientError('secret_store_unavailable', 'The secret store does not give back what it was given.')
        }
        await secret.delete()
      } catch (error) {
        await secret.delete().catch(() => {})
        throw error
      } finally {
        await removeFile(probe)
      }
    })
  }

  watch(listener: () => void): () => void {
    return this.#changes.watch(listener)
  }

  /** What was loaded last, unless the signal file has changed since, or is not there to tell. */
  async #unchanged(): Promise<Loaded | undefined> {
    const glance = await this.#glance()
    const last = this.#loaded
    return last === undefined || last.isFresh || last.identity !== glance?.identity ? undefined : last
  }

  async #ask(): Promise<Uint8Array | undefined> {
    // Before the store: what is stored after this look is announced after it, too.
    const glance = await this.#glance()
    const stored = await this.#secret.get()
    const bytes = stored === undefined || stored.length === 0 ? undefined : decodeShared(stored)
    // The same contents stay the same array, so that nobody parses them again.
    if (!isSameBytes(bytes, this.#lastBytes)) this.#lastBytes = bytes
    this.#loaded = glance && { ...glance, bytes: this.#lastBytes }
    return this.#lastBytes
  }

  async #glance() {
    try {
      return await this.#changes.look()
    } catch (cause) {
      if (cause instanceof AuthError) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ClientError('cache_read_failed', `${this.#file} could not be read: ${reason}`, { cause })
    }
  }
}
