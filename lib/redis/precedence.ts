/** Who wins where memory and Redis have different things of an account: fences, what is put back, what is on top. */
import type { Bucket } from '../cache/snapshot.js'
import type { Entry, Writing } from './entry.js'
import { NO_RECORDS, type Partition, rebase, withRefreshTokensOf } from './partition.js'

/** Whether a version is older than another. */
export function isOlder(version: string, other: string): boolean {
  return Number(version) < Number(other)
}

/** Whether Redis lacks something that memory, `mine`, has: what it has lost, or a change that it has missed. */
export function needsSaving(entry: Entry, mine: Bucket): boolean {
  if (entry.unreadable !== undefined) return false
  const isLost = entry.stored !== entry.version && entry.known.bucket.length > 0
  return isLost || mine !== entry.known.bucket
}

/** What Redis has now, and on top of it what memory, `mine`, was ahead by. */
export function onTopOf(theirs: Partition, entry: Entry, mine: Bucket): Bucket {
  const base = entry.known.bucket
  const { bucket } = theirs
  if (mine === base) return bucket
  const isRemoved = mine.length === 0 || (bucket.length === 0 && base.length > 0 && !entry.isSignedIn)
  return isRemoved ? NO_RECORDS : rebase(base, mine, bucket, entry.isSignedIn)
}

/** What may be kept of a change that was made under the refresh lock with this fence. */
export function allowedBy(fence: number | undefined, writing: Writing, mine: Bucket): Bucket {
  if (fence === undefined || fence >= writing.fence || writing.isSignIn) return mine
  // Somebody who held the lock later has renewed: his refresh token is the one that the service still takes.
  return mine.length === 0 ? mine : withRefreshTokensOf(writing.bucket, mine)
}
