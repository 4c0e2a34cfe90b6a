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

/** secret_store_locked or secret_store_unavailable, with the native failure as its cause. */
export function secretStoreError(failure: unknown): ClientError {
  const { code, message } = failure as Partial<NativeFailure>
  if (code === 'LOCKED') return new ClientError('secret_store_locked', undefined, { cause: failure })
  const text = `The secret store cannot be used (${code ?? 'FAILED'}): ${message ?? failure}`
  return new ClientError('secret_store_unavailable', text, { cause: failure })
}
