/** How the contents of a cache file are protected: what is in the file for what is in memory. */
import { ClientError } from '../../errors.js'
import { readHeader } from './envelope.js'

/** Turns contents into what may be on a disk, and back. */
export interface Protection {
  /** For telling people, in the words of "kept in a file, …": `encrypted with Windows DPAPI`. */
  readonly description: string
  /** False when the file can be read by whoever gets hold of it. */
  readonly isEncrypted: boolean
  /**
   * What the file gets for `plain`. `present` is what it begins with now, {@link HEADER_BYTES} bytes or all that it has, and
   * `undefined` when there is none. Call it under the lock of the file.
   *
   * @throws {ClientError} it cannot be sealed now, or what is present may not be replaced.
   */
  seal(plain: Uint8Array, present: Uint8Array | undefined): Promise<Uint8Array>
  /**
   * The contents that {@link seal} was given.
   *
   * @throws {ClientError} they cannot be opened; the code says whether they may be later.
   */
  open(stored: Uint8Array): Promise<Uint8Array>
  /** Lets the next {@link seal} replace exactly `stored`, which cannot be opened and of which a copy has been made. */
  startAnew?(stored: Uint8Array): void
  /**
   * Seals `stored` with a new key and has `write` put it into the file. Call it under the lock of the file.
   *
   * @throws {ClientError} as {@link open} and {@link seal}. The file can then be opened as before, whatever was done by then.
   */
  rotateKey?(stored: Uint8Array | undefined, write: (sealed: Uint8Array) => Promise<void>): Promise<void>
  /** The same protection for another file. Absent where one does for all. */
  forFile?(file: string): Protection
  /** Removes what {@link seal} has put elsewhere, such as a key. The file cannot be opened after that. */
  forget?(): Promise<void>
}

const NOT_ENCRYPTED = { description: 'not encrypted', isEncrypted: false } as const

/** None: only the file system's permissions keep other users out. An encrypted file is refused, and not replaced. */
export const UNPROTECTED: Protection = unprotected()

/** {@link UNPROTECTED} where nothing else is possible; `reason` is why, for the error at an encrypted file. */
export function unprotected(reason?: unknown): Protection {
  const refuse = (stored: Uint8Array | undefined): void => {
    if (readHeader(stored).kind === 'none') return
    const text = 'The token cache is encrypted, and the secret store that has its key cannot be used here.'
    throw new ClientError('secret_store_unavailable', text, { cause: reason })
  }
  return {
    ...NOT_ENCRYPTED,
    async seal(plain, present) {
      refuse(present)
      return plain
    },
    async open(stored) {
      refuse(stored)
      return stored
    },
  }
}

/** For who has chosen plain files: one that is still encrypted is opened by `former`, and becomes plain when it is saved. */
export function noLonger(former: Protection): Protection {
  return {
    ...NOT_ENCRYPTED,
    seal: async plain => plain,
    open: async stored => (isSealed(stored) ? former.open(stored) : stored),
  }
}

/** True for what is in no need of opening: JSON, which every MSAL writes, or ADAL's format, which begins with the number 3. */
export function isPlain(stored: Uint8Array): boolean {
  const start = Buffer.from(stored.subarray(0, 64)).toString('latin1')
  return /^(?:\u00ef\u00bb\u00bf)?\s*[[{]/.test(start) || start.startsWith('\u0003\0\0\0')
}

// The number 1. What follows is the provider that has sealed it, of which Wine has one of its own.
const DPAPI_START = Buffer.from('01000000', 'hex')

function isSealed(stored: Uint8Array): boolean {
  return readHeader(stored).kind !== 'none' || DPAPI_START.equals(stored.subarray(0, DPAPI_START.length))
}
