/** The native boundary: everything that C++ offers, and nothing else. Types only, besides the version. */
import type { NativeNegotiate } from './negotiate-contract.js'
import type { NativeDesktop, NativeParentWindow, WindowFailureCode } from './window-contract.js'

export type {
  NativeNegotiate,
  NativeSecurityContext,
  NegotiateCredentialStatus,
  NegotiateCredentials,
  NegotiateStep,
  NegotiateTarget,
} from './negotiate-contract.js'
export type {
  NativeDesktop,
  NativeParentWindow,
  NativeWindowOwnership,
  NativeWindowPlace,
  WindowFailureCode,
} from './window-contract.js'

/** Bumped whenever a signature below changes, here and in native/addon.cc; addon.ts refuses a binary of another value. */
export const BOUNDARY_VERSION = 4

/** A capability is `undefined` where the system does not have it, so callers must ask first. */
export interface NativeAddon {
  readonly boundaryVersion: number
  readonly fileLock: NativeFileLock | undefined
  readonly negotiate: NativeNegotiate | undefined
  readonly secretStore: NativeSecretStore | undefined
  readonly dataProtection: NativeDataProtection | undefined
  readonly device: NativeDevice | undefined
  readonly parentWindow: NativeParentWindow | undefined
  readonly desktop: NativeDesktop | undefined
}

/**
 * Keeps secrets where the system keeps those of its user: the Secret Service on Linux (gnome-keyring, KeePassXC, KWallet) and
 * the Keychain on macOS. `undefined` on Windows.
 *
 * `timeoutMs` is counted from the call. It ends a call of the Secret Service, and takes the dialog away that asks the user to
 * unlock it; beyond four at once the others wait for their turn, and one whose time is over by then asks nobody. Keychain
 * calls cannot be ended from outside: a caller who cannot wait for a dialog gives up the promise.
 *
 * @see [Secret Service API](https://specifications.freedesktop.org/secret-service-spec/latest/),
 *   [Keychain items](https://developer.apple.com/documentation/security/keychain-items)
 */
export interface NativeSecretStore {
  /**
   * The secret, or `undefined` when the store is open and certainly has none. A locked store is asked to unlock, which may
   * show a dialog.
   *
   * @throws {NativeFailure} LOCKED when it stays locked, so that nobody knows; UNAVAILABLE without libsecret, NO_SERVICE
   *   without a D-Bus session, NO_PROVIDER when nothing on it keeps secrets; DENIED, TIMEOUT or FAILED.
   */
  get(item: SecretItem, timeoutMs: number): Promise<Uint8Array | undefined>
  /**
   * Stores the secret in place of the one that is there. People see `label` in the programs that list what is stored.
   *
   * @throws {NativeFailure} as {@link get}; NO_COLLECTION when there is nothing to store it in.
   */
  set(item: SecretItem, secret: Uint8Array, label: string, timeoutMs: number): Promise<void>
  /**
   * Deletes it. False when there was none.
   *
   * @throws {NativeFailure} as {@link get}.
   */
  delete(item: SecretItem, timeoutMs: number): Promise<boolean>
}

/** Which secret: macOS looks at the first two fields, Linux at the others. */
export interface SecretItem {
  /** `kSecAttrService` */
  readonly service: string
  /** `kSecAttrAccount` */
  readonly account: string
  /** Name of the schema, stored as the attribute `xdg:schema`. */
  readonly schema: string
  /** True: only items of this schema are found, as with MSAL Python. False: all with the attributes, as with MSAL.NET. */
  readonly matchSchema: boolean
  /** What items are found by, at most 31; with `matchSchema: false` at least one, since none would find every item there is. */
  readonly attributes: Readonly<Record<string, string>>
  /**
   * Alias of the collection to store it in, of letters, digits and `_`: `default`, or `session`, which is gone after the
   * session. It is found in any.
   */
  readonly collection: string
  /** Used to store it: `text/plain` for UTF-8, which some stores change when it is none, else `application/octet-stream`. */
  readonly contentType: string
}

/**
 * DPAPI: seals bytes so that only the same user of the same machine can open them. Windows only. Never asks anybody.
 *
 * @see [CryptProtectData](https://learn.microsoft.com/windows/win32/api/dpapi/nf-dpapi-cryptprotectdata)
 */
