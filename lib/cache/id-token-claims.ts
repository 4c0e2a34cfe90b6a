/** Claims of an ID token, decoded when somebody first reads them. */
import type { IdTokenClaims } from '../request/result.js'
import { decodeIdToken } from '../token/id-token.js'

interface Holder {
  idTokenClaims?: IdTokenClaims
}

class Given {
  constructor(given: object) {
    // biome-ignore lint/correctness/noConstructorReturn: what a base class returns is what its heir's private fields go into
    return given
  }
}

/**
 * Keeps the token in a private field of an object that somebody else made. Neither copies nor logs can show it, and it
 * takes a twentieth of the time of a hidden property, which would be most of the time of a listing.
 */
class Source extends Given {
  readonly #idToken: string

  constructor(holder: Holder, idToken: string) {
    super(holder)
    this.#idToken = idToken
  }

  /** Undefined when it is no JWT: another library may have stored anything. */
  static claimsOf(holder: object): IdTokenClaims | undefined {
    if (!(#idToken in holder)) return undefined
    try {
      return decodeIdToken(holder.#idToken)
    } catch {
      return undefined
    }
  }
}

// The same two functions for all: a closure for each object would cost ten times as much and make it a slow one.
const LAZY_CLAIMS: PropertyDescriptor & ThisType<Holder> = {
  enumerable: true,
  configurable: true,
  get() {
    return settle(this, Source.claimsOf(this))
  },
  set(claims: IdTokenClaims | undefined) {
    settle(this, claims)
  },
}

/**
 * Gives an object an `idTokenClaims` that is decoded at its first read and plain data from then on. It is enumerable, so
 * that copies and JSON of the object have it too. The token was verified when it was received.
 */
export function addLazyClaims(holder: Holder, idToken: string): void {
  new Source(holder, idToken)
  Object.defineProperty(holder, 'idTokenClaims', LAZY_CLAIMS)
}

function settle(holder: object, claims: IdTokenClaims | undefined): IdTokenClaims | undefined {
  // Of an object that its owner has frozen they are decoded at each read.
  Reflect.defineProperty(holder, 'idTokenClaims', {
    value: claims,
    enumerable: true,
    configurable: true,
    writable: true,
  })
  return claims
}
