/** Redeems an authorization code, whoever fetched it. */

import type { AuthorizationCodeRequest } from '../request/requests.js'
import type { AccountInfo, AuthenticationResult } from '../request/result.js'
import { validScopes } from '../request/scopes.js'
import { optionalText, requiredText, type ValidCommon, validCommon } from '../request/validate.js'
import { authorizationCodeGrant } from '../token/grants.js'
import { freshResult } from './authentication-result.js'
import type { FlowContext } from './flow-context.js'
import { checkTokens, saveTokens } from './save-tokens.js'
import { mailboxOf, sendGrant } from './send-grant.js'
import { targetForRequest } from './target.js'

/** A code and what was sent along when it was asked for. */
export interface ValidCodeRequest extends ValidCommon {
  readonly scopes: readonly string[]
  readonly code: string
  readonly redirectUri: string
  readonly codeVerifier: string | undefined
  readonly nonce: string | undefined
}

/**
 * Checks a request of acquireTokenByAuthorizationCode.
 *
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 */
export function validCodeRequest(request: AuthorizationCodeRequest, defaultRedirectUri: string): ValidCodeRequest {
  return Object.freeze({
    ...validCommon(request),
    scopes: validScopes(request.scopes),
    code: requiredText(request.code, 'code'),
    redirectUri: optionalText(request.redirectUri, 'redirectUri', 2_048) ?? defaultRedirectUri,
    codeVerifier: optionalText(request.codeVerifier, 'codeVerifier', 128),
    nonce: optionalText(request.nonce, 'nonce', 1_024),
  })
}

/**
 * Redeems the code once: it is never sent a second time, since the service would revoke what the first try was given.
 *
 * @throws {InteractionRequiredError} the service's error – for example an expired or used code.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken and checkTokens.
 * @throws {ClientError} cache_write_failed, cache_lock_timeout – signed in, but only in memory.
 * @see [RFC 6749 § 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)
 */
export async function acquireTokenByAuthorizationCode(
  context: FlowContext,
  request: ValidCodeRequest,
  signIn: { account?: AccountInfo | undefined; loginHint?: string | undefined } = {},
): Promise<AuthenticationResult> {
  const target = await targetForRequest(context, request)
  const tokens = await sendGrant(context, request, {
    target,
    grant: authorizationCodeGrant(request.code, request.redirectUri, request.codeVerifier),
    anchorMailbox: mailboxOf(signIn.loginHint ?? signIn.account?.username),
    retryOn5xx: false,
  })
  const answered = { target, tokens, request, account: signIn.account, nonce: request.nonce }
  checkTokens(context, answered)
  await saveTokens(context, answered, { signal: request.signal })
  return freshResult(answered)
}
