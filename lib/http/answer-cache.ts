/** Answers of servers that stay good for a while; of one application, since a singleton would outlive its trust. */
import { Recent } from './recent.js'

const LIFETIME_MS = 3_600_000
const MOST_ANSWERS = 1_000

/** Keeps at most a thousand answers, each for an hour at most. What is no answer, such as a failure, is not put in. */
export class AnswerCache<T> {
  readonly #answers = new Recent<{ readonly answer: T; readonly goodUntil: number }>(MOST_ANSWERS)

  /** The answer, if it is still good. */
  get(key: string, nowMs: number): T | undefined {
    const kept = this.#answers.get(key)
    return kept !== undefined && nowMs < kept.goodUntil ? kept.answer : undefined
  }

  set(key: string, answer: T, nowMs: number): void {
    this.#answers.set(key, { answer, goodUntil: nowMs + LIFETIME_MS })
  }

  /** Forgets an answer that may be why something failed. */
  delete(key: string): void {
    this.#answers.delete(key)
  }
}
