/** The cache in memory: every record in the bucket of its user, so that no look-up depends on how many users there are. */
import { isDeepStrictEqual } from 'node:util'
import type { AdalEntry } from './adal-entry.js'
import { Interned } from './intern.js'
import { type Item, itemOf } from './item.js'
import { keyOf } from './keys.js'
import { type AccountSection, type Entity, homeOf, isEntity, type Section, withTextFields } from './schema.js'

/**
 * All records of one user, of all sections: one short list that is made in one go, so that it lies together in memory. With
 * many users a look-up takes as long as it has to wait for memory, and lists of their own for the sections take twice as long.
 */
export type Bucket = readonly Item[]

/** A value that cannot be a record of its section. Kept, so that nothing another library wrote is lost. */
export interface Misfit {
  readonly section: Section
  readonly key: string
  readonly value: unknown
}

/** What look-ups read: a snapshot, or a snapshot with the changes of an update on top. */
export interface Records {
  bucket(homeAccountId: string): Bucket | undefined
  buckets(): Iterable<Bucket>
  readonly appMetadata: readonly Item[]
  /** What an ADAL v3 cache beside it holds. */
  readonly adal: readonly AdalEntry[]
  /** Root members that are not sections of the schema. */
  readonly unknownSections: ReadonlyMap<string, unknown>
}

/** Records that come from elsewhere, and whether they take the place of what is there. */
export interface Addition {
  readonly records: Snapshot
  readonly clearsExisting: boolean
}

/** The records of a user as they were loaded, until somebody asks for the bucket: of many users a process asks for few. */
class Unread {
  readonly records: Array<readonly [AccountSection, string, Entity]> = []
}

/** The contents of the cache at one time. A load makes a new one; an update puts new buckets into it in one step. */
export class Snapshot implements Records {
  readonly #users = new Map<string, Bucket | Unread>()
  readonly #interned = new Interned()
  /** Whether all of them have been read. */
  #isRead = false
  #appMetadata: readonly Item[]
  /** Is no part of the JSON: the owner hands it from one snapshot on to the next. */
  adal: readonly AdalEntry[] = []
  readonly misfits: readonly Misfit[]
  #unknownSections: ReadonlyMap<string, unknown>

