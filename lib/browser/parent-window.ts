/** What an application's window is for a sign-in: checked before it, owner of the window that the sign-in opens, in front after it. */
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type {
  NativeAddon,
  NativeFailure,
  NativeParentWindow,
  NativeWindowOwnership,
  NativeWindowPlace,
} from '../native/contract.js'
import type { Clock } from '../request/clock.js'

/** A window that exists, on a system that can do something with it. */
export interface ParentWindow {
  readonly handle: bigint
  /** Where it was when it was checked. */
  readonly place: NativeWindowPlace
  readonly native: NativeParentWindow
}

/**
 * Checks that there is such a window. `undefined`, with a warning, where this system has nothing to do with windows: a
 * sign-in needs none, it only looks better with one.
 *
 * @throws {ClientError} invalid_window_handle – the window is gone, or never was one.
 */
export async function findParentWindow(
  handle: bigint,
  { parentWindow: native }: Pick<NativeAddon, 'parentWindow'>,
  logger: Logger,
): Promise<ParentWindow | undefined> {
  if (native === undefined) {
    logger.warning('parent window: left out, since the native addon is not there')
    return undefined
  }
  try {
    return { handle, native, place: await native.inspect(handle) }
  } catch (error) {
    if (isGone(error)) {
      throw new ClientError('invalid_window_handle', `There is no such parent window: ${inWords(error)}`, {
        cause: error,
      })
    }
    logger.warning(`parent window: left out: ${inWords(error)}`)
    return undefined
  }
}

/** Brings the window to the front. Never rejects: a sign-in does not fail for it. */
export async function bringToFront({ native, handle }: ParentWindow, logger: Logger): Promise<void> {
  try {
    if (await native.activate(handle)) logger.verbose('parent window: in front')
    else logger.info('parent window: the system did not bring it to the front')
  } catch (error) {
    logger.info(`parent window: not brought to the front: ${inWords(error)}`)
  }
}

/** A window of another process that belongs to the parent, as soon as it is there. */
export interface Attachment {
  /** Fires when the parent window is closed. */
  readonly parentClosed: AbortSignal
  /** Resolves with whether the window belongs to the parent, once that is decided. */
  readonly attached: Promise<boolean>
  /** Gives the parent its input back and brings it to the front. Never rejects. Calling it again does nothing. */
  release(): Promise<void>
}

/** How to attach. */
export interface AttachOptions {
  readonly parent: ParentWindow
  /** The process whose first window is meant, or that of a process that it starts. */
  readonly pid: number
  /** Ends the attachment as `release` does. */
  readonly signal?: AbortSignal
  readonly clock: Clock
  readonly logger: Logger
}

// A browser shows its first window within a second; a cold one on a slow disk within many.
const LONGEST_SEARCH_MS = 30_000
const WHILE_SEARCHING_MS = 100
const WHILE_OPEN_MS = 250

/** Makes the first window of a process belong to the parent, and watches whether the parent is closed. */
export function attachToParent(options: AttachOptions): Attachment {
  return new WindowAttachment(options)
}

class WindowAttachment implements Attachment {
  readonly #options: AttachOptions
  readonly #closed = new AbortController()
  readonly #stop = new AbortController()
  readonly #watched: Promise<void>
  readonly attached: Promise<boolean>
  #ownership: NativeWindowOwnership | undefined
  #released: Promise<void> | undefined

  constructor(options: AttachOptions) {
    this.#options = options
    let decide: (attached: boolean) => void = () => {}
    this.attached = new Promise(resolve => {
      decide = resolve
    })
    const release = () => void this.release()
    const { signal } = options
    if (signal?.aborted) this.#stop.abort()
    signal?.addEventListener('abort', release, { once: true })
    this.#watched = this.#watch(decide).finally(() => {
      signal?.removeEventListener('abort', release)
      decide(false)
    })
    if (signal?.aborted) release()
  }

  get parentClosed(): AbortSignal {
    return this.#closed.signal
  }

  release(): Promise<void> {
    this.#released ??= this.#release()
    return this.#released
  }

  async #release(): Promise<void> {
    const { parent, logger } = this.#options
    this.#stop.abort()
    await this.#watched
    const ownership = this.#ownership
    if (ownership === undefined) return this.#closed.signal.aborted ? undefined : bringToFront(parent, logger)
    if (ownership.releaseNow) process.off('exit', ownership.releaseNow)
    try {
      if (!(await ownership.release())) logger.info('parent window: the system did not bring it to the front')
    } catch (error) {
      if (!isGone(error)) logger.warning(`parent window: not released: ${inWords(error)}`)
    }
  }

  async #watch(decide: (attached: boolean) => void): Promise<void> {
    const { parent, clock, logger } = this.#options
    const { signal } = this.#stop
    let searchesUntil = clock.now() + LONGEST_SEARCH_MS
    while (!signal.aborted) {
      if (this.#ownership === undefined && clock.now() < searchesUntil) {
        try {
          await this.#attach()
          if (this.#ownership !== undefined) decide(true)
        } catch (error) {
          // A window that is gone again, or a parent that is busy, may be there for the next look.
          if (!isGone(error) && codeOf(error) !== 'TIMEOUT') {
            logger.warning(`parent window: the sign-in window does not belong to it: ${inWords(error)}`)
            searchesUntil = 0
          }
        }
      }
      const searches = this.#ownership === undefined && clock.now() < searchesUntil
      if (!searches) decide(this.#ownership !== undefined)
      if (signal.aborted) return
      try {
        await parent.native.inspect(parent.handle)
      } catch (error) {
        if (isGone(error)) return this.#closed.abort(new Error('the parent window was closed'))
      }
      await clock.sleep(searches ? WHILE_SEARCHING_MS : WHILE_OPEN_MS, signal).catch(() => {})
    }
  }

  async #attach(): Promise<void> {
    const { parent, pid } = this.#options
    const window = await parent.native.find(pid)
    if (window === undefined || this.#stop.signal.aborted) return
    this.#ownership = await parent.native.own(window, parent.handle)
    const { releaseNow } = this.#ownership
    // A parent of another process would be left without input for ever.
    if (releaseNow) process.once('exit', releaseNow)
  }
}

const codeOf = (error: unknown): unknown => (error as Partial<NativeFailure> | null | undefined)?.code
const isGone = (error: unknown): boolean => codeOf(error) === 'INVALID_HANDLE'
const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error))
