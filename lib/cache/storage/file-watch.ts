/** Tells when another process has changed a file, without keeping this one alive. */
import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Logger } from '../../logger.js'
import { type Glance, glanceAt, glanceNow, isOnLocalDisk } from './file-identity.js'
import { makeFolders } from './make-folders.js'

// One save is several events; by then the last of them has come.
const QUIET_MS = 50

/** What becomes of one file: the changes of others are told, this process's own are not. */
export class FileChanges {
  readonly #file: string
  readonly #logger: Logger
  readonly #listeners = new Set<() => void>()
  // Undefined until its folder has been there.
  #isOnLocalDisk: boolean | undefined
  // Counts the beginnings and the ends of this process's own writes: odd while one is under way.
  #writes = 0
  // The file as this process last saw or wrote it; `null` before the first look.
  #seen: string | undefined | null = null

  constructor(file: string, logger: Logger) {
    this.#file = file
    this.#logger = logger
  }

  /** The file as it is now. Tells the listeners when it is a new one and none of this process's own writes. */
  async look(): Promise<Glance | undefined> {
    const writes = this.#writes
    this.#isOnLocalDisk ??= await isOnLocalDisk(dirname(this.#file))
    const glance = this.#isOnLocalDisk ? glanceNow(this.#file) : await glanceAt(this.#file)
    const identity = glance?.identity
    if (writes % 2 === 0 && writes === this.#writes) {
      const isNew = this.#seen !== null && this.#seen !== identity
      this.#seen = identity
      // Later, because a listener may call whoever asked for the look.
      if (isNew) for (const listener of this.#listeners) setImmediate(listener)
    }
    return glance
  }

  /**
   * Runs a change of this process's own. Resolves with the identity of the file after it where `change` knows it, which is
   * where nobody else can have written since.
   */
  async write(change: () => Promise<unknown>): Promise<string | undefined> {
    this.#writes++
    try {
      const known = await change()
      const identity = typeof known === 'string' ? known : undefined
      this.#seen = identity ?? (await glanceAt(this.#file))?.identity
      return identity
    } finally {
      this.#writes++
    }
  }

  /** Calls `listener` after each change of another process. Returns a function that stops it. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    const stop = watchFile(this.#file, () => this.look(), this.#logger)
    return () => {
      this.#listeners.delete(listener)
      stop()
    }
  }
}

/**
 * Calls `onChange` some time after `file` was written, replaced or removed; it may also be called for nothing. Returns a
 * function that stops it. A system that cannot watch (too many watchers, some network folders) gets a warning in the log.
 */
function watchFile(file: string, onChange: () => Promise<unknown>, logger: Logger): () => void {
  const name = basename(file)
  let timer: NodeJS.Timeout | undefined
  let watcher: FSWatcher | undefined
  const warn = () =>
    logger.warning('The folder of the token cache cannot be watched; changes are noticed at the next use.')
  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      onChange().catch(warn)
    }, QUIET_MS).unref()
  }
  try {
    // The folder, because a file that is replaced takes its own watch with it.
    makeFolders(dirname(file))
    watcher = watch(dirname(file), { persistent: false }, (_event, changed) => {
      // Some systems do not say which file it was.
      if (changed === name || changed === null) schedule()
    })
    watcher.on('error', warn)
  } catch {
    warn()
  }
  return () => {
    clearTimeout(timer)
    watcher?.close()
  }
}
