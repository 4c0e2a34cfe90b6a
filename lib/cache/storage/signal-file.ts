/** The file beside a cache in a store of secrets: empty, and touched after each save, so that others know of it. */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { ClientError } from '../../errors.js'
import { belongsToOthers, timeOfChange } from './atomic-file.js'

/**
 * Creates the file (0600) unless it is there. What is in it stays: msal-node's extensions write `{}`.
 *
 * @throws {ClientError} cache_write_failed – it is a symbolic link, no regular file, another user's, or cannot be created.
 */
export async function createSignalFile(file: string): Promise<void> {
  await withSignalFile(file, async () => {})
}

/**
 * Tells those who watch the file, or ask for its time, that there is something new. Creates it when it is gone meanwhile.
 *
 * @throws {ClientError} cache_write_failed – as {@link createSignalFile}.
 */
export async function touchSignalFile(file: string): Promise<void> {
  await withSignalFile(file, async handle => {
    const seconds = timeOfChange()
    await handle.utimes(seconds, seconds)
  })
}

async function withSignalFile(file: string, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    // O_NONBLOCK only so that a named pipe in the file's place does not block; it is then refused.
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const handle = await open(file, flags, 0o600)
    try {
      const status = await handle.stat()
      if (!status.isFile()) throw new Error('it is not a regular file')
      if (belongsToOthers(status)) throw new Error('it belongs to another user')
      await work(handle)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ClientError('cache_write_failed', `${file} could not be touched: ${reason}`, { cause })
  }
}
