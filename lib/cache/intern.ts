/** One copy of what many records say alike: it is read once, compared by reference, and found in the processor's cache. */
import { readScopes, type TokenScopes } from './matching.js'

/** The copies for the records of one load. */
export class Interned {
  readonly #texts = new Map<string, string>()
  readonly #scopes = new Map<string, TokenScopes>()

  text(text: string): string {
    const first = this.#texts.get(text)
    if (first === undefined) this.#texts.set(text, text)
    return first ?? text
  }

  /** The scopes of a `target`. */
  scopes(target: string): TokenScopes {
    let scopes = this.#scopes.get(target)
    if (scopes === undefined) {
      scopes = readScopes(target)
      this.#scopes.set(target, scopes)
    }
    return scopes
  }
}
