/** What an answer asks for, as far as Negotiate goes: the schemes on offer, and the server's token. */
import { parseChallenges } from './www-authenticate.js'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const WELL_KNOWN: Readonly<Record<string, string>> = { negotiate: 'Negotiate', ntlm: 'NTLM', basic: 'Basic' }
const MAX_SCHEME = 40

/** The Negotiate part of an answer's WWW-Authenticate. */
export interface NegotiateChallenge {
  /** Every scheme once, in the server's order; the usual ones in their usual letter case. */
  readonly offered: readonly string[]
  readonly offersNegotiate: boolean
  /** What the server sent; empty when it only offers. `undefined`: it is not base64. */
  readonly token: Uint8Array | undefined
}

/** Reads it; no header is a server that offers nothing. */
export function readChallenge(wwwAuthenticate: string | undefined): NegotiateChallenge {
  const challenges = parseChallenges(wwwAuthenticate ?? '').map(({ scheme, token }) => {
    return { scheme: WELL_KNOWN[scheme.toLowerCase()] ?? scheme.slice(0, MAX_SCHEME), token }
  })
  const ours = challenges.filter(({ scheme }) => scheme === 'Negotiate').map(({ token }) => token)
  const token = ours.find(text => text !== '') ?? ''
  return {
    offered: [...new Set(challenges.map(({ scheme }) => scheme))],
    offersNegotiate: ours.length > 0,
    token: BASE64.test(token) ? Uint8Array.from(Buffer.from(token, 'base64')) : undefined,
  }
}
