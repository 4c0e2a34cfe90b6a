/** Whether Redis answers: while it does not, one caller at a time tries and the others go on without it. */
import { ClientError } from '../errors.js'
import { isWrongType } from './client.js'

/** Redis did not answer, or not as it should. */
export class Unavailable extends Error {
  constructor(cause: unknown) {
    super('Redis is not available', { cause })
  }
}

/** What an availability tells. */
export interface AvailabilityListener {
  /** It does not answer any more: once for each time. */
  onDown(cause: unknown): void
  /** It answers again. */
  onBack(): void
}

export class Availability {
  readonly #retryMs: number
  readonly #listener: AvailabilityListener
  #cause: unknown
  #isDown = false
  #isTrying = false
  #retryAt = 0

  /** After a failure it is left alone for `retryMs`. */
  constructor(retryMs: number, listener: AvailabilityListener) {
    this.#retryMs = retryMs
    this.#listener = listener
  }

  /**
   * Runs `work`, which asks Redis.
   *
   * @throws {Unavailable} it failed, or Redis has failed a moment ago and nobody has found it back yet.
   * @throws what `work` throws because something else is stored under the name.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const isTrial = this.#isDown
    if (isTrial) {
      if (this.#isTrying || performance.now() < this.#retryAt) throw new Unavailable(this.#cause)
      this.#isTrying = true
    }
    try {
      const result = await work()
      this.#up()
      return result
    } catch (error) {
      if (isWrongType(error)) throw error
      this.down(error)
      throw new Unavailable(error)
    } finally {
      if (isTrial) this.#isTrying = false
    }
  }

  /** Redis has failed: also what the client noticed by itself. */
  down(cause: unknown): void {
    const isNews = !this.#isDown
    this.#isDown = true
    this.#cause = cause
    this.#retryAt = performance.now() + this.#retryMs
    if (isNews) this.#listener.onDown(cause)
  }

  #up(): void {
    if (!this.#isDown) return
    this.#isDown = false
    this.#listener.onBack()
  }
}

/** What is thrown where memory cannot stand in. */
export function readFailed(error: unknown): ClientError {
  return new ClientError('cache_read_failed', 'Redis, which keeps the token cache, does not answer.', {
    hint: 'Try again when it does; accounts that this process has in memory can still get tokens.',
    cause: error instanceof Unavailable ? error.cause : error,
  })
}
