/** Claims of a cached ID token, decoded when somebody first reads them. */
import type { AccountInfo, IdTokenClaims } from '../request/result.js'
import { isEntity } from './schema.js'

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

/** The payload of a JWT, not to be changed; undefined when another library stored something else. */
function decodeClaims(idToken: string): IdTokenClaims | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())
    return isEntity(claims) ? Object.freeze(claims) : undefined
  } catch {
    return undefined
  }
}
