/** The public token cache: what an application may read from and write into the cache as a whole. */
import { parseSnapshot, parseSnapshotText, serializeSnapshot, serializeSnapshotText } from './serializer.js'
import { type Draft, Snapshot } from './snapshot.js'

/** Starts to watch for other processes' writes; what it returns ends that. */
export type Watch = (listener: () => void) => () => void

/** All tokens and accounts of an application, for programs that keep them in a place of their own. */
export class TokenCache {
  #snapshot = new Snapshot()
  #hasStateChanged = false
  readonly #watch: Watch | undefined
  readonly #watching = new Map<() => void, () => void>()

  /** Applications find theirs as `tokenCache` of their PublicClientApplication. */
  constructor(watch?: Watch) {
    this.#watch = watch
  }

  /** The contents as JSON that MSAL.NET, MSAL Java, MSAL Python and msal-node read: UTF-8 without a BOM. */
  serializeMsalV3(): Uint8Array {
    this.#hasStateChanged = false
    return serializeSnapshot(this.#snapshot)
  }

  /**
   * Adds the records of a serialized cache; where both have a record, the given one counts. Without bytes nothing is added.
   * With `shouldClearExisting` what was there before is dropped.
   *
   * @throws {ClientError} json_parse_failed – the bytes are not a token cache; the contents stay as they were.
   */
  deserializeMsalV3(bytes: Uint8Array | undefined, options: { shouldClearExisting?: boolean } = {}): void {
    const added = bytes === undefined || bytes.length === 0 ? new Snapshot() : parseSnapshot(bytes)
    this.#snapshot = options.shouldClearExisting === true ? added : this.#snapshot.mergedWith(added)
    this.#hasStateChanged = false
  }

  /** {@link serializeMsalV3} as text. */
  serialize(): string {
    this.#hasStateChanged = false
    return serializeSnapshotText(this.#snapshot)
  }

  /**
   * Replaces the contents by those of a text that {@link serialize} or another MSAL has written. An empty text, as an
   * empty file gives it, changes nothing.
   *
   * @throws {ClientError} json_parse_failed – the text is not a token cache; the contents stay as they were.
   */
  deserialize(text: string): void {
    if (typeof text === 'string' && text.trim() === '') return
    this.#snapshot = parseSnapshotText(text)
    this.#hasStateChanged = false
  }

  /** True when the contents have changed since they were last serialized or deserialized. */
  get hasStateChanged(): boolean {
    return this.#hasStateChanged
  }

  /** Calls `listener` when another process has written the cache. Needs a persistence that can tell. */
  on(event: 'changed', listener: () => void): this {
    if (event === 'changed' && this.#watch !== undefined && !this.#watching.has(listener)) {
      this.#watching.set(listener, this.#watch(listener))
    }
    return this
  }

  /** Ends what {@link on} began. */
  off(event: 'changed', listener: () => void): this {
    if (event !== 'changed') return this
    this.#watching.get(listener)?.()
    this.#watching.delete(listener)
    return this
  }

  /** @internal */
  get snapshot(): Snapshot {
    return this.#snapshot
  }

  /** @internal Takes what the persistence holds now. */
  replace(snapshot: Snapshot): void {
    this.#snapshot = snapshot
  }

  /** @internal */
  commit(draft: Draft): void {
    this.#snapshot.commit(draft)
    this.#hasStateChanged = true
  }

  /** @internal */
  close(): void {
    for (const stop of this.#watching.values()) stop()
    this.#watching.clear()
  }
}
