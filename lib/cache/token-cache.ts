/** The token cache that an application holds: its contents as a whole, and the callbacks around each access. */
import { ClientError } from '../errors.js'
import type { CachePersistence } from '../request/persistence.js'
import type { TokenCacheCallback, TokenCache as Visible } from '../request/token-cache.js'
import { parseAdalBlob, serializeAdalBlob } from './adal-blob.js'
import { parseSnapshot, parseSnapshotText, serializeSnapshot, serializeSnapshotText } from './serializer.js'
import { parseSnapshotV2, serializeSnapshotV2 } from './serializer-v2.js'
import { type Draft, Snapshot } from './snapshot.js'

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
    const added = bytes == null || bytes.length === 0 ? new Snapshot() : parseSnapshot(bytes)
    this.replace(options.shouldClearExisting === true ? added : this.#snapshot.mergedWith(added))
    this.#hasStateChanged = false
  }

  serializeMsalV2(): Uint8Array {
    this.#hasStateChanged = false
    return serializeSnapshotV2(this.#snapshot)
  }

  deserializeMsalV2(bytes: Uint8Array | null | undefined): void {
    if (bytes != null && bytes.length > 0) this.replace(this.#snapshot.mergedWith(parseSnapshotV2(bytes)))
    this.#hasStateChanged = false
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
    this.replace(parseSnapshotText(text))
    this.#hasStateChanged = false
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

function validCallback(callback: TokenCacheCallback | undefined, setter: string): TokenCacheCallback | undefined {
  // null is how MSAL.NET's users remove one.
  if (callback == null) return undefined
  if (typeof callback === 'function') return callback
  throw new ClientError('invalid_configuration', `${setter} takes a function.`)
}
