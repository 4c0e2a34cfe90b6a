/** Username and password of a managed user, straight to the token endpoint. */
import type { Authority } from '../authority/authority.js'
import type { UsernamePasswordRequest } from '../request/requests.js'
import type { AuthenticationResult } from '../request/result.js'
import { validScopes } from '../request/scopes.js'
import { requiredText, type ValidCommon, validCommon } from '../request/validate.js'
import { passwordGrant } from '../token/grants.js'
import { freshResult } from './authentication-result.js'
import type { FlowContext } from './flow-context.js'
import { checkTokens, saveTokens } from './save-tokens.js'
import { mailboxOf, sendGrant } from './send-grant.js'
import { targetForRequest } from './target.js'

/** The checked form of a request of acquireTokenByUsernamePassword. */
interface ValidPasswordRequest extends ValidCommon {
  readonly scopes: readonly string[]
  readonly username: string
  readonly password: string
}

/**
 * Checks a request of acquireTokenByUsernamePassword.
 *
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 */
export function validPasswordRequest(request: UsernamePasswordRequest, _application: Authority): ValidPasswordRequest {
  const { password } = request
  return Object.freeze({
    ...validCommon(request),
    scopes: validScopes(request.scopes),
    username: requiredText(request.username, 'username', 1_024),
    password: requiredText(
      password instanceof Uint8Array ? Buffer.from(password).toString('utf8') : password,
      'password',
      1_024,
    ),
  })
}

/**
 * Signs in with the password.
 *
 * @throws {InteractionRequiredError} the service's error – a wrong password, a second factor, missing consent.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken and checkTokens.
 * @see [RFC 6749 § 4.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.3)
 */
export async function acquireTokenByUsernamePassword(
  context: FlowContext,
  request: ValidPasswordRequest,
): Promise<AuthenticationResult> {
  const target = await targetForRequest(context, request)
  const tokens = await sendGrant(context, request, {
    target,
    grant: passwordGrant(request.username, request.password),
    anchorMailbox: mailboxOf(request.username),
    retryOn5xx: false,
  })
  const answered = { target, tokens, request, account: undefined }
  checkTokens(context, answered)
  await saveTokens(context, answered, { signal: request.signal })
  return freshResult(answered)
}
