/** Claims of an ID token, decoded when somebody first reads them. */
import type { IdTokenClaims } from '../request/result.js'
import { decodeIdToken } from '../token/id-token.js'

/** Where the token is until then; not enumerable, so that neither copies nor logs have it. */
const ID_TOKEN = Symbol('ID token')

interface Holder {
  idTokenClaims?: IdTokenClaims | undefined
}

// The same two functions for all: a closure for each object would cost ten times as much and make it a slow one.
const LAZY_CLAIMS: PropertyDescriptor & ThisType<Holder & { [ID_TOKEN]?: string }> = {
  enumerable: true,
  configurable: true,
  get() {
    return settle(this, decode(this[ID_TOKEN]))
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
  Object.defineProperty(holder, ID_TOKEN, { value: idToken })
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

/** Undefined when another library stored something else. */
function decode(idToken: string | undefined): IdTokenClaims | undefined {
  try {
    return idToken === undefined ? undefined : decodeIdToken(idToken)
  } catch {
    return undefined
  }
}
