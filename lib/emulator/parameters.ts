/** The parameters of a query string or a form, found by name without regard to case. */

/** MSAL.NET lower-cases the names of its authorize URL, other clients do not; Entra takes both. */
export class Parameters {
  readonly #pairs: readonly (readonly [string, string])[]

  constructor(encoded: string) {
    this.#pairs = [...new URLSearchParams(encoded)]
  }

  /** The first value of that name; an empty one counts as absent. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase()
    return this.#pairs.find(([key]) => key.toLowerCase() === wanted)?.[1] || undefined
  }

  /** Is it there, if only empty? */
  has(name: string): boolean {
    return this.#pairs.some(([key]) => key.toLowerCase() === name.toLowerCase())
  }

  /** A name among these that occurs twice, if there is one. (RFC 6749 § 3.1 forbids it) */
  duplicate(names: readonly string[]): string | undefined {
    return names.find(name => this.#pairs.filter(([key]) => key.toLowerCase() === name).length > 1)
  }

  /** All pairs as a plain object, names as sent. */
  toRecord(): Record<string, string> {
    return Object.fromEntries(this.#pairs)
  }
}
