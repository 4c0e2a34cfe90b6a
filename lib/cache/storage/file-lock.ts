/** The lock between processes that share a token cache: waits for its turn, fairly and not for ever. */
import { lstat } from 'node:fs/promises'
import { basename, resolve, toNamespacedPath } from 'node:path'
import { ClientError } from '../../errors.js'
import { type LoadedAddon, requireCapability } from '../../native/addon.js'
import type { FileLockHandle, NativeFileLock } from '../../native/contract.js'
import { orTooLate } from '../../request/abort.js'
import type { Clock } from '../../request/clock.js'

/** A lock while somebody has it. */
export interface HeldLock {
  /**
   * To be asked right before something is replaced. msal-node's extensions remove any lock file after a look-up, and the next
   * program then takes a lock of its own beside this one.
   *
   * @throws {ClientError} cache_lock_timeout – the lock file is gone or another one.
   */
  assertHeld(): Promise<void>
}

/** A lock that one caller at a time has, among all callers of all processes. */
export interface FileLock {
  /**
   * Runs `work` while nobody else is inside `withLock` of the same lock file. Not reentrant. When `work` has found the lock to
   * be lost, and so has replaced nothing, it is run again under a new one, from its start.
   *
   * @throws {ClientError} cache_lock_timeout – somebody else had the lock all the time; the message names the process.
   * @throws {ClientError} cache_write_failed – the lock file cannot be created.
   * @throws {ClientError} native_unavailable – there is no native addon.
   * @throws the signal's reason when it fires before the lock is taken; `work` minds the signal itself.
   */
  withLock<T>(work: (held: HeldLock) => Promise<T>, signal?: AbortSignal): Promise<T>
}

/** What a lock is made of. */
export interface FileLockOptions {
  /** The lock file itself, by custom `<cache>.lockfile`. It exists while somebody has the lock. */
  path: string
  native: LoadedAddon
  clock: Clock
  /** How long to wait for others, in milliseconds. Default 60 000, as in MSAL.NET. */
  timeoutMs?: number
  /**
   * After how long a file that the system says nobody holds is taken although its process is alive, in milliseconds. Default
   * 10 000, for a file that msal-node has too.
   */
  forgottenAfterMs?: number
}

// msal-node holds no lock of the operating system, so its file may not be touched while its process is alive. It keeps the
// file for some milliseconds; one of this age was left behind, by it or by a process whose number is in use again.
const FORGOTTEN_AFTER_MS = 10_000
// Whoever makes the file names itself in the next step; one without a name is of a process that was killed between the two.
const NAMELESS_AFTER_MS = 2_000
// Of 8 processes on 2 busy cores the unluckiest waits a third less than with 100. Shorter pauses cost the holder more time on
// the processor than they save.
const LONGEST_PAUSE_MS = 50
// Whoever removes the lock file this often removes it always. Nobody is kept waiting for that: the last time counts.
const MAX_RESTARTS = 20

/** A lock on `options.path`. Nothing is opened before the first `withLock`. */
export function createFileLock(options: FileLockOptions): FileLock {
  const { native, clock, timeoutMs = 60_000, forgottenAfterMs = FORGOTTEN_AFTER_MS } = options
  const path = resolve(options.path)
  // The callers of this process queue up here, in their order; only the first of them contends with other processes.
  let queued = 0
  let lastInQueue: Promise<void> = Promise.resolve()

  async function withLock<T>(work: (held: HeldLock) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const fileLock = requireCapability(native, 'fileLock')
    signal?.throwIfAborted()
    const deadline = clock.now() + timeoutMs
    const ahead = lastInQueue
    const mustQueue = queued > 0
    let leave = () => {}
    const left = new Promise<void>(done => {
      leave = done
    })
    lastInQueue = left
    queued++
    try {
      if (mustQueue) {
        const tooLate = () => lockTimeout(path, timeoutMs, 'another caller in this process')
        await orTooLate(ahead, { ms: timeoutMs, clock, tooLate, signal })
      }
      for (let restarts = 0; ; restarts++) {
        const handle = await acquire(fileLock, { path, clock, timeoutMs, forgottenAfterMs, deadline, signal })
        const held = await Held.at(path, restarts < MAX_RESTARTS)
        try {
          return await work(held)
        } catch (error) {
          if (!held.isLost) throw error
        } finally {
          // The work is done and the lock is free; a lock file that cannot be removed will be found to be forgotten.
          await handle.release().catch(() => {})
        }
      }
    } finally {
      queued--
      leave()
    }
  }
  return { withLock }
}

