/** The token cache that an application holds: its contents as a whole, and the callbacks around each access. */
import { ClientError } from '../errors.js'
import type { CachePersistence } from '../request/persistence.js'
import type { TokenCacheCallback, TokenCache as Visible } from '../request/token-cache.js'
import { parseAdalBlob, serializeAdalBlob } from './adal-blob.js'
import { parseSnapshot, parseSnapshotText, serializeSnapshot, serializeSnapshotText } from './serializer.js'
import { parseSnapshotV2, serializeSnapshotV2 } from './serializer-v2.js'
import { type Addition, type Draft, Snapshot } from './snapshot.js'

/** The callbacks of an application. */
export interface Callbacks {
  beforeAccess?: TokenCacheCallback | undefined
  beforeWrite?: TokenCacheCallback | undefined
  afterAccess?: TokenCacheCallback | undefined
}

/** See the interface for what its methods do. */
export class TokenCache implements Visible {
  #snapshot = new Snapshot()
  #hasStateChanged = false
  #keepsAdal = false
  readonly #callbacks: Callbacks = {}
  readonly #watched: Pick<CachePersistence, 'watch'> | undefined
  readonly #watching = new Map<() => void, () => void>()
  /**
   * @internal Set where a place keeps the contents: told of what the application puts in, which is then added to what others
   * have stored there.
   */
  onImport: ((addition: Addition) => void) | undefined

  /** Applications find theirs as `tokenCache` of their PublicClientApplication. */
  constructor(watched?: Pick<CachePersistence, 'watch'>) {
    this.#watched = watched
  }

  serializeMsalV3(): Uint8Array {
    this.#hasStateChanged = false
    return serializeSnapshot(this.#snapshot)
  }

  deserializeMsalV3(
    bytes: Uint8Array | null | undefined,
    options: { shouldClearExisting?: boolean } | undefined = {},
  ): void {
    const records = bytes == null || bytes.length === 0 ? new Snapshot() : parseSnapshot(bytes)
    this.#import(records, options.shouldClearExisting === true)
  }

  serializeMsalV2(): Uint8Array {
    this.#hasStateChanged = false
    return serializeSnapshotV2(this.#snapshot)
  }

  deserializeMsalV2(bytes: Uint8Array | null | undefined): void {
    this.#import(bytes != null && bytes.length > 0 ? parseSnapshotV2(bytes) : new Snapshot(), false)
  }

  serializeAdalV3(): Uint8Array | undefined {
    this.#keepsAdal = true
    const { adal } = this.#snapshot
    return adal.length === 0 ? undefined : serializeAdalBlob(adal)
  }

  deserializeAdalV3(bytes: Uint8Array | null | undefined): void {
    this.#snapshot.adal = bytes == null || bytes.length === 0 ? [] : parseAdalBlob(bytes)
    this.#keepsAdal = true
  }

  serialize(): string {
    this.#hasStateChanged = false
    return serializeSnapshotText(this.#snapshot)
  }

  deserialize(text: string | null | undefined): void {
    if (text == null || (typeof text === 'string' && text.trim() === '')) return
    // In a place that others share, what they have stored since the text was written is not the text's to drop.
    this.#import(parseSnapshotText(text), this.onImport === undefined)
  }

  get hasStateChanged(): boolean {
    return this.#hasStateChanged
  }

  setBeforeAccess(callback: TokenCacheCallback | undefined): void {
    this.#callbacks.beforeAccess = validCallback(callback, 'setBeforeAccess')
  }

  setBeforeWrite(callback: TokenCacheCallback | undefined): void {
    this.#callbacks.beforeWrite = validCallback(callback, 'setBeforeWrite')
  }

  setAfterAccess(callback: TokenCacheCallback | undefined): void {
    this.#callbacks.afterAccess = validCallback(callback, 'setAfterAccess')
  }

  on(event: 'changed', listener: () => void): this {
    if (event !== 'changed' || this.#watching.has(listener)) return this
    const stop = this.#watched?.watch?.(listener)
    if (stop !== undefined) this.#watching.set(listener, stop)
    return this
  }

  off(event: 'changed', listener: () => void): this {
    if (event !== 'changed') return this
    this.#watching.get(listener)?.()
    this.#watching.delete(listener)
    return this
  }

  /** @internal */
  get callbacks(): Readonly<Callbacks> {
    return this.#callbacks
  }

  /** @internal */
  get snapshot(): Snapshot {
    return this.#snapshot
  }

  /** @internal True once somebody has asked for what ADAL reads, so that it is worth writing. */
  get keepsAdal(): boolean {
    return this.#keepsAdal
  }

  /** @internal Takes what is stored now, beside which ADAL's entries stay. */
  replace(snapshot: Snapshot): void {
    snapshot.adal = this.#snapshot.adal
    this.#snapshot = snapshot
  }

  /** @internal Takes what is added to the contents, or put in their place. */
  add({ records, clearsExisting }: Addition): void {
    this.replace((clearsExisting ? new Snapshot() : this.#snapshot).mergedWith(records))
  }

  /** @internal */
  commit(draft: Draft): void {
    this.#snapshot.commit(draft)
    this.#hasStateChanged = true
  }

  #import(records: Snapshot, clearsExisting: boolean): void {
    // What was there already is nobody's change: made again later, it would bring back what others have removed since.
    const addition = { records: clearsExisting ? records : records.without(this.#snapshot), clearsExisting }
    this.#hasStateChanged = false
    if (!clearsExisting && addition.records.isEmpty) return
    this.add(addition)
    this.onImport?.(addition)
  }

  /** @internal */
  close(): void {
    for (const stop of this.#watching.values()) stop()
    this.#watching.clear()
  }
}

function validCallback(callback: TokenCacheCallback | undefined, setter: string): TokenCacheCallback | undefined {
  // null is how MSAL.NET's users remove one.
  if (callback == null) return undefined
  if (typeof callback === 'function') return callback
  throw new ClientError('invalid_configuration', `${setter} takes a function.`)
}
