/** Keeps one application's memory in step with Redis, account by account, and goes on with memory while Redis is away. */
import { canonicalRealm } from '../cache/matching.js'
import { Draft } from '../cache/snapshot.js'
import { withTenantsOf } from '../cache/tenant-domains.js'
import type { TokenCache } from '../cache/token-cache.js'
import { ClientError } from '../errors.js'
import { readFailed, Unavailable } from './availability.js'
import { Conflict, Entry } from './entry.js'
import { inChunks } from './in-chunks.js'
import {
  EMPTY,
  NO_RECORDS,
  type Partition,
  parsePartition,
  refreshTokensEnd,
  serializePartition,
  withItems,
} from './partition.js'
import { allowedBy, isOlder, needsSaving, onTopOf } from './precedence.js'
import type { Seal } from './seal.js'
import type { Indexed, Stored } from './stored.js'

export interface MirrorOptions {
  readonly tokenCache: TokenCache
  readonly clientId: string
  readonly stored: Stored
  readonly seal: Seal
  /** Of an account whose refresh token does not say when it ends. */
  readonly lifetimeMs: number
  /** How many accounts memory may hold. */
  readonly mostAccounts: number
  /** Of the refresh lock that the caller holds. */
  readonly fence: () => number | undefined
  readonly onError: (error: unknown) => void
}

const SHORTEST_LIFETIME_MS = 60 * 60 * 1000
const MOST_FLUSHES = 5

export class Mirror {
  readonly #options: MirrorOptions
  /** The account that was used last is the last one. */
  readonly #entries = new Map<string, Entry>()

  constructor(options: MirrorOptions) {
    this.#options = options
  }

