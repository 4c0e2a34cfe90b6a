/** The system's stores of secrets as tests script them: in memory, with failures, delays and lies. */
import { createHash } from 'node:crypto'
import type { LoadedAddon } from '#lib/native/addon.js'
import type {
  NativeDataProtection,
  NativeFailure,
  NativeFailureCode,
  NativeSecretStore,
  SecretItem,
} from '#lib/native/contract.js'
import { addonWith } from './fake-addon.js'

/** A failure as native code rejects with. */
export function secretFailure(code: NativeFailureCode, call = 'secret_service_search'): NativeFailure {
  return Object.assign(new Error(`the system’s own words for ${code}`), { code, call, status: 1, minorStatus: 0 })
}

/** Implements {@link NativeSecretStore}; items are told apart by schema and attributes. */
export class FakeSecretStore implements NativeSecretStore {
  readonly items = new Map<string, Buffer>()
  /** The calls, in order. */
  readonly calls: string[] = []
  /** What each call fails with. */
  failure: NativeFailure | undefined
  /** What storing fails with. */
  setFailure: NativeFailure | undefined
  /** Runs before the call is answered, and may change what is there, or throw. */
  before: (call: 'get' | 'set' | 'delete') => unknown = () => {}
  /** Runs when the secret has been looked up, before it is answered. */
  onTheWay: () => unknown = () => {}

  async get(item: SecretItem, timeoutMs: number): Promise<Uint8Array | undefined> {
    await this.#begin('get', timeoutMs)
    const found = this.items.get(nameOf(item))
    const copy = found && Buffer.from(found)
    await this.onTheWay()
    return copy
  }

  async set(item: SecretItem, secret: Uint8Array, _label: string, timeoutMs: number): Promise<void> {
    const copy = Buffer.from(secret)
    await this.#begin('set', timeoutMs)
    if (this.setFailure !== undefined) throw this.setFailure
    this.items.set(nameOf(item), copy)
  }

  async delete(item: SecretItem, timeoutMs: number): Promise<boolean> {
    await this.#begin('delete', timeoutMs)
    return this.items.delete(nameOf(item))
  }

  async #begin(call: 'get' | 'set' | 'delete', timeoutMs: number): Promise<void> {
    if (!(timeoutMs > 0 && timeoutMs < 60_000)) throw new Error('every call must end, and before others give up')
    this.calls.push(call)
    await this.before(call)
    if (this.failure !== undefined) throw this.failure
  }
}

function nameOf({ schema, attributes }: SecretItem): string {
  return JSON.stringify([schema, Object.entries(attributes).sort()])
}

/** How DPAPI's blobs begin: a version and who has sealed them. */
const BLOB_START = Buffer.from('01000000d08c9ddf0115d1118c7a00c04fc297eb', 'hex')

/** Implements {@link NativeDataProtection}, as another user's where the name differs. Hides nothing, but sees every change. */
export class FakeDataProtection implements NativeDataProtection {
  /** What each call fails with. */
  failure: NativeFailure | undefined

  async protect(plain: Uint8Array, entropy: Uint8Array): Promise<Uint8Array> {
    if (this.failure !== undefined) throw this.failure
    return Buffer.concat([BLOB_START, digest(plain, entropy), Buffer.from(plain).map(byte => byte ^ 0x5a)])
  }

  async unprotect(sealed: Uint8Array, entropy: Uint8Array): Promise<Uint8Array> {
    if (this.failure !== undefined) throw this.failure
    const start = BLOB_START.length + 32
    const plain = Buffer.from(sealed.subarray(start)).map(byte => byte ^ 0x5a)
    const expected = Buffer.concat([BLOB_START, digest(plain, entropy)])
    if (!expected.equals(sealed.subarray(0, start))) throw secretFailure('INVALID_DATA', 'CryptUnprotectData')
    return plain
  }
}

function digest(plain: Uint8Array, entropy: Uint8Array): Buffer {
  return createHash('sha256').update(entropy).update(plain).digest()
}

/**
 * An addon with these stores. Its locks hold within this process only, so that the tests need no compiler; the real locks
 * have tests of their own.
 */
export function storageAddon(
  stores: { secretStore?: NativeSecretStore; dataProtection?: NativeDataProtection } = {},
): LoadedAddon {
  const held = new Set<string>()
  return addonWith({
    ...stores,
    fileLock: {
      async tryAcquire(path, owner) {
        if (held.has(path)) return { heldBySystem: true, owner, fingerprint: '' }
        held.add(path)
        return { handle: { release: async () => void held.delete(path) } }
      },
    },
  })
}
