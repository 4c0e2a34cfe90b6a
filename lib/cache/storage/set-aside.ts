/** Keeps copies of a file whose contents cannot be read and are about to be replaced. */
import { readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ClientError } from '../../errors.js'
import type { Clock } from '../../request/clock.js'
import { isSameBytes } from '../same-bytes.js'
import { flushFolder, writeNewFile } from './atomic-file.js'
import { isErrno } from './errno.js'
import { readSettledFile } from './settled-file.js'

const MOST_COPIES = 3

/** What was copied, where to. */
export interface SetAside {
  readonly copy: string
  readonly bytes: Uint8Array
  readonly identity: string
}

/**
 * Copies `file`, as it is, to `<file>.<UTC time>.unreadable`, for this user alone, and removes all but the newest three such
 * copies. When the newest is the same already, it is left at that. Resolves with the path of the copy, its contents, and
 * the identity of the file. Needs the lock.
 *
 * @throws {ClientError} cache_write_failed – it cannot be copied; `cause` says why.
 */
export async function setFileAside(file: string, clock: Clock): Promise<SetAside> {
  try {
    const { bytes = new Uint8Array(), identity } = await readSettledFile(file, clock)
    const newest = (await copiesOf(file)).at(-1)
    // A sign-in that could not be saved after this will come here again.
    if (newest !== undefined && (await holds(newest, bytes, clock))) return { copy: newest, bytes, identity }
    const copy = await writeCopy(file, bytes, clock.now())
    await flushFolder(dirname(file))
    const superfluous = (await copiesOf(file)).slice(0, -MOST_COPIES)
    // What cannot be removed is in nobody's way.
    for (const old of superfluous) await unlink(old).catch(() => {})
    return { copy, bytes, identity }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ClientError('cache_write_failed', `${file} could not be set aside: ${reason}`, { cause })
  }
}

/** The oldest first: by their names, since a copy may be touched. */
async function copiesOf(file: string): Promise<string[]> {
  const [folder, prefix] = [dirname(file), `${basename(file)}.`]
  const isCopy = (name: string) =>
    name.startsWith(prefix) && /^\d{8}T\d{9}Z\.unreadable$/.test(name.slice(prefix.length))
  return (await readdir(folder))
    .filter(isCopy)
    .sort()
    .map(name => join(folder, name))
}

async function holds(copy: string, bytes: Uint8Array, clock: Clock): Promise<boolean> {
  const found = await readSettledFile(copy, clock).catch(() => undefined)
  return isSameBytes(found?.bytes, bytes)
}

/** Under the first name from `now` on that is free: whatever has it already, a link included, is left alone. */
async function writeCopy(file: string, bytes: Uint8Array, now: number): Promise<string> {
  for (let at = now; ; at++) {
    const copy = `${file}.${new Date(at).toISOString().replace(/[-:.]/g, '')}.unreadable`
    try {
      await writeNewFile(copy, bytes)
      return copy
    } catch (error) {
      if (!isErrno(error, 'EEXIST') || at - now > 1_000) throw error
    }
  }
}