export interface NativeDataProtection {
  /**
   * Seals `plain`. `entropy` is empty, as with the MSALs, or has to be given again to open it.
   *
   * @throws {NativeFailure} when the system could not.
   */
  protect(plain: Uint8Array, entropy: Uint8Array): Promise<Uint8Array>
  /**
   * Opens what `protect`, MSAL.NET, MSAL Python or msal-node's extensions sealed.
   *
   * @throws {NativeFailure} INVALID_DATA when nobody sealed it, when it was changed, or with another entropy; DENIED when it
   *   belongs to another user or machine.
   */
  unprotect(sealed: Uint8Array, entropy: Uint8Array): Promise<Uint8Array>
}

/** What the system knows about this device; Windows only. */
export interface NativeDevice {
  /**
   * What the device is joined to. Asks this machine alone, no server.
   *
   * @throws {NativeFailure} when the system could not be asked.
   * @see [NetGetJoinInformation](https://learn.microsoft.com/windows/win32/api/lmjoin/nf-lmjoin-netgetjoininformation),
   *   [NetGetAadJoinInformation](https://learn.microsoft.com/windows/win32/api/lmjoin/nf-lmjoin-netgetaadjoininformation)
   */
  joinState(): Promise<DeviceJoinState>
}

/** What a device is joined to. */
export interface DeviceJoinState {
  /** `workplace`: nothing but a work account that was added to a device of one's own. `hybrid`: a domain and Entra ID. */
  readonly kind: 'domain' | 'entra' | 'hybrid' | 'workplace' | 'none'
  /** The domain's NetBIOS name, `CONTOSO`; without a domain the DNS name that Entra ID has for the tenant; or empty. */
  readonly domain: string
  /** A GUID; empty without Entra ID. */
  readonly tenantId: string
}

/** Locks on a lock file that the operating system holds for this process, and lets go when the process dies. */
export interface NativeFileLock {
  /**
   * Tries once to take the lock, without waiting for anybody.
   *
   * Shape: `path` is the lock file, created when there is none; `owner` is the text written into it, `<pid> <process>`;
   * `abandoned` is '' or the `fingerprint` of a file whose owner, although alive, has certainly forgotten it.
   *
   * @throws {NativeFailure} when the file cannot be created or opened; a lock that somebody else has is no failure.
   */
  tryAcquire(path: string, owner: string, abandoned: string): Promise<FileLockAttempt>
}

/** How one attempt ended: with a handle, or with who is in the way. */
export type FileLockAttempt =
  | { readonly handle: FileLockHandle }
  | {
      readonly handle?: undefined
      /** True when the operating system itself says that somebody holds the lock. */
      readonly heldBySystem: boolean
      /** What the file says about its owner; may be empty, and may be anything. */
      readonly owner: string
      /** Changes whenever the file is another one or has been written to; '' when that is not known. */
      readonly fingerprint: string
    }

/** A held lock. One that is garbage collected is released too, but nobody should count on when. */
export interface FileLockHandle {
  /** Removes the lock file and lets go of the lock, in this order. Calling it again does nothing. */
  release(): Promise<void>
}

/** Those that only {@link NativeSecretStore} and {@link NativeDataProtection} give. */
export type SecretFailureCode =
  /** The store is locked and stays so; whether it has the secret is not known. */
  | 'LOCKED'
  /** No D-Bus session. */
  | 'NO_SERVICE'
  /** A D-Bus session on which nothing keeps secrets. */
  | 'NO_PROVIDER'
  /** A store without the collection, or the keychain, to put a secret in. */
  | 'NO_COLLECTION'
  /** Not within the time that was given. */
  | 'TIMEOUT'
  /** Not what was sealed. */
  | 'INVALID_DATA'

/** Words for what the operating system's number means, one table a platform. */
export type NativeFailureCode =
  | 'NOT_FOUND'
  | 'DENIED'
  | 'UNAVAILABLE'
  | 'FAILED'
  /** Nobody is signed in: no ticket, no keytab entry, no domain logon. */
  | 'NO_CREDENTIALS'
  /** The ticket is over, or its clock is. */
  | 'EXPIRED'
  /** The KDC knows no such service. */
  | 'UNKNOWN_SERVICE'
  /** No KDC answers. */
  | 'UNREACHABLE'
  /** A step was asked for while another one is under way. */
  | 'BUSY'
  | SecretFailureCode
  | WindowFailureCode

/** What every rejected native promise carries. */
export interface NativeFailure extends Error {
  readonly code: NativeFailureCode
  /** The system call that failed, for example `open`. */
  readonly call: string
  /** errno, Win32 error, OSStatus or the code of a GError, whose domain is in the message; as the system gave it. */
  readonly status: number
  /** A second number where the system has one, else 0. */
  readonly minorStatus: number
}
