/** The lock of one place for the token cache: who has it, and what only its holder may do. */
import { ClientError } from '../../errors.js'
import type { LoadedAddon } from '../../native/addon.js'
import type { Clock } from '../../request/clock.js'
import { ensureFolderOf } from './atomic-file.js'
import { createFileLock, type FileLock, type HeldLock } from './file-lock.js'

/** What it is made of. */
export interface PlaceLockOptions {
  /** Absolute path of the cache, or of what stands for it. The lock file is `<file>.lockfile`, as every MSAL names it. */
  readonly file: string
  readonly native: LoadedAddon
  readonly clock: Clock
}

export class PlaceLock {
  readonly #file: string
  readonly #lock: FileLock
  #held: HeldLock | undefined

  constructor({ file, native, clock }: PlaceLockOptions) {
    this.#file = file
    this.#lock = createFileLock({ path: `${file}.lockfile`, native, clock })
  }

  /** True while somebody in this process has it. */
  get isHeld(): boolean {
    return this.#held !== undefined
  }

  /**
   * Runs `work` under the lock, beside which there is a folder then.
   *
   * @throws as `ensureFolderOf`, and as FileLock.
   */
  async withLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await ensureFolderOf(this.#file)
    return this.#lock.withLock(async held => {
      this.#held = held
      try {
        return await work()
      } finally {
        this.#held = undefined
      }
    }, signal)
  }

  /**
   * The lock, for `call`, which needs it.
   *
   * @throws {ClientError} cache_write_failed – nobody has it.
   */
  heldFor(call: string): HeldLock {
    if (this.#held !== undefined) return this.#held
    throw new ClientError('cache_write_failed', `${call}() was called outside withLock().`)
  }
}
