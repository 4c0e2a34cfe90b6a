/** Whom this system would sign in without a prompt, found without asking a server. */
import { orAborted } from '../request/abort.js'
import type { KerberosCredentials } from '../request/requests.js'

/** Whom a sign-in by the system would be for. */
export interface SystemUser {
  /** The user principal name that Windows knows, elsewhere the principal of the Kerberos credentials; absent: nobody. */
  readonly username?: string
  /** When the ticket ends, where that is known. */
  readonly expiresOn?: Date
  /** Encryption of the ticket's session key by its number, as 18 for AES-256, where it is known. (RFC 3961 § 8) */
  readonly encryptionType?: number
  /** Why a sign-in cannot work, in a few words; absent where it can be expected to. */
  readonly whyNot?: string
}

/** Options of {@link findSystemUser}. */
export interface SystemUserOptions {
  /** Not for Windows, which uses who is signed in. */
  kerberos?: KerberosCredentials
  /** Cancels the question. */
  signal?: AbortSignal
}

/** It reads a file, or asks a part of Windows; a file server or a domain controller may be slow. */
const TIMEOUT_SECONDS = 5

/**
 * Whom `acquireTokenByIntegratedWindowsAuth` would sign in here, as far as this machine alone can tell. Nothing is sent and no
 * ticket is got; on Windows the system may ask its domain controller for the name.
 *
 * Resolves with `whyNot` where there is nobody, whatever the reason; after five seconds at the latest.
 *
 * @throws the signal's reason when it fires.
 */
export async function findSystemUser(options: SystemUserOptions = {}): Promise<SystemUser> {
  const { kerberos, signal } = options
  signal?.throwIfAborted()
  const late = AbortSignal.timeout(TIMEOUT_SECONDS * 1000)
  const { loadNativeAddon } = await import('../native/addon.js')
  const { inspectSystem } = await import('./inspect-system.js')
  try {
    return await orAborted(
      inspectSystem(loadNativeAddon(), kerberos),
      signal === undefined ? late : AbortSignal.any([late, signal]),
    )
  } catch (error) {
    signal?.throwIfAborted()
    if (!late.aborted) throw error
    return { whyNot: `the system did not say within ${TIMEOUT_SECONDS} s who is signed in` }
  }
}
