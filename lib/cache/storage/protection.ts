/** How the contents of a cache file are protected: what is in the file for what is in memory. */

/** Turns contents into what may be on a disk, and back. */
export interface Protection {
  /** For telling people, in the words of "kept in a file, …": `encrypted with Windows DPAPI`. */
  readonly description: string
  /** What the file gets for `plain`. */
  seal(plain: Uint8Array): Promise<Uint8Array>
  /**
   * The contents that {@link seal} was given.
   *
   * @throws {ClientError} they cannot be opened; the message says whether they may be later.
   */
  open(stored: Uint8Array): Promise<Uint8Array>
  /** Told when what is stored was set aside because it cannot be opened: a key that was lost may then be made anew. */
  startAnew?(): void
}

/** None: only the file system's permissions keep other users out. */
export const UNPROTECTED: Protection = {
  description: 'not encrypted',
  seal: async plain => plain,
  open: async stored => stored,
}
