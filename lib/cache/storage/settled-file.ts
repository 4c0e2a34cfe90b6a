/** Reads a file that other programs may be rewriting in place at this moment. */
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Clock } from '../../request/clock.js'
import { belongsToOthers } from './atomic-file.js'
import { isErrno } from './errno.js'
import { glanceOf, identityOf } from './file-identity.js'

/** No token cache is larger: ten thousand accounts take about 50 MB. */
export const MAX_FILE_BYTES = 64 << 20

/** A file as it was at one moment. */
export interface SettledFile {
  /** `undefined` when the file is empty: nothing was stored. */
  readonly bytes: Uint8Array | undefined
  /** Another one whenever the file has been written to. See {@link identityOf}. */
  readonly identity: string
  /** True when the file was written so lately that one more write might not show in its identity. */
  readonly isFresh: boolean
  /** True when the file could be read by other users; it no longer can. */
  readonly wasOpenToOthers: boolean
}

// Other MSALs truncate the file and then write it, in place; that takes them some milliseconds.
const PAUSE_MS = 20
const MAX_TRIES = 15
// Between the two the file is empty, and to take that for nothing stored would be to forget everybody: it is waited for as
// long as the most busy machine may need. Only @azure/msal-node-extensions makes an empty file and leaves it at that, once.
const EMPTY_FOR_MS = 2_000

// O_NONBLOCK only so that a named pipe in the file's place does not block; it is then refused.
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Reads the whole file, again while somebody is writing to it. Takes reading away from other users if they have it.
 *
 * @throws {Error} with the system's reason, or when `file` is a symbolic link, no regular file, larger than
 *   {@link MAX_FILE_BYTES}, another user's, or being written to for longer than any program needs.
 */
export async function readSettledFile(file: string, clock: Clock): Promise<SettledFile> {
  const handle = await open(file, READ)
  try {
    let before = await handle.stat({ bigint: true })
    const wasOpenToOthers = isOpenToOthers(before)
    if (wasOpenToOthers) {
      await handle.chmod(0o600)
      before = await handle.stat({ bigint: true })
    }
    let emptyTriesLeft = EMPTY_FOR_MS / PAUSE_MS
    for (let tries = 1; ; before = await handle.stat({ bigint: true })) {
      assertReadable(before)
      const bytes = await readExactly(handle, Number(before.size))
      const identity = identityOf(await handle.stat({ bigint: true }))
      const isSettled = bytes !== undefined && identity === identityOf(before)
      const isInBetween =
        isSettled && bytes.length === 0 && Date.now() - Number(before.mtimeMs) < EMPTY_FOR_MS && --emptyTriesLeft > 0
      if (isSettled && !isInBetween) {
        const { isFresh } = glanceOf(before)
        return { bytes: bytes.length > 0 ? bytes : undefined, identity, isFresh, wasOpenToOthers }
      }
      if (!isSettled && ++tries > MAX_TRIES) throw new Error('another program is writing to it all the time')
      await clock.sleep(PAUSE_MS)
    }
  } finally {
    await handle.close()
  }
}

/**
 * The first `length` bytes, or all that are there; `undefined` when there is no file. For who has the lock.
 *
 * @throws {Error} as {@link readSettledFile}.
 */
export async function readStart(file: string, length: number): Promise<Uint8Array | undefined> {
  let handle: FileHandle
  try {
    handle = await open(file, READ)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
  try {
    const status = await handle.stat({ bigint: true })
    assertReadable(status)
    return await readExactly(handle, Math.min(length, Number(status.size)))
  } finally {
    await handle.close()
  }
}

function assertReadable(status: BigIntStats): void {
  if (!status.isFile()) throw new Error('it is not a regular file')
  if (belongsToOthers(status)) throw new Error('it belongs to another user')
  if (status.size > BigInt(MAX_FILE_BYTES)) throw new Error(`it is larger than ${MAX_FILE_BYTES >> 20} MB`)
}

/** `undefined` when the file turned out to be shorter. */
async function readExactly(handle: FileHandle, size: number): Promise<Uint8Array | undefined> {
  const bytes = Buffer.alloc(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length)
    if (bytesRead === 0) return undefined
    length += bytesRead
  }
  return bytes
}

/** Of a file of this user's. */
function isOpenToOthers(status: BigIntStats): boolean {
  if (process.platform === 'win32' || !status.isFile()) return false
  return (status.mode & 0o077n) !== 0n && Number(status.uid) === process.getuid?.()
}
