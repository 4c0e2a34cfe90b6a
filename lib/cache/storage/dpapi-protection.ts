/** Encrypts a cache file with Windows DPAPI, as MSAL.NET, MSAL Python and msal-node's extensions do. */
import { ClientError } from '../../errors.js'
import type { NativeDataProtection, NativeFailure } from '../../native/contract.js'
import { isPlain, type Protection } from './protection.js'

const NO_ENTROPY = new Uint8Array()

/** With `keepsPlain` a file that is plain stays so: the program it is shared with may know no other. */
export class DpapiProtection implements Protection {
  readonly description = 'encrypted with Windows DPAPI'
  readonly isEncrypted = true
  readonly #dataProtection: NativeDataProtection
  readonly #keepsPlain: boolean

  constructor(dataProtection: NativeDataProtection, { keepsPlain = false } = {}) {
    this.#dataProtection = dataProtection
    this.#keepsPlain = keepsPlain
  }

  /** @throws {ClientError} cache_write_failed – Windows could not; `cause` says why. */
  async seal(plain: Uint8Array, present: Uint8Array | undefined): Promise<Uint8Array> {
    if (this.#keepsPlain && present !== undefined && isPlain(present)) return plain
    try {
      return await this.#dataProtection.protect(plain, NO_ENTROPY)
    } catch (cause) {
      throw new ClientError('cache_write_failed', `Windows could not encrypt the token cache: ${reasonOf(cause)}`, {
        cause,
      })
    }
  }

  /**
   * @throws {ClientError} cache_decryption_failed – nobody sealed it, it was changed, or it is another user's or machine's.
   * @throws {ClientError} cache_read_failed – Windows could not open it now; `cause` says why.
   */
  async open(stored: Uint8Array): Promise<Uint8Array> {
    if (isPlain(stored)) return stored
    try {
      return await this.#dataProtection.unprotect(stored, NO_ENTROPY)
    } catch (cause) {
      const { code } = cause as Partial<NativeFailure>
      const isFinal = code === 'INVALID_DATA' || code === 'DENIED'
      const text = `Windows could not decrypt the token cache: ${reasonOf(cause)}`
      throw new ClientError(isFinal ? 'cache_decryption_failed' : 'cache_read_failed', text, { cause })
    }
  }

  /** Windows exchanges its keys by itself, and seals with the newest. */
  async rotateKey(stored: Uint8Array | undefined, write: (sealed: Uint8Array) => Promise<void>): Promise<void> {
    if (stored === undefined || (this.#keepsPlain && isPlain(stored))) return
    await write(await this.seal(await this.open(stored), undefined))
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
