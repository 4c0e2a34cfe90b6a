/** The URL of a sign-in page, for applications that run the browser themselves. */
import { isMicrosofts } from '../authority/authority.js'
import type { AuthorizationUrl } from '../request/requests.js'
import { buildClaims } from '../token/claims.js'
import { buildAuthorizationRequest } from './authorization-request.js'
import type { FlowContext } from './flow-context.js'
import type { ValidAuthorizationUrlRequest } from './interactive-request.js'
import { targetForRequest } from './target.js'

/**
 * Makes the URL and what its answer has to be held against.
 *
 * @throws {ClientError} duplicate_query_parameter – extraQueryParameters repeats one of ours.
 * @throws {ServiceError} invalid_instance – the authority's host is not to be trusted.
 * @see [OIDC Core § 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
 */
export async function getAuthorizationCodeUrl(
  context: FlowContext,
  request: ValidAuthorizationUrlRequest,
): Promise<AuthorizationUrl> {
  const { endpoints, authority } = await targetForRequest(context, request)
  const { url, codeVerifier, state, nonce } = buildAuthorizationRequest({
    ...request,
    endpoint: endpoints.authorize,
    clientId: context.clientId,
    isMicrosofts: isMicrosofts(authority),
    claims: buildClaims(request.claims, context.clientCapabilities, request.clientCapabilities),
  })
  return { url, codeVerifier, state, nonce }
}
