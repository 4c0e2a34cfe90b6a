/** The assertions that were used up, so that none is used twice. */
import { BoundedMap } from './bounded.js'

const MAX_ASSERTIONS = 10_000

/** Of the latest 10 000. */
export class AssertionIds {
  readonly #used = new BoundedMap<true>(MAX_ASSERTIONS)

  /** Uses an assertion up; `false` when it was before. */
  use(id: string): boolean {
    if (this.#used.get(id)) return false
    this.#used.set(id, true)
    return true
  }
}
