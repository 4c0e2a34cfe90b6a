/** The contract between the token cache and the place that keeps it. */

/** A place that keeps the token cache, shared by any number of processes. */
export interface CachePersistence {
  /** Where it is, for telling people: a path, or the name of a store. */
  readonly location?: string
  /** How it is kept there, for telling people: `encrypted with Windows DPAPI`, `not encrypted`. */
  readonly protection?: string
  /**
   * Resolves with the stored bytes, or `undefined` when nothing has been stored.
   *
   * May resolve with the very array of the last call when nothing has changed since: it is then not parsed again. Contents
   * that cannot be opened are waited for, since another program may be writing them, unless the very error of the last call
   * is thrown again.
   *
   * @throws {ClientError} cache_read_failed – something is stored but cannot be read; never an empty cache in its place.
   */
  load(): Promise<Uint8Array | undefined>
  /**
   * Replaces what is stored, completely or not at all. Call it inside {@link withLock}, and leave `bytes` as they are
   * afterwards: {@link load} may resolve with them.
   */
  save(bytes: Uint8Array): Promise<void>
  /** Removes what is stored. Takes the lock by itself: do not call it inside {@link withLock}. */
  delete(): Promise<void>
  /**
   * Runs `work` while no other process is inside `withLock` of the same place. Where another program breaks the lock, which
   * msal-node's extensions do, {@link save} rejects before it has replaced anything, and `work` is run again from its start.
   *
   * The signal, which fires when the call is given up or the application closed, ends the wait for the others; `work` that has begun goes on.
   */
  withLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /**
   * Runs `work`, which renews tokens over the network, while no other process does so under the same key. That is another
   * lock than that of {@link withLock}, which is free meanwhile. When the others take longer than any renewal should,
   * `work` is run all the same.
   */
  withRefreshLock?<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /**
   * Keeps a copy of what is stored and cannot be read, before a new sign-in replaces it. Resolves with where the copy is.
   * Call it inside {@link withLock}. Without it contents that cannot be read stay in the way.
   */
  setAside?(): Promise<string>
  /** Writes, reads back and removes a probe; rejects with the reason when this place cannot keep a cache. */
  verify(): Promise<void>
  /** Calls `listener` when another process has saved. Returns a function that stops it. */
  watch?(listener: () => void): () => void
}
