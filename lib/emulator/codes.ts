/** Authorization codes: issued once, redeemed once. */
import { createHash } from 'node:crypto'
import type { Authorization } from './authorization.js'
import { BoundedMap } from './bounded.js'
import { EntraError } from './entra-error.js'
import { randomSecret } from './identifiers.js'

/** How the app will prove that it is the one that asked. */
export interface CodeChallenge {
  readonly challenge: string
  readonly method: 'S256' | 'plain'
}

interface IssuedCode {
  readonly authorization: Authorization
  readonly redirectUri: string
  readonly codeChallenge: CodeChallenge | undefined
  readonly expiresAt: Date
  redeemed: boolean
}

export interface CodeRedemption {
  code: string
  clientId: string
  redirectUri: string | undefined
  codeVerifier: string | undefined
  now: Date
}

const MAX_CODES = 1000

/** The codes of a tenant. */
export class Codes {
  readonly #codes = new BoundedMap<IssuedCode>(MAX_CODES)

  issue(code: Omit<IssuedCode, 'redeemed'>): string {
    const text = randomSecret('1.A')
    this.#codes.set(text, { ...code, redeemed: false })
    return text
  }

  /**
   * The authorization behind a code, once.
   *
   * @throws {EntraError} 70000 unknown code, or another app's · 54005 redeemed before · 70008 expired ·
   *   500112 other redirect URI · 501481 wrong, missing or unasked-for verifier.
   */
  redeem(redemption: CodeRedemption, onReplay: (grantId: string) => void): Authorization {
    const issued = this.#codes.get(redemption.code)
    if (!issued) throw new EntraError(70000, { detail: 'the authorization code is malformed or was not issued here.' })
    if (issued.authorization.app.clientId.toLowerCase() !== redemption.clientId.toLowerCase()) {
      throw new EntraError(70000, { detail: 'the authorization code was issued to another application.' })
    }
    if (issued.redeemed) {
      // RFC 6749 § 4.1.2: "SHOULD revoke (when possible) all tokens previously issued based on that authorization code."
      onReplay(issued.authorization.grantId)
      throw new EntraError(54005)
    }
    if (redemption.now >= issued.expiresAt) throw new EntraError(70008)
    if (redemption.redirectUri !== issued.redirectUri) {
      throw new EntraError(500112, { detail: redemption.redirectUri ?? '' })
    }
    if (!isVerified(issued.codeChallenge, redemption.codeVerifier)) throw new EntraError(501481)
    issued.redeemed = true
    return issued.authorization
  }
}

/** RFC 7636 § 4.6. A verifier without a challenge is refused too: someone took the challenge out of the request. */
function isVerified(codeChallenge: CodeChallenge | undefined, codeVerifier: string | undefined): boolean {
  if (!codeChallenge || codeVerifier === undefined) return codeChallenge === undefined && codeVerifier === undefined
  if (codeChallenge.method === 'plain') return codeVerifier === codeChallenge.challenge
  return createHash('sha256').update(codeVerifier).digest('base64url') === codeChallenge.challenge
}
