/** The native boundary: everything that C++ offers, and nothing else. Types only. */

/** Bumped whenever a signature below changes; addon.ts refuses a .node file built for another value. */
export const BOUNDARY_VERSION = 1

/** A capability is `undefined` where the system does not have it, so callers must ask first. */
export interface NativeAddon {
  readonly boundaryVersion: number
  readonly fileLock: FileLock | undefined
}

/** Locks that the operating system holds for a process and lets go when the process dies. */
export interface FileLock {
  /** Tries once, without waiting. */
  tryAcquire(path: string): Promise<FileLockHandle | undefined>
}

/** A held lock. */
export interface FileLockHandle {
  release(): Promise<void>
}
