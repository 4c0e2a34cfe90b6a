/** The token endpoint's answer, checked and with absolute times. */
import { ClientError } from '../errors.js'
import type { IdTokenClaims } from '../request/result.js'
import { splitScopes } from '../request/scopes.js'
import { type ClientInfo, parseClientInfo } from './client-info.js'
import { decodeIdToken } from './id-token.js'

/** A token answer in our own names. */
export interface TokenResponse {
  readonly accessToken: string
  readonly receivedOn: Date
  readonly expiresOn: Date
  readonly extendedExpiresOn: Date | undefined
  readonly refreshOn: Date | undefined
  /** What was granted; `undefined` means what was asked for. (RFC 6749 § 5.1) */
  readonly scopes: readonly string[] | undefined
  readonly refreshToken: string | undefined
  /** Where the service says it: Entra mostly does not, B2C and AD FS do. */
  readonly refreshTokenExpiresOn: Date | undefined
  /** `1` for a token that all Microsoft family applications may use. */
  readonly familyId: string | undefined
  readonly idToken: string | undefined
  readonly idTokenClaims: IdTokenClaims | undefined
  readonly clientInfo: ClientInfo | undefined
}

/** Without expires_in the token is kept for ten minutes only, of which five can be used. */
const DEFAULT_LIFETIME_SECONDS = 600
/** How B2C answers when nothing but openid and its like was asked for. */
const NO_RESOURCE = 'Ask for a scope of a web API, or for the client ID itself as a scope to get a token for the app.'
const DIGITS = /^\d{1,15}$/
/** A lifetime beyond a year is a mistake in the answer, not a promise. */
const MAX_LIFETIME_SECONDS = 366 * 86_400

/**
 * Parses a token answer.
 *
 * Sample: `{"token_type":"Bearer","scope":"User.Read","expires_in":3599,"ext_expires_in":3599,"access_token":"…","refresh_token":"…","id_token":"…","client_info":"…"}`
 *
 * @throws {ClientError} token_type_missing, token_type_mismatch, invalid_token_response, invalid_jwt – it is not one.
 * @see [RFC 6749 § 5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)
 */
export function parseTokenResponse(
  answer: Readonly<Record<string, unknown>>,
  nowMs: number,
  correlationId: string,
): TokenResponse {
  const text = (name: string): string | undefined => {
    const value = answer[name]
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value
    throw new ClientError('invalid_token_response', `${name} of the token answer is not a string`, { correlationId })
  }
  const inSeconds = (name: string): Date | undefined => {
    const value = answer[name]
    // v1 endpoints and AD FS answer with numbers in quotation marks.
    const seconds = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value
    if (typeof seconds !== 'number' || !(seconds >= 0)) return undefined
    return new Date(nowMs + Math.min(seconds, MAX_LIFETIME_SECONDS) * 1000)
  }
  const tokenType = text('token_type')
  if (tokenType === undefined) throw new ClientError('token_type_missing', undefined, { correlationId })
  if (tokenType.toLowerCase() !== 'bearer') throw new ClientError('token_type_mismatch', undefined, { correlationId })
  const accessToken = text('access_token')
  const idToken = text('id_token')
  if (accessToken === undefined) {
    throw new ClientError('invalid_token_response', 'The token answer has no access_token', {
      correlationId,
      hint: idToken === undefined ? undefined : NO_RESOURCE,
    })
  }
  const scope = text('scope')
  return {
    accessToken,
    receivedOn: new Date(nowMs),
    expiresOn: inSeconds('expires_in') ?? new Date(nowMs + DEFAULT_LIFETIME_SECONDS * 1000),
    extendedExpiresOn: inSeconds('ext_expires_in'),
    refreshOn: inSeconds('refresh_in'),
    scopes: scope === undefined ? undefined : splitScopes(scope),
    refreshToken: text('refresh_token'),
    refreshTokenExpiresOn: inSeconds('refresh_token_expires_in'),
    familyId: text('foci'),
    idToken,
    idTokenClaims: idToken === undefined ? undefined : decodeIdToken(idToken, correlationId),
    clientInfo: parseClientInfo(answer.client_info),
  }
}
