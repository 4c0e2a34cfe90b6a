/** The life of the key that a cache file is encrypted with: fetched, made, exchanged, wiped. */
import { randomBytes } from 'node:crypto'
import { ClientError } from '../../errors.js'
import type { NativeSecretStore, SecretItem } from '../../native/contract.js'
import { OneAtATime } from '../one-at-a-time.js'
import { KEY_BYTES, keyIdOf } from './envelope.js'
import { Refusal } from './refusal.js'
import { secretStoreError } from './secret-failure.js'

// A person may be asked to unlock the store while the file is locked, and the others wait 60 s for that lock.
const TIMEOUT_MS = 50_000
// The item: this byte, then the key in use, and during an exchange the one before.
const ITEM_VERSION = 1
const MAX_KEYS = 2

/**
 * The keys of one file, as the store had them when it was asked last. Looking at them is synchronous, because the next
 * answer of the store wipes them. Errors name no key, and nothing else does.
 */
export class CacheKeys {
  readonly #store: NativeSecretStore
  readonly #item: SecretItem
  readonly #label: string
  readonly #refusal: Refusal
  readonly #answers = new OneAtATime(() => this.#fetch())
  #keys: readonly Buffer[] = []
  #mayBeStored = false

  /** For the file with this absolute path. Asks nobody yet. */
  constructor(store: NativeSecretStore, file: string, refusal = new Refusal()) {
    this.#store = store
    this.#item = keyItem(file)
    this.#refusal = refusal
    this.#label = `Key of the token cache ${file}`
  }

  /** The key to seal with; `undefined` when none is known. Valid until the next `await`. */
  get current(): Uint8Array | undefined {
    return this.#keys[0]
  }

  /** The key with this id; `undefined` when it is not known. Valid until the next `await`. */
  find(keyId: string): Uint8Array | undefined {
    return this.#keys.find(key => keyIdOf(key) === keyId)
  }

  /**
   * Asks the store, once for all who ask meanwhile: the answer is never older than the call, but for a {@link Refusal}.
   *
   * @throws {NativeFailure} as the store fails.
   */
  ask(): Promise<void> {
    return this.#answers.runNow()
  }

  /**
   * As {@link ask}.
   *
   * @throws {ClientError} secret_store_locked, secret_store_unavailable – nobody can tell what the store has.
   */
  async refresh(): Promise<void> {
    try {
      await this.ask()
    } catch (failure) {
      throw secretStoreError(failure)
    }
  }

  /**
   * Makes a key and stores it in place of those that are there. Call it under the lock of the file, when nothing that is
   * there is sealed with one of them.
   *
   * @throws {ClientError} secret_store_locked, secret_store_unavailable – it could not be stored.
   */
  async make(): Promise<void> {
    await this.#put([randomBytes(KEY_BYTES)])
  }

  /**
   * Makes a key to seal with from now on, and keeps that with this id beside it. Call it under the lock of the file.
   *
   * @throws {ClientError} as {@link make}.
   */
  async makeBeside(keyId: string): Promise<void> {
    const before = this.#keys.filter(key => keyIdOf(key) === keyId).map(key => Buffer.from(key))
    await this.#put([randomBytes(KEY_BYTES), ...before])
  }

  /**
   * Removes from the store every key but the one to seal with. Call it under the lock of the file.
   *
   * @throws {ClientError} as {@link make}.
   */
  async dropFormer(): Promise<void> {
    await this.#put(this.#keys.slice(0, 1).map(key => Buffer.from(key)))
  }

  /**
   * Removes from the store what this object has put there, if it has.
   *
   * @throws {ClientError} what the store answered, as {@link make}.
   */
  async remove(): Promise<void> {
    this.#replace([])
    if (!this.#mayBeStored) return
    try {
      await this.#store.delete(this.#item, TIMEOUT_MS)
    } catch (failure) {
      throw secretStoreError(failure)
    }
  }

  async #fetch(): Promise<void> {
    this.#refusal.assertNone()
    const secret = await this.#store.get(this.#item, TIMEOUT_MS)
    this.#replace(secret === undefined ? [] : parseItem(secret))
    secret?.fill(0)
  }

  /** Stores these keys and reads them back, because there are stores that say yes and keep nothing. */
  async #put(keys: readonly Buffer[]): Promise<void> {
    const secret = Buffer.concat([Buffer.of(ITEM_VERSION), ...keys])
    const ids = keys.map(keyIdOf)
    for (const key of keys) key.fill(0)
    try {
      this.#mayBeStored = true
      await this.#store.set(this.#item, secret, this.#label, TIMEOUT_MS)
    } catch (failure) {
      throw secretStoreError(failure)
    } finally {
      secret.fill(0)
    }
    await this.refresh()
    if (this.#keys.map(keyIdOf).join() === ids.join()) return
    throw new ClientError('secret_store_unavailable', 'The secret store does not give back the key that it was given.')
  }

  #replace(keys: readonly Buffer[]): void {
    for (const key of this.#keys) key.fill(0)
    this.#keys = keys
  }
}

/** Where the key of a file is: found by the name of this library and the absolute path of the file. */
function keyItem(file: string): SecretItem {
  return {
    service: 'latchkey',
    account: file,
    schema: 'latchkey.cache-key',
    matchSchema: true,
    attributes: { application: 'latchkey', file },
    collection: 'default',
    contentType: 'application/octet-stream',
  }
}

/** The keys in an item; none when it is something else, which is as good as no key. */
function parseItem(secret: Uint8Array): readonly Buffer[] {
  const count = (secret.length - 1) / KEY_BYTES
  if (secret[0] !== ITEM_VERSION || !Number.isInteger(count) || count < 1 || count > MAX_KEYS) return []
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(secret.subarray(1 + i * KEY_BYTES, 1 + (i + 1) * KEY_BYTES)),
  )
}