  constructor(
    entries: Iterable<readonly [Section, string, unknown]> = [],
    unknownSections: ReadonlyMap<string, unknown> = new Map(),
  ) {
    const appMetadata: Item[] = []
    const misfits: Misfit[] = []
    for (const [section, key, value] of entries) {
      if (!isEntity(value)) {
        misfits.push({ section, key, value })
      } else if (section === 'AppMetadata') {
        appMetadata.push(itemOf(section, withTextFields(section, value), key, this.#interned))
      } else {
        const home = homeOf(value)
        // A record that does not say whose it is cannot be found, only kept.
        if (home === '') misfits.push({ section, key, value })
        else this.#unread(home).records.push([section, key, value])
      }
    }
    this.#appMetadata = appMetadata
    this.misfits = misfits
    this.#unknownSections = unknownSections
  }

  /** Of the constructor only. */
  #unread(home: string): Unread {
    let user = this.#users.get(home)
    if (!(user instanceof Unread)) {
      user = new Unread()
      this.#users.set(home, user)
    }
    return user
  }

  #read(home: string, user: Bucket | Unread): Bucket {
    if (!(user instanceof Unread)) return user
    const bucket = user.records.map(([section, key, value]) =>
      itemOf(section, withTextFields(section, value), key, this.#interned),
    )
    this.#users.set(home, bucket)
    return bucket
  }

  get appMetadata(): readonly Item[] {
    return this.#appMetadata
  }

  get unknownSections(): ReadonlyMap<string, unknown> {
    return this.#unknownSections
  }

  bucket(homeAccountId: string): Bucket | undefined {
    // Most callers have it in the spelling of the index.
    const user = this.#users.get(homeAccountId)
    if (user !== undefined) return this.#read(homeAccountId, user)
    const home = homeAccountId.toLowerCase()
    const other = this.#users.get(home)
    return other === undefined ? undefined : this.#read(home, other)
  }

  buckets(): Iterable<Bucket> {
    if (!this.#isRead) for (const [home, user] of this.#users) this.#read(home, user)
    this.#isRead = true
    return this.#users.values() as Iterable<Bucket>
  }

  /** Takes over all changes of a draft in one synchronous step. */
  commit(draft: Draft): void {
    for (const [home, bucket] of draft.changedBuckets) {
      if (bucket.length === 0) this.#users.delete(home)
      else this.#users.set(home, bucket)
    }
    this.#appMetadata = draft.appMetadata
    this.adal = draft.adal
    this.#unknownSections = draft.unknownSections
  }

  /** A snapshot with the records of both; where both have the same record, the added one. */
  mergedWith(added: Snapshot): Snapshot {
    const replaced = new Set<string>()
    for (const [section, key, value] of added.entries()) {
      replaced.add(`${section} ${key}`)
      if (isEntity(value)) replaced.add(`${section} ${keyOf(section, value)}`)
    }
    const kept = [...this.entries()].filter(
      ([section, key, value]) =>
        !replaced.has(`${section} ${key}`) && !(isEntity(value) && replaced.has(`${section} ${keyOf(section, value)}`)),
    )
    return new Snapshot([...kept, ...added.entries()], new Map([...this.unknownSections, ...added.unknownSections]))
  }

  /** A snapshot with those records that the other one does not have, or has otherwise. */
  without(other: Snapshot): Snapshot {
    const there = new Map([...other.entries()].map(([section, key, value]) => [`${section} ${key}`, value]))
    const entries = [...this.entries()].filter(
      ([section, key, value]) => !isDeepStrictEqual(value, there.get(`${section} ${key}`)),
    )
    const sections = [...this.unknownSections].filter(
      ([name, value]) => !isDeepStrictEqual(value, other.unknownSections.get(name)),
    )
    return new Snapshot(entries, new Map(sections))
  }

  get isEmpty(): boolean {
    return this.entries().next().done === true && this.unknownSections.size === 0
  }

  /** Everything in the sections of the schema, misfits last. */
  *entries(): Generator<readonly [Section, string, unknown]> {
    for (const user of this.#users.values()) {
      if (user instanceof Unread) {
        for (const [section, key, value] of user.records) yield [section, key, withTextFields(section, value)]
      } else {
        for (const { section, key, entity } of user) yield [section, key, entity]
      }
    }
    for (const { key, entity } of this.#appMetadata) yield ['AppMetadata', key, entity]
    for (const { section, key, value } of this.misfits) yield [section, key, value]
  }
}

/** Changes on top of a snapshot, which stays as it is until it commits them. */
export class Draft implements Records {
  readonly #base: Snapshot
  readonly changedBuckets = new Map<string, Bucket>()
  #appMetadata: readonly Item[] | undefined
  #adal: readonly AdalEntry[] | undefined
  #unknownSections: ReadonlyMap<string, unknown> | undefined

  constructor(base: Snapshot) {
    this.#base = base
  }

  get isChanged(): boolean {
    const others = [this.#appMetadata, this.#adal, this.#unknownSections]
    return this.changedBuckets.size > 0 || others.some(changed => changed !== undefined)
  }

  get adal(): readonly AdalEntry[] {
    return this.#adal ?? this.#base.adal
  }

  set adal(entries: readonly AdalEntry[]) {
    if (entries !== this.adal) this.#adal = entries
  }

  get unknownSections(): ReadonlyMap<string, unknown> {
    return this.#unknownSections ?? this.#base.unknownSections
  }

  set unknownSections(sections: ReadonlyMap<string, unknown>) {
    if (sections !== this.unknownSections) this.#unknownSections = sections
  }

  get appMetadata(): readonly Item[] {
    return this.#appMetadata ?? this.#base.appMetadata
  }

  set appMetadata(items: readonly Item[]) {
    this.#appMetadata = items
  }

  bucket(homeAccountId: string): Bucket | undefined {
    return this.changedBuckets.get(homeAccountId.toLowerCase()) ?? this.#base.bucket(homeAccountId)
  }

  setBucket(homeAccountId: string, bucket: Bucket): void {
    this.changedBuckets.set(homeAccountId.toLowerCase(), bucket)
  }

  *buckets(): Generator<Bucket> {
    const replaced = new Set<Bucket | undefined>()
    for (const home of this.changedBuckets.keys()) replaced.add(this.#base.bucket(home))
    for (const bucket of this.#base.buckets()) if (!replaced.has(bucket)) yield bucket
    yield* this.changedBuckets.values()
  }
}
