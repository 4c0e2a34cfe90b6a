/** Remembers which endpoints asked who the user is, so that the next request to one of them can say so at once. */
import { Recent } from '../recent.js'

const MAX_ENDPOINTS = 100

/** How the user was proved there. */
export interface KnownEndpoint {
  /** Of the certificate that the server had. */
  readonly channelBindings: Uint8Array
  readonly mechanism: string
}

/** Holds the last hundred endpoints: an origin and a path, since one server may ask for one path and not for another. */
export class EndpointMemory {
  readonly #endpoints = new Recent<KnownEndpoint>(MAX_ENDPOINTS)

  /** `undefined`: this endpoint has not asked. */
  get(url: URL): KnownEndpoint | undefined {
    return this.#endpoints.get(keyOf(url))
  }

  /** From now on it has. */
  set(url: URL, endpoint: KnownEndpoint): void {
    this.#endpoints.set(keyOf(url), endpoint)
  }

  /** It is to be asked first again. */
  delete(url: URL): void {
    this.#endpoints.delete(keyOf(url))
  }
}

function keyOf({ origin, pathname }: URL): string {
  return origin + pathname
}
