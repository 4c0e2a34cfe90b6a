/** What Redis keeps of one account: its records in the MSALs' format, and how two versions of them become one. */
import type { Item } from '../cache/item.js'
import type { Section } from '../cache/schema.js'
import { seconds } from '../cache/schema.js'
import { parseSnapshotText, serializeSnapshotText } from '../cache/serializer.js'
import { type Bucket, type Misfit, Snapshot } from '../cache/snapshot.js'

/** One account, and what other versions of this library may have put beside it. */
export interface Partition {
  readonly bucket: Bucket
  readonly appMetadata: readonly Item[]
  /** What cannot be a record of the account; kept, so that nothing is lost. */
  readonly misfits: readonly Misfit[]
  readonly unknownSections: ReadonlyMap<string, unknown>
}

/** The bucket of nobody: always the same, since buckets are told apart by identity. */
export const NO_RECORDS: Bucket = []

/** An account of which nothing is kept. */
export const EMPTY: Partition = { bucket: NO_RECORDS, appMetadata: [], misfits: [], unknownSections: new Map() }

/**
 * Reads a partition. `home` is the home account ID in lower case.
 *
 * @throws {ClientError} json_parse_failed – it is not a token cache.
 */
export function parsePartition(text: string, home: string): Partition {
  const snapshot = parseSnapshotText(text)
  const bucket = snapshot.bucket(home) ?? NO_RECORDS
  const misfits = [...snapshot.misfits]
  for (const other of snapshot.buckets()) {
    if (other !== bucket) misfits.push(...other.map(({ section, key, entity }) => ({ section, key, value: entity })))
  }
  return { bucket, appMetadata: snapshot.appMetadata, misfits, unknownSections: snapshot.unknownSections }
}

/** Writes a partition. */
export function serializePartition({ bucket, appMetadata, misfits, unknownSections }: Partition): string {
  const entries: Array<readonly [Section, string, unknown]> = [
    ...[...bucket, ...appMetadata].map(({ section, key, entity }) => [section, key, entity] as const),
    ...misfits.map(({ section, key, value }) => [section, key, value] as const),
  ]
  return serializeSnapshotText(new Snapshot(entries, unknownSections))
}

/**
 * Makes in `theirs` the changes that lead from `base` to `mine`. A refresh token that others have replaced meanwhile stays
 * theirs, unless `signedIn`: a sign-in starts anew.
 */
export function rebase(base: Bucket, mine: Bucket, theirs: Bucket, signedIn: boolean): Bucket {
  const [before, after, other] = [byName(base), byName(mine), byName(theirs)]
  const result = new Map(other)
  for (const [name, item] of after) {
    if (before.get(name)?.entity === item.entity) continue
    const isTheirs = item.section === 'RefreshToken' && other.get(name)?.secret !== before.get(name)?.secret
    if (signedIn || !isTheirs) result.set(name, item)
  }
  for (const name of before.keys()) if (!after.has(name)) result.delete(name)
  return result.size === 0 ? NO_RECORDS : [...result.values()]
}

/** `bucket` with the refresh tokens of `newer`. */
export function withRefreshTokensOf(newer: Bucket, bucket: Bucket): Bucket {
  const isRefreshToken = ({ section }: Item) => section === 'RefreshToken'
  return [...bucket.filter(item => !isRefreshToken(item)), ...newer.filter(isRefreshToken)]
}

/** When the last refresh token ends, in Unix seconds, as far as all of them say it. */
export function refreshTokensEnd(bucket: Bucket): number | undefined {
  let end: number | undefined
  for (const { section, entity } of bucket) {
    if (section !== 'RefreshToken') continue
    const own = seconds(entity, 'expires_on')
    if (own === undefined) return undefined
    end = Math.max(end ?? 0, own)
  }
  return end
}

/** `items` with `added` in place of those of the same name. */
export function withItems(items: readonly Item[], added: readonly Item[]): readonly Item[] {
  const known = byName(items)
  if (added.every(item => JSON.stringify(known.get(nameOf(item))?.entity) === JSON.stringify(item.entity))) return items
  return [...new Map([...known, ...byName(added)]).values()]
}

function byName(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map(item => [nameOf(item), item]))
}

function nameOf({ section, key }: Item): string {
  return `${section} ${key}`
}
