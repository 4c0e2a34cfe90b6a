/** What the system's store of secrets fails with, in the words of this library. */
import { ClientError } from '../../errors.js'
import type { NativeFailure, NativeFailureCode } from '../../native/contract.js'

const NO_STORE: readonly NativeFailureCode[] = ['UNAVAILABLE', 'NO_SERVICE', 'NO_PROVIDER', 'NO_COLLECTION']

/**
 * True when there is no store on this system or in this session at all. One that is locked, refuses or does not answer is
 * there, and may have the secret.
 */
export function isNoStore(failure: NativeFailure): boolean {
  // The addon has no thread left: that says nothing about the store.
  return NO_STORE.includes(failure.code) && failure.call !== 'thread'
}

/** Why no store can keep a key here, to go behind a colon, and what would make one, to begin a sentence with. */
export interface NoStore {
  readonly why: string
  /** `undefined` where nothing helps. */
  readonly remedy: string | undefined
}

const LIBSECRET: NoStore = {
  why: 'libsecret is not installed',
  remedy: 'Install libsecret (apt-get install libsecret-1-0, dnf install libsecret)',
}
const NO_STORE_IN_WORDS: Readonly<Partial<Record<NativeFailureCode, NoStore>>> = {
  NO_SERVICE: {
    why: 'there is no D-Bus session',
    remedy: 'Run it in a desktop session, or start one with a keyring as docs/headless.md shows',
  },
  NO_PROVIDER: {
    why: 'nothing in this D-Bus session keeps secrets',
    remedy: 'Start gnome-keyring or KWallet, or KeePassXC with its Secret Service integration',
  },
  NO_COLLECTION: {
    why: 'the keyring has no collection to keep a key in',
    remedy: 'Make a default keyring, as the password manager of the desktop does',
  },
}

/** Says what {@link isNoStore} is true for. */
export function noStoreInWords(failure: unknown): NoStore {
  const { code = 'FAILED', message } = failure as Partial<NativeFailure>
  if (code === 'UNAVAILABLE' && process.platform !== 'darwin') return LIBSECRET
  return NO_STORE_IN_WORDS[code] ?? { why: message ?? `${failure}`, remedy: undefined }
}

/** unencrypted_storage_not_allowed, which says why nothing can be encrypted here, and what would change that. */
export function notAllowed(failure: unknown): ClientError {
  const { why, remedy } = noStoreInWords(failure)
  const message = `Encrypted storage is not available here: ${why}. Unencrypted storage was not allowed.`
  const { hint } = new ClientError('unencrypted_storage_not_allowed')
  const choice = remedy === undefined ? hint : `${remedy}; or p${hint.slice(1)}`
  return new ClientError('unencrypted_storage_not_allowed', message, { cause: failure, hint: choice })
}

/** secret_store_locked or secret_store_unavailable, with the native failure as its cause. */
export function secretStoreError(failure: unknown): ClientError {
  const { code, message } = failure as Partial<NativeFailure>
  if (code === 'LOCKED') return new ClientError('secret_store_locked', undefined, { cause: failure })
  const text = `The secret store cannot be used (${code ?? 'FAILED'}): ${message ?? failure}`
  return new ClientError('secret_store_unavailable', text, { cause: failure })
}
