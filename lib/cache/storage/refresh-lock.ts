/** The lock under which tokens are renewed: over the network, so another one than the cache's, and never a reason to fail. */
import { createHash } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AuthError } from '../../errors.js'
import type { Logger } from '../../logger.js'
import type { LoadedAddon } from '../../native/addon.js'
import type { Clock } from '../../request/clock.js'
import { lockIfPossible } from '../lock-if-possible.js'
import { createFileLock, type FileLock } from './file-lock.js'

/** One lock for each key, among all processes. */
export interface RefreshLock {
  /**
   * Runs `work` while nobody else is inside under the same key. After 30 seconds of waiting, and where there can be no lock,
   * `work` is run all the same. The signal ends the wait.
   *
   * @throws what `work` threw, or the signal's reason when it fires first.
   */
  withRefreshLock<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

/** What it is made of. */
export interface RefreshLockOptions {
  /** Absolute path of the cache, or of what stands for it. The lock files are beside it: `<file>.<hash of the key>.refresh.lockfile`. */
  file: string
  native: LoadedAddon
  clock: Clock
  logger: Logger
}

// A request to the service has failed by then.
const LONGEST_WAIT_MS = 30_000
// No renewal takes so long: whoever left the file has been killed.
const LITTER_AFTER_MS = 10 * 60_000

/** The locks beside `options.file`. Nothing is opened before the first use. */
export function createRefreshLock(options: RefreshLockOptions): RefreshLock {
  const { file, native, clock, logger } = options
  // Those in use, so that the callers of this process queue up before they contend with other processes.
  const locks = new Map<string, { lock: FileLock; users: number }>()
  const complained = new Set<string>()
  let isTidy = false

  const open = (path: string, timeoutMs: number): FileLock =>
    // Only latchkey has these locks, and holds them by the system: a file that nobody holds so is nobody's.
    createFileLock({ path, native, clock, timeoutMs, forgottenAfterMs: 0 })

  const onFailure = (error: unknown): void => {
    const code = error instanceof AuthError ? error.code : 'unknown error'
    if (complained.has(code)) return
    complained.add(code)
    const reason = error instanceof Error ? error.message : String(error)
    const text = `Tokens are renewed without the lock that keeps other processes from doing it too (${code})`
    logger.warning(`${text}.`, `${text}: ${reason}`)
  }

  async function withRefreshLock<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const path = `${file}.${createHash('sha256').update(key).digest('hex').slice(0, 16)}.refresh.lockfile`
    const entry = locks.get(path) ?? { lock: open(path, LONGEST_WAIT_MS), users: 0 }
    locks.set(path, entry)
    entry.users++
    try {
      return await lockIfPossible(begin => entry.lock.withLock(begin, signal), work, { signal, onFailure })
    } finally {
      if (--entry.users === 0) locks.delete(path)
      if (!isTidy) {
        isTidy = true
        await removeLitter(file, path => open(path, 50))
      }
    }
  }
  return { withRefreshLock }
}

/** Removes the lock files of processes that were killed and of users for whom nobody renews anything any more. */
async function removeLitter(file: string, open: (path: string) => FileLock): Promise<void> {
  const prefix = `${basename(file)}.`
  const names = await readdir(dirname(file)).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{16}\.refresh\.lockfile$/.test(name.slice(prefix.length))) continue
    const path = join(dirname(file), name)
    const status = await lstat(path).catch(() => undefined)
    if (status === undefined || Date.now() - status.mtimeMs < LITTER_AFTER_MS) continue
    // Whoever lets go of a lock removes its file, and nobody removes one that another process has.
    await open(path)
      .withLock(async () => {})
      .catch(() => {})
  }
}
