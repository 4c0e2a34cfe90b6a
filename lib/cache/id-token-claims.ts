/** Claims of a cached ID token, decoded when somebody first reads them. */
import type { AccountInfo, IdTokenClaims } from '../request/result.js'
import { isEntity } from './schema.js'

/**
 * Gives an account an `idTokenClaims` that is decoded at its first read. It is enumerable, so that copies and JSON of the
 * account have it too. The token was verified when it was received; a cache is not a place to verify it again.
 */
export function withLazyClaims(account: AccountInfo, idToken: string): AccountInfo {
  let claims: IdTokenClaims | undefined
  let isDecoded = false
  return Object.defineProperty(account, 'idTokenClaims', {
    enumerable: true,
    configurable: true,
    get() {
      if (!isDecoded) claims = decodeClaims(idToken)
      isDecoded = true
      return claims
    },
  })
}

/** The payload of a JWT; undefined when another library stored something else. */
export function decodeClaims(idToken: string): IdTokenClaims | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())
    return isEntity(claims) ? claims : undefined
  } catch {
    return undefined
  }
}
