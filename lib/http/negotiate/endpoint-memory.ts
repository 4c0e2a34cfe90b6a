/** Remembers which endpoints asked who the user is, so that the next request to one of them can say so at once. */

const MAX_ENDPOINTS = 100

/** Holds the last hundred endpoints: an origin and a path, since one server may ask for one path and not for another. */
export class EndpointMemory {
  // In the order of last use.
  readonly #endpoints = new Set<string>()

  /** Did this endpoint ask? */
  has(url: URL): boolean {
    return this.#endpoints.has(keyOf(url))
  }

  /** From now on it did. */
  add(url: URL): void {
    this.delete(url)
    this.#endpoints.add(keyOf(url))
    const [oldest] = this.#endpoints
    if (this.#endpoints.size > MAX_ENDPOINTS && oldest !== undefined) this.#endpoints.delete(oldest)
  }

  /** It is to be asked first again. */
  delete(url: URL): void {
    this.#endpoints.delete(keyOf(url))
  }
}

function keyOf({ origin, pathname }: URL): string {
  return origin + pathname
}