  /** Brings accounts into memory before a look-up. */
  async beforeRead(homes: readonly string[]): Promise<void> {
    await Promise.all(homes.map(home => this.#read(this.#enter(home))))
  }

  /** Brings accounts into memory before a change. Only a sign-in replaces what cannot be read. */
  async beforeWrite(homes: readonly string[], isSignIn: boolean): Promise<void> {
    await Promise.all(homes.map(home => this.#beginWrite(this.#enter(home), isSignIn)))
  }

  /**
   * Ends an access; a change is saved.
   *
   * @throws {Conflict} another process has saved meanwhile.
   */
  async after(homes: readonly string[], hasChanged: boolean): Promise<void> {
    const entries = homes.map(home => this.#entry(home))
    try {
      const saves = hasChanged ? await Promise.allSettled(entries.map(entry => this.#endWrite(entry))) : []
      for (const save of saves) if (save.status === 'rejected') throw save.reason
    } finally {
      for (const entry of entries) {
        entry.writing = undefined
        entry.users--
      }
      this.#evict()
    }
  }

  /**
   * Brings every account into memory. One that cannot be read is reported and left out.
   *
   * @throws {ClientError} `cache_read_failed` – Redis does not answer, and nobody is in memory.
   */
  async beforeList(): Promise<void> {
    const { stored, clientId, tokenCache, onError } = this.#options
    let indexed: Indexed[]
    const isNobodyKnown = tokenCache.snapshot.buckets()[Symbol.iterator]().next().done === true
    try {
      indexed = await stored.list(clientId, isNobodyKnown)
    } catch (error) {
      if (!(error instanceof Unavailable) || isNobodyKnown) throw readFailed(error)
      return
    }
    const scores = new Map(indexed.map(({ home, score }) => [home, score]))
    const inMemory = [...this.#entries.keys()].filter(home => this.#bucket(home).length > 0)
    await inChunks(new Set([...scores.keys(), ...inMemory]), async home => {
      const entry = this.#entry(home)
      await this.#read(entry).catch(error => {
        if (!(error instanceof ClientError) || error.code !== 'cache_read_failed') onError(error)
      })
      const score = scores.get(home)
      const isGone = entry.unreadable === undefined && this.#bucket(home).length === 0
      if (isGone && score !== undefined) await stored.unindex(clientId, { home, score }).catch(() => {})
    })
  }

  /** Redis is back: looks at all accounts, to save what it has missed or lost. */
  async catchUp(): Promise<void> {
    await inChunks([...this.#entries.values()], entry => this.#read(entry).catch(() => {}))
  }

  async #read(entry: Entry): Promise<void> {
    await this.#look(entry, false)
    if (this.#needsSaving(entry)) void this.#flush(entry)
  }

  async #beginWrite(entry: Entry, isSignIn: boolean): Promise<void> {
    // A change that will be made again is taken back first, unless memory was ahead already: then it is part of that.
    if (entry.conflicting?.wasPending === false) this.#put(entry.home, entry.known)
    entry.conflicting = undefined
    await this.#look(entry, isSignIn)
    const bucket = this.#bucket(entry.home)
    const wasPending = bucket !== entry.known.bucket
    entry.writing = { expected: entry.stored, fence: entry.fence, bucket, wasPending, isSignIn }
  }

  async #endWrite(entry: Entry): Promise<void> {
    const { writing } = entry
    if (writing === undefined) return
    const bucket = this.#bucket(entry.home)
    if (bucket === writing.bucket && !this.#needsSaving(entry)) return
    const fence = this.#options.fence()
    if (writing.isSignIn) entry.isSignedIn = true
    const allowed = allowedBy(fence, writing, bucket)
    if (allowed !== bucket) this.#put(entry.home, { ...EMPTY, bucket: allowed })
    try {
      if (await this.#save(entry, writing.expected, Math.max(fence ?? 0, writing.fence))) return
    } catch (error) {
      if (error instanceof Unavailable) return
      throw error
    }
    entry.conflicting = writing
    throw new Conflict([entry])
  }

  /** Looks at Redis or, where it is away, goes on with memory if that holds anything. */
  async #look(entry: Entry, isSignIn: boolean): Promise<void> {
    try {
      await entry.look()
    } catch (error) {
      if (isSignIn) return
      if (!(error instanceof Unavailable)) throw error
      if (!this.#isInMemory(entry)) throw readFailed(error)
    }
  }

  #isInMemory(entry: Entry): boolean {
    return this.#bucket(entry.home).length > 0 || entry.known.bucket.length > 0
  }

  readonly #lookNow = async (entry: Entry): Promise<void> => {
    const loaded = await this.#options.stored.load(entry.key, entry.stored, !this.#isInMemory(entry))
    switch (loaded.kind) {
      case 'same':
        if (entry.unreadable !== undefined) throw entry.unreadable
        return
      case 'absent':
        entry.stored = ''
        entry.unreadable = undefined
        // Nobody has removed it: Redis has lost it, and gets it back from memory unless its time was over.
        if (entry.version !== '' && Date.now() >= entry.endsAt) this.#adopt(entry, EMPTY, '', 0)
        return
      case 'removed':
        entry.stored = loaded.version
        entry.unreadable = undefined
        if (isOlder(entry.version, loaded.version)) this.#adopt(entry, EMPTY, loaded.version, 0)
        return
      case 'found':
        entry.stored = loaded.version
        entry.unreadable = undefined
        // What is older than what was there before was put back by somebody who knew no newer.
        if (!isOlder(entry.version, loaded.version)) return
        try {
          const partition = parsePartition(this.#options.seal.open(entry.key, loaded.value), entry.home)
          this.#adopt(entry, partition, loaded.version, loaded.fence)
        } catch (error) {
          entry.unreadable = error
          throw error
        }
    }
  }

  /** Takes what Redis has into memory, and on top of it what memory was ahead by. */
  #adopt(entry: Entry, partition: Partition, version: string, fence: number): void {
    const bucket = onTopOf(partition, entry, this.#bucket(entry.home))
    entry.learn(partition, version, fence, Date.now() + this.#lifetimeOf(partition))
    this.#put(entry.home, { ...partition, bucket })
  }

  #needsSaving(entry: Entry): boolean {
    return needsSaving(entry, this.#bucket(entry.home))
  }

  /** Saves what Redis has missed, beside whatever goes on; where it fails the next access does it. */
  async #flush(entry: Entry): Promise<void> {
    if (entry.isFlushing || entry.writing !== undefined || entry.conflicting !== undefined) return
    entry.isFlushing = true
    try {
      for (let i = 0; i < MOST_FLUSHES && entry.writing === undefined && this.#needsSaving(entry); i++) {
        if (await this.#save(entry, entry.stored, entry.fence)) return
        await entry.look()
      }
    } catch (error) {
      if (!(error instanceof Unavailable)) this.#options.onError(error)
    } finally {
      entry.isFlushing = false
    }
  }

  /** Saves what memory has. Resolves with false when another version than the expected one is stored. */
  async #save(entry: Entry, expected: string, fence: number): Promise<boolean> {
    const { stored, seal, tokenCache, clientId } = this.#options
    const { home, key, known } = entry
    const bucket = this.#bucket(home)
    const isGone = bucket.length === 0
    const own = tokenCache.snapshot.appMetadata.filter(({ names }) => names.clientId === clientId.toLowerCase())
    const appMetadata = withItems(known.appMetadata, own)
    const isOfTenant = (tenantId: string) => bucket.some(({ names }) => names.realm === canonicalRealm(tenantId))
    const unknownSections = withTenantsOf(known.unknownSections, tokenCache.snapshot.unknownSections, isOfTenant)
    const partition = isGone ? EMPTY : { ...known, bucket, appMetadata, unknownSections }
    // Who remembers the account may put it back for as long as it would have stayed: so long it is known to be removed.
    const lifetimeMs = Math.max(this.#lifetimeOf(partition), isGone ? this.#lifetimeOf(known) : 0)
    const { isSignedIn } = entry
    const version = await stored.save(key, {
      expected,
      fence: isSignedIn ? 'now' : fence,
      value: isGone ? undefined : seal.seal(key, serializePartition(partition)),
      lifetimeMs,
      above: entry.version,
      isPutBack: bucket === known.bucket,
    })
    if (version === undefined) return false
    entry.learn(partition, version, isSignedIn ? Number(version) : fence, Date.now() + lifetimeMs)
    entry.isSignedIn = false
    // After the partition, so that who finds it in the index and not there may take it out.
    if (!isGone) await stored.index(clientId, home, lifetimeMs)
    return true
  }

  #lifetimeOf({ bucket }: Partition): number {
    const end = refreshTokensEnd(bucket)
    return end === undefined ? this.#options.lifetimeMs : Math.max(end * 1000 - Date.now(), SHORTEST_LIFETIME_MS)
  }

  #bucket(home: string): Partition['bucket'] {
    return this.#options.tokenCache.snapshot.bucket(home) ?? NO_RECORDS
  }

  #put(home: string, { bucket, appMetadata, unknownSections }: Omit<Partition, 'misfits'>): void {
    const { snapshot } = this.#options.tokenCache
    const draft = new Draft(snapshot)
    draft.setBucket(home, bucket)
    draft.appMetadata = withItems(snapshot.appMetadata, appMetadata)
    draft.unknownSections = withTenantsOf(snapshot.unknownSections, unknownSections, () => true)
    snapshot.commit(draft)
  }

  #enter(home: string): Entry {
    const entry = this.#entry(home)
    entry.users++
    this.#entries.delete(home)
    this.#entries.set(home, entry)
    return entry
  }

  #entry(home: string): Entry {
    const { stored, clientId } = this.#options
    const entry = this.#entries.get(home) ?? new Entry(home, stored.partitionKey(clientId, home), this.#lookNow)
    if (!this.#entries.has(home)) this.#entries.set(home, entry)
    return entry
  }

  /** Drops those from memory that were used longest ago, as far as Redis has all of them. */
  #evict(): void {
    let surplus = this.#entries.size - this.#options.mostAccounts
    for (const [home, entry] of this.#entries) {
      if (surplus-- <= 0) return
      if (entry.users > 0 || entry.isFlushing || this.#needsSaving(entry)) continue
      this.#entries.delete(home)
      this.#put(home, EMPTY)
    }
  }
}
