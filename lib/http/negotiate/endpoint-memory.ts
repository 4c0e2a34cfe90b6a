/** Remembers which endpoints asked who the user is, so that the next request to one of them can say so at once. */

const MAX_ENDPOINTS = 100

/** How the user was proved there. */
export interface KnownEndpoint {
  /** Of the certificate that the server had. */
  readonly channelBindings: Uint8Array
  readonly mechanism: string
}

/** Holds the last hundred endpoints: an origin and a path, since one server may ask for one path and not for another. */
export class EndpointMemory {
  // In the order of last use.
  readonly #endpoints = new Map<string, KnownEndpoint>()

  /** `undefined`: this endpoint has not asked. */
  get(url: URL): KnownEndpoint | undefined {
    return this.#endpoints.get(keyOf(url))
  }

  /** From now on it has. */
  set(url: URL, endpoint: KnownEndpoint): void {
    this.delete(url)
    this.#endpoints.set(keyOf(url), endpoint)
    const [oldest] = this.#endpoints.keys()
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
