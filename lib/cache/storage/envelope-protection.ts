/** Encrypts a cache file with AES-256-GCM and a key that the system's store of secrets keeps. */
import { basename } from 'node:path'
import { ClientError } from '../../errors.js'
import type { NativeSecretStore } from '../../native/contract.js'
import { CacheKeys } from './cache-key.js'
import { HEADER_BYTES, keyIdOf, openEnvelope, readHeader, sealEnvelope } from './envelope.js'
import { isPlain, type Protection } from './protection.js'
import { Refusal } from './refusal.js'

/** For the cache file with this absolute path, with keys in `store`. */
export class EnvelopeProtection implements Protection {
  readonly isEncrypted = true
  readonly #store: NativeSecretStore
  readonly #fileName: string
  readonly #keys: CacheKeys
  readonly #refusal: Refusal
  /** The header, which no other envelope has, of the one that may be replaced although its key is lost. */
  #setAside: Buffer | undefined

  /** With what whoever has asked the store already knows of it. */
  constructor(
    store: NativeSecretStore,
    file: string,
    refusal = new Refusal(),
    keys = new CacheKeys(store, file, refusal),
  ) {
    this.#store = store
    this.#fileName = basename(file)
    this.#refusal = refusal
    this.#keys = keys
  }

  get description(): string {
    const store = process.platform === 'darwin' ? 'Keychain' : 'Secret Service'
    return `encrypted with AES-256-GCM, key in the ${store}`
  }

  /**
   * @throws {ClientError} cache_key_lost – what is present is sealed with a key that the store has not, and was not set aside.
   * @throws {ClientError} secret_store_locked, secret_store_unavailable – the key cannot be had now.
   * @throws {ClientError} cache_read_failed – what is present was sealed by a newer version of this library.
   */
  async seal(plain: Uint8Array, present: Uint8Array | undefined): Promise<Uint8Array> {
    await this.#prepare(present)
    const key = this.#keys.current
    if (key === undefined) throw keyLost()
    return sealEnvelope(key, plain, this.#fileName)
  }

  /**
   * @throws {ClientError} cache_decryption_failed – it is damaged, or neither an envelope nor a token cache.
   * @throws {ClientError} as {@link seal}.
   */
  async open(stored: Uint8Array): Promise<Uint8Array> {
    const header = readHeader(stored)
    if (header.kind === 'none' && isPlain(stored)) return stored
    if (header.kind === 'unknown') throw unknownVersion(header.version)
    if (header.kind !== 'sealed') {
      throw new ClientError('cache_decryption_failed', 'What is in the place of the token cache is not one.')
    }
    if (this.#keys.find(header.keyId) === undefined) await this.#keys.refresh()
    const key = this.#keys.find(header.keyId)
    if (key === undefined) throw keyLost()
    return openEnvelope(key, stored, this.#fileName)
  }

  startAnew(stored: Uint8Array): void {
    this.#setAside = Buffer.from(stored.subarray(0, HEADER_BYTES))
  }

  /**
   * First the store has both keys, then the file has the new one, then the store forgets the old one: whoever is killed on
   * the way leaves a file whose key is there.
   *
   * @throws {ClientError} `cache_key_lost` – the store has no key that opens the file; or what the store answered.
   */
  async rotateKey(stored: Uint8Array | undefined, write: (sealed: Uint8Array) => Promise<void>): Promise<void> {
    const plain = stored && (await this.open(stored))
    const header = readHeader(stored)
    // Also before the first key is made: a locked store is no empty one. And another process may have begun an exchange, and
    // have been killed, since this one has asked.
    await this.#keys.refresh()
    if (plain === undefined || header.kind !== 'sealed') {
      await this.#keys.make()
      if (plain !== undefined) await write(await this.seal(plain, stored))
      return
    }
    if (this.#keys.find(header.keyId) === undefined) throw keyLost()
    await this.#keys.makeBeside(header.keyId)
    await write(await this.seal(plain, stored))
    await this.#keys.dropFormer()
  }

  forFile(file: string): Protection {
    return new EnvelopeProtection(this.#store, file, this.#refusal)
  }

  forget(): Promise<void> {
    return this.#keys.remove()
  }

  /** Sees to a key that the store has too; made only where no file can be sealed with another one. */
  async #prepare(present: Uint8Array | undefined): Promise<void> {
    const header = readHeader(present)
    if (header.kind === 'unknown') throw unknownVersion(header.version)
    // The store has the key that the file is sealed with. Any other that this process knows may have been exchanged since.
    const { current } = this.#keys
    if (header.kind === 'sealed' && current !== undefined && keyIdOf(current) === header.keyId) return
    await this.#keys.refresh()
    const isReplaceable = present === undefined || header.kind === 'none' || this.#setAside?.equals(present) === true
    const isKnown = header.kind === 'sealed' && this.#keys.find(header.keyId) !== undefined
    if (!isKnown && !isReplaceable) throw keyLost()
    if (this.#keys.current === undefined) await this.#keys.make()
  }
}

function keyLost(): ClientError {
  return new ClientError('cache_key_lost')
}

function unknownVersion(version: number): ClientError {
  const text = `The token cache is encrypted in a form that this version of latchkey does not know (${version}).`
  return new ClientError('cache_read_failed', text)
}
