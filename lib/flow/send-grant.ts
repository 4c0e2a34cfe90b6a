/** Sends one grant of a checked request to the token endpoint of its authority. */
import { isMicrosofts } from '../authority/authority.js'
import { consentPages } from '../authority/consent-pages.js'
import { scopesToSend } from '../request/scopes.js'
import type { ValidCommon } from '../request/validate.js'
import { buildClaims } from '../token/claims.js'
import type { GrantFields } from '../token/grants.js'
import { fetchToken } from '../token/token-endpoint.js'
import type { TokenResponse } from '../token/token-response.js'
import type { FlowContext } from './flow-context.js'
import type { TargetWithEndpoints } from './target.js'

/** A grant and how it is to be sent. */
export interface GrantToSend {
  readonly target: TargetWithEndpoints
  readonly grant: GrantFields
  /** Routes the request to the user's home region: `upn:<user name>` or `oid:<uid>@<utid>`. */
  readonly anchorMailbox?: string | undefined
  /** Only where sending the same grant twice does no harm. */
  readonly retryOn5xx: boolean
  /** Default: that of the request. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends the grant with the request's scopes, claims and query parameters.
 *
 * @throws {InteractionRequiredError} the service's error – the user has to do something.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken.
 */
export function sendGrant(
  context: Pick<FlowContext, 'clientId' | 'clientCapabilities' | 'http' | 'clock'>,
  request: ValidCommon & { readonly scopes: readonly string[] },
  { target, grant, anchorMailbox, retryOn5xx, signal = request.signal }: GrantToSend,
): Promise<TokenResponse> {
  const { clientId } = context
  const ofMicrosoft = isMicrosofts(target.authority)
  // What is asked for anew may not go beyond what was granted, and a provider need not grant offline_access to refresh. (RFC 6749 § 6)
  const isScopeGiven = !ofMicrosoft && grant.grant_type === 'refresh_token'
  const scope = isScopeGiven ? '' : scopesToSend(request.scopes)
  return fetchToken(context, {
    endpoint: target.endpoints.token,
    clientId,
    isMicrosofts: ofMicrosoft,
    scope,
    consent: consentPages({ ...target, clientId, scope }),
    grant,
    claims: buildClaims(request.claims, context.clientCapabilities, request.clientCapabilities),
    correlationId: request.correlationId,
    extraQueryParameters: request.extraQueryParameters,
    anchorMailbox,
    retryOn5xx,
    signal,
  })
}

/** The mailbox of a user name. */
export function mailboxOf(username: string | undefined): string | undefined {
  return username === undefined || username === '' ? undefined : `upn:${username}`
}
