/** The native boundary: everything that C++ offers, and nothing else. Types only, besides the version. */

/** Bumped whenever a signature below changes, here and in native/addon.cc; addon.ts refuses a binary of another value. */
export const BOUNDARY_VERSION = 1

/** A capability is `undefined` where the system does not have it, so callers must ask first. */
export interface NativeAddon {
  readonly boundaryVersion: number
  readonly fileLock: NativeFileLock | undefined
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

/** Words for what the operating system's number means, one table a platform. */
export type NativeFailureCode = 'NOT_FOUND' | 'DENIED' | 'UNAVAILABLE' | 'FAILED'

/** What every rejected native promise carries. */
export interface NativeFailure extends Error {
  readonly code: NativeFailureCode
  /** The system call that failed, for example `open`. */
  readonly call: string
  /** errno, Win32 error or OSStatus, as the system gave it. */
  readonly status: number
  /** A second number where the system has one, else 0. */
  readonly minorStatus: number
}
