/** One change on its way into memory and into the place that keeps the cache. */
import type { Logger } from '../logger.js'
import type { CachePlugin } from '../request/cache-plugin.js'
import type { Access, CacheAccess } from './cache-access.js'
import { type CacheHooks, CallbackFailure } from './cache-hooks.js'
import type { Change, Memory } from './memory.js'
import type { StoredMemory } from './stored-memory.js'
import { isUnreadable, setAside } from './unreadable.js'

/** Where the change goes. */
export interface UpdateTarget {
  readonly memory: Memory
  readonly stored: StoredMemory | undefined
  readonly hooks: CacheHooks
  readonly plugin: CachePlugin | undefined
  readonly logger: Logger
}

export class Update {
  readonly #target: UpdateTarget
  readonly #change: Change
  readonly #about: CacheAccess
  readonly #access: Access = { isWrite: true, hasStateChanged: false }
  #isApplied = false
  #isSaved = false
  /** Whether its account was there before it. */
  #wasKnown: boolean | undefined

  constructor(target: UpdateTarget, change: Change, about: CacheAccess) {
    this.#target = target
    this.#change = change
    this.#about = about
  }

  /** Loads, makes the change and saves, with callbacks and plugin around it where there are any. Under the lock. `givenUp` ends the wait for the load. */
  async run(givenUp: AbortSignal | undefined): Promise<void> {
    const { stored, hooks, plugin, logger } = this.#target
    await stored?.loadToChange(this.#about, givenUp)
    if (!hooks.isActive) return this.#makeAndSave()
    const makeHooked = () => hooks.around(this.#about, this.#access, () => this.#makeAndSave())
    try {
      await makeHooked()
    } catch (error) {
      const isInTheWay = error instanceof CallbackFailure && isUnreadable(error.thrown)
      if (this.#isApplied || this.#about.isNewSignIn !== true || !isInTheWay) throw error
      await setAside(plugin, error.thrown, logger)
      await makeHooked()
    }
  }

  /** After {@link run} has failed: makes the change in memory at least, from where it is saved later. */
  keepInMemory(): void {
    const { stored } = this.#target
    // Also where the change itself threw: it throws again, and its error is the one that counts.
    if (!this.#isApplied) this.#apply()
    if (!this.#isSaved) stored?.keepUnsaved(this.#change, this.#about, this.#wasKnown === true)
  }

  async #makeAndSave(): Promise<void> {
    const { stored } = this.#target
    // A second time where another program broke the lock before the save: memory may have the change by then.
    this.#access.hasStateChanged = this.#apply() || this.#access.hasStateChanged
    this.#isApplied = true
    if (this.#access.hasStateChanged) await stored?.save()
    this.#isSaved = true
  }

  #apply(): boolean {
    const { memory } = this.#target
    this.#wasKnown ??= memory.knows(this.#about.account)
    return memory.apply(this.#change)
  }
}
