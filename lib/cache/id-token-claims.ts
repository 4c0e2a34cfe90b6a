/** Claims of a cached ID token, decoded when somebody first reads them. */
import type { AccountInfo, IdTokenClaims } from '../request/result.js'
import { decodeIdToken } from '../token/id-token.js'

/** Where an account keeps its ID token until the claims are asked for; not enumerable, so that copies do not carry it. */
const SOURCE = Symbol('ID token')

interface Source {
  idToken?: string
  claims?: IdTokenClaims | undefined
}

// One getter for all accounts: a closure for each would cost a long list ten times its time.
const LAZY_CLAIMS: PropertyDescriptor & ThisType<{ [SOURCE]?: Source }> = {
  enumerable: true,
  get() {
    const source = this[SOURCE]
    if (source?.idToken !== undefined) {
      source.claims = decodeClaims(source.idToken)
      delete source.idToken
    }
    return source?.claims
  },
}

/**
 * Gives an account an `idTokenClaims` that is decoded at its first read. It is enumerable, so that copies and JSON of the
 * account have it too. The token was verified when it was received; a cache is not a place to verify it again.
 */
export function addLazyClaims(account: AccountInfo, idToken: string): void {
  Object.defineProperty(account, SOURCE, { value: { idToken } satisfies Source })
  Object.defineProperty(account, 'idTokenClaims', LAZY_CLAIMS)
}

/** Claims that nobody may change, since several callers may hold them; undefined when another library stored no JWT. */
function decodeClaims(idToken: string): IdTokenClaims | undefined {
  try {
    return Object.freeze(decodeIdToken(idToken))
  } catch {
    return undefined
  }
}
