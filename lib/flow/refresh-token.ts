/** Takes over a refresh token from another store. */
import { ClientError } from '../errors.js'
import type { RefreshTokenRequest } from '../request/requests.js'
import type { AuthenticationResult } from '../request/result.js'
import { validScopes } from '../request/scopes.js'
import { requiredText, type ValidCommon, validCommon } from '../request/validate.js'
import { refreshTokenGrant } from '../token/grants.js'
import { freshResult } from './authentication-result.js'
import type { FlowContext } from './flow-context.js'
import { checkTokens, saveTokens } from './save-tokens.js'
import { sendGrant } from './send-grant.js'
import { targetForRequest } from './target.js'

/** The checked form of a request of acquireTokenByRefreshToken. */
interface ValidRefreshTokenRequest extends ValidCommon {
  readonly scopes: readonly string[]
  readonly refreshToken: string
}

/**
 * Checks a request of acquireTokenByRefreshToken.
 *
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 */
export function validRefreshTokenRequest(request: RefreshTokenRequest): ValidRefreshTokenRequest {
  return Object.freeze({
    ...validCommon(request),
    scopes: validScopes(request.scopes),
    refreshToken: secretOf(request.refreshToken),
  })
}

// "refresh-token = 1*VSCHAR" (RFC 6749 § A.17), which would allow spaces; no service puts any in, but files and pastes do.
const REFRESH_TOKEN = /^[\x21-\x7e]+$/

function secretOf(refreshToken: unknown): string {
  const text = requiredText(refreshToken, 'refreshToken')
  if (!REFRESH_TOKEN.test(text)) {
    throw new ClientError('invalid_request', 'refreshToken holds a character that no refresh token has', {
      hint: 'Pass the token alone: neither spaces nor the line break at the end of a file belong to it.',
    })
  }
  return text
}

/**
 * Redeems the refresh token and files what it brings under the account that the answer names.
 *
 * @throws {InteractionRequiredError} the service's error – the token has expired, was revoked, or is another application's.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken and checkTokens.
 * @see [RFC 6749 § 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)
 */
export async function acquireTokenByRefreshToken(
  context: FlowContext,
  request: ValidRefreshTokenRequest,
): Promise<AuthenticationResult> {
  const target = await targetForRequest(context, request)
  const grant = refreshTokenGrant(request.refreshToken)
  const answer = await sendGrant(context, request, { target, grant, retryOn5xx: true })
  // An answer without a new one leaves the old one in force. (RFC 6749 § 6)
  const tokens = { ...answer, refreshToken: answer.refreshToken ?? request.refreshToken }
  const answered = { target, tokens, request, account: undefined }
  checkTokens(context, answered)
  await saveTokens(context, answered, { signal: request.signal })
  return freshResult(answered)
}
