/** Proof Key for Code Exchange: only who asked for the code can redeem it. */
import { createHash, randomBytes } from 'node:crypto'

/** A verifier and its challenge, both base64url without padding. */
export interface PkcePair {
  readonly codeVerifier: string
  readonly codeChallenge: string
}

/**
 * The challenge of a verifier.
 *
 * @see [RFC 7636 § 4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2)
 */
export function codeChallengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url')
}

/**
 * Makes a verifier of 43 characters, which "256 bits of entropy" come to, and its S256 challenge.
 *
 * @see [RFC 7636 § 7.1](https://www.rfc-editor.org/rfc/rfc7636#section-7.1)
 */
export function createPkcePair(): PkcePair {
  const codeVerifier = randomBytes(32).toString('base64url')
  return { codeVerifier, codeChallenge: codeChallengeOf(codeVerifier) }
}