/** The lock file as it is directly after it was taken. It stays open, so that its number is not given to another file. */
class Held implements HeldLock {
  isLost = false
  readonly #path: string
  readonly #file: string | undefined
  readonly #isChecked: boolean

  private constructor(path: string, file: string | undefined, isChecked: boolean) {
    this.#path = path
    this.#file = file
    this.#isChecked = isChecked
  }

  static async at(path: string, isChecked: boolean): Promise<Held> {
    // Windows removes no file that somebody has open.
    const canBeLost = isChecked && process.platform !== 'win32'
    return new Held(path, canBeLost ? await fileAt(path) : undefined, canBeLost)
  }

  async assertHeld(): Promise<void> {
    if (!this.#isChecked) return
    if (this.#file !== undefined && this.#file === (await fileAt(this.#path))) return
    this.isLost = true
    throw new ClientError('cache_lock_timeout', `Another program has removed the lock file ${this.#path}.`)
  }
}

async function fileAt(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await lstat(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}

interface Wait {
  readonly path: string
  readonly clock: Clock
  readonly timeoutMs: number
  readonly forgottenAfterMs: number
  /** When the time is over. */
  readonly deadline: number
  readonly signal: AbortSignal | undefined
}

async function acquire(fileLock: NativeFileLock, wait: Wait): Promise<FileLockHandle> {
  const { path, clock, timeoutMs, forgottenAfterMs, deadline, signal } = wait
  let owner = ''
  let fingerprint = ''
  let unchangedSince = clock.now()
  let patienceMs = forgottenAfterMs
  for (let tries = 0; ; tries++) {
    const abandoned = clock.now() - unchangedSince >= patienceMs ? fingerprint : ''
    const attempt = await tryAcquire(fileLock, path, abandoned)
    if (attempt.handle !== undefined) {
      if (!signal?.aborted) return attempt.handle
      await attempt.handle.release().catch(() => {})
      throw signal.reason
    }
    signal?.throwIfAborted()
    if (attempt.heldBySystem || attempt.fingerprint !== fingerprint) {
      fingerprint = attempt.fingerprint
      unchangedSince = clock.now()
      patienceMs = attempt.owner === '' ? Math.min(NAMELESS_AFTER_MS, forgottenAfterMs) : forgottenAfterMs
    }
    owner = attempt.owner || owner
    const remainingMs = deadline - clock.now()
    if (remainingMs <= 0) throw lockTimeout(path, timeoutMs, describeOwner(owner))
    // Random, so that processes that were refused at the same time do not come back at the same time.
    const pauseMs = Math.min(LONGEST_PAUSE_MS, 5 * 2 ** tries) * (0.5 + Math.random())
    await clock.sleep(Math.min(pauseMs, remainingMs), signal)
  }
}

async function tryAcquire(fileLock: NativeFileLock, path: string, abandoned: string) {
  try {
    const self = `${process.pid} ${basename(process.execPath)}\n`
    return await fileLock.tryAcquire(toNamespacedPath(path), self, abandoned)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ClientError('cache_write_failed', `The lock file ${path} cannot be created: ${reason}`, { cause })
  }
}

/** The text of a lock file, which anybody may have written, as a part of a sentence. */
function describeOwner(text: string): string {
  const [, pid, name] = /^\ufeff?(\d{1,10})(?: ([\x20-\x7e]{1,60}))?/.exec(text) ?? []
  if (pid === undefined) return 'another process'
  return name === undefined ? `process ${pid}` : `process ${pid} (${name.trim()})`
}

function lockTimeout(path: string, timeoutMs: number, owner: string): ClientError {
  const seconds = Math.round(timeoutMs / 1000)
  return new ClientError('cache_lock_timeout', `The lock file ${path} was held by ${owner} for ${seconds} s.`)
}
