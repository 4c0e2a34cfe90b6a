/** Files that are replaced completely or not at all, and that belong to this user alone. */
import { randomBytes } from 'node:crypto'
import { type BigIntStats, constants, type Stats } from 'node:fs'
import { lstat, open, readdir, rename, stat, unlink, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AuthError, ClientError } from '../../errors.js'
import { isErrno } from './errno.js'
import { identityOf } from './file-identity.js'
import { makeFolders } from './make-folders.js'

/** Nobody writes for so long: an older temporary file is one of a writer that was killed. */
export const STALE_AFTER_MS = 60_000
// As long as the extensions of MSAL.NET try to read or write.
const REPLACE_FOR_MS = 4_000
// Windows has neither this nor user ids; there the access control list of the profile folder does their work.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/**
 * Replaces the contents of `file`, creating it (0600) as needed, in a folder that {@link ensureFolderOf} has seen to. When this resolves, the new contents
 * survive a power failure; when it rejects, the old ones are still there. Two writers of one file need a lock; `beforehand`
 * is called right before the replacement and may reject, so that whoever has lost the lock replaces nothing.
 *
 * Resolves with the identity of the file with these contents, or with `undefined` when somebody else may have written to it
 * since. See `identityOf`.
 *
 * @throws {ClientError} cache_write_failed – `file` is a symbolic link or no regular file, on Windows marked as read-only, it
 *   belongs to another user, or the system refused to write; `cause` says why.
 */
export async function writeFileAtomically(
  file: string,
  bytes: Uint8Array,
  beforehand: () => Promise<void> = async () => {},
): Promise<string | undefined> {
  const folder = dirname(file)
  const temporary = join(folder, `.${basename(file)}.${randomBytes(8).toString('hex')}.tmp`)
  try {
    await refuseForeignTarget(file)
    const written = await writeNewFile(temporary, bytes)
    await replace(temporary, file, beforehand)
    await flushFolder(folder)
    return await touch(file, written)
  } catch (cause) {
    if (cause instanceof AuthError) throw cause
    throw writeFailed(file, cause)
  }
}

/**
 * Makes sure that the folder of `file` exists, created 0700 with those above it, and is not another user's.
 *
 * @throws {ClientError} cache_write_failed – it is another user's, or cannot be created; `cause` says why.
 */
export async function ensureFolderOf(file: string): Promise<void> {
  try {
    await makeFolder(dirname(file))
  } catch (cause) {
    throw writeFailed(file, cause)
  }
}

/**
 * Removes `file` if there is one.
 *
 * @throws {ClientError} cache_write_failed – the system refused; `cause` says why.
 */
export async function removeFile(file: string): Promise<void> {
  try {
    await unlink(file)
    await flushFolder(dirname(file))
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT')) throw writeFailed(file, cause)
  }
}

/** True when the owner is neither this user nor root, who could read and write everything of ours as well. */
export function belongsToOthers(status: { readonly uid: number | bigint }): boolean {
  return !isOwn(status) && Number(status.uid) !== 0
}

function isOwn(status: { readonly uid: number | bigint }): boolean {
  const userId = process.getuid?.()
  return userId === undefined || Number(status.uid) === userId
}

function writeFailed(file: string, cause: unknown): ClientError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ClientError('cache_write_failed', `${file} could not be saved: ${reason}`, { cause })
}

async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error
    return undefined
  })
  // Once in the life of a cache, unless there is a file in its place.
  if (!found?.isDirectory()) makeFolders(folder)
  const status = found ?? (await stat(folder))
  if (belongsToOthers(status)) throw new Error(`the folder ${folder} belongs to another user`)
}

/** A rename would replace a link or another user's file without asking, and lock that user out of it. */
async function refuseForeignTarget(file: string): Promise<void> {
  let status: Stats
  try {
    status = await lstat(file)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return
    throw error
  }
  if (status.isSymbolicLink()) throw new Error('it is a symbolic link')
  if (!status.isFile()) throw new Error('it is not a regular file')
  if (!isOwn(status)) throw new Error('it belongs to another user')
  // Windows refuses to replace it, with the same number as for a file that somebody has open.
  if (process.platform === 'win32' && (status.mode & constants.S_IWUSR) === 0) throw new Error('it is read-only')
}

/** Removes what writers of `file` have left that were killed. */
export async function removeStaleTemporaries(file: string): Promise<void> {
  const prefix = `.${basename(file)}.`
  const folder = dirname(file)
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{16}\.tmp$/.test(name.slice(prefix.length))) continue
    const stale = join(folder, name)
    // Another process may be removing the same file.
    const status = await lstat(stale).catch(() => undefined)
    if (status !== undefined && Date.now() - status.mtimeMs > STALE_AFTER_MS) await unlink(stale).catch(() => {})
  }
}

/** Creates `file` (0600) and flushes it. What has the name already, a link included, is left alone: EEXIST. */
export async function writeNewFile(file: string, bytes: Uint8Array): Promise<BigIntStats> {
  const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW, 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
    return await handle.stat({ bigint: true })
  } catch (error) {
    await unlink(file).catch(() => {})
    throw error
  } finally {
    await handle.close()
  }
}

/**
 * Renames. On Windows a virus scanner or a reader may have the target open for a moment, so there it is tried again: often
 * and at random moments, for readers that come and go all the time leave short gaps.
 */
async function replace(from: string, to: string, beforehand: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + (process.platform === 'win32' ? REPLACE_FOR_MS : 0)
  for (;;) {
    try {
      await beforehand()
      await rename(from, to)
      return
    } catch (error) {
      if (performance.now() < deadline && isErrno(error, 'EPERM', 'EACCES', 'EBUSY')) {
        await pause(1 + Math.random() * 15)
        continue
      }
      await unlink(from).catch(() => {})
      throw error
    }
  }
}

/** Makes a rename or removal survive a power failure. Some file systems cannot flush a folder, and Windows cannot at all. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'ENOTSUP')) throw error
  } finally {
    await handle.close()
  }
}

/**
 * The time of a change, in Unix seconds. A little ahead and with a random fraction, because the system's own clock ticks in
 * milliseconds and two saves within one tick must not look alike.
 */
export function timeOfChange(): number {
  return (Date.now() + 1 + Math.random()) / 1000
}

/**
 * Sets the time of the last change: MSAL.NET's watcher does not see a rename, and MSAL Python reads again only what is newer
 * than its last look. Resolves with the identity of the file if it still is what was `written`.
 */
async function touch(file: string, written: BigIntStats): Promise<string | undefined> {
  const seconds = timeOfChange()
  try {
    // The new time would hide that a program which knows no locks has written in the meantime.
    const before = await lstat(file, { bigint: true })
    await utimes(file, seconds, seconds)
    const after = await lstat(file, { bigint: true })
    const isUntouched = before.mtimeNs === written.mtimeNs && isSameFile(before, written) && isSameFile(after, written)
    return isUntouched ? identityOf(after) : undefined
  } catch {
    // The contents are safe by now; a time that cannot be set is no reason to say otherwise.
    return undefined
  }
}

function isSameFile(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.size === other.size
}
