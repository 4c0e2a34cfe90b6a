/** From a federation server's token to one of the authority: what Windows sign-in and federated passwords have in common. */
import { forgetUserRealm, type UserRealm } from '../authority/user-realm.js'
import type { ValidCommon } from '../request/validate.js'
import { AADSTS_HINTS } from '../token/aadsts.js'
import { samlBearerGrant } from '../token/grants.js'
import { hintInText } from '../token/other-codes.js'
import type { TokenResponse } from '../token/token-response.js'
import { findWsTrustEndpoint, forgetFederationServer } from '../wstrust/federation-metadata.js'
import { issueToken, type UserProof } from '../wstrust/issue-token.js'
import type { Proof, WsTrustEndpoint } from '../wstrust/mex-document.js'
import type { Steps } from '../wstrust/steps.js'
import type { FlowContext } from './flow-context.js'
import { mailboxOf, sendGrant } from './send-grant.js'
import type { TargetWithEndpoints } from './target.js'

/** A checked request that may end at a federation server. */
export interface FederatedRequest extends ValidCommon {
  readonly scopes: readonly string[]
  /** MEX document of the caller's. */
  readonly federationMetadata: string | undefined
}

/** Who signs in, and what is known about where. */
export interface FederatedUser {
  readonly username: string
  readonly realm: UserRealm
  readonly target: TargetWithEndpoints
  /** The realm was asked for with this switch. */
  readonly desktopSso: boolean
  readonly steps: Steps
}

const AADSTS = /\bAADSTS(\d{4,9})\b/g

/**
 * Finds where the user's federation server takes this kind of sign-in. Where that fails the realm is forgotten: the user
 * may have been moved to another server, or to none.
 *
 * @throws as listed at findWsTrustEndpoint.
 */
export async function endpointFor(
  context: FlowContext,
  request: FederatedRequest,
  user: FederatedUser,
  proof: Proof,
): Promise<WsTrustEndpoint> {
  const { http, clock, federationServers: servers } = context
  const { federationMetadata: document, correlationId, signal } = request
  const { realm, steps } = user
  const { metadataUrl, activeUrl } = realm
  const query = { http, clock, servers, steps, metadataUrl, activeUrl, document, correlationId, signal }
  try {
    return await findWsTrustEndpoint(query, proof)
  } catch (error) {
    forgetRealmOf(context, user)
    throw error
  }
}

/** Forgets what is remembered about where the user is at home. */
export function forgetRealmOf({ realms }: FlowContext, { username, target, desktopSso }: FederatedUser): void {
  forgetUserRealm({ realms, networkHost: target.cloud.preferredNetwork, username, desktopSso })
}

/**
 * Has the federation server issue a token, and exchanges it. What is remembered about both is forgotten when that fails:
 * organizations move users one by one.
 *
 * @throws {ClientError} parsing_wstrust_response_failed, negotiate_no_credentials, … – as listed at issueToken.
 * @throws {InteractionRequiredError} the service's error – a second factor, missing consent.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken.
 */
export async function exchangeFederatedToken(
  context: FlowContext,
  request: FederatedRequest,
  user: FederatedUser,
  { endpoint, proof }: { readonly endpoint: Pick<WsTrustEndpoint, 'url' | 'version'>; readonly proof: UserProof },
): Promise<TokenResponse> {
  const { http, clock, federationServers: servers } = context
  const { username, realm, target, steps } = user
  const { correlationId, signal } = request
  try {
    const { samlVersion, assertion } = await issueToken({
      http,
      clock,
      steps,
      endpoint,
      appliesTo: realm.audience,
      proof,
      hintForText,
      correlationId,
      signal,
    })
    steps.add(`security token: SAML ${samlVersion}, ${assertion.length} characters`)
    return await sendGrant(context, request, {
      target,
      grant: samlBearerGrant(samlVersion, assertion),
      anchorMailbox: mailboxOf(username),
      retryOn5xx: false,
    })
  } catch (error) {
    forgetRealmOf(context, user)
    forgetFederationServer({ servers, metadataUrl: realm.metadataUrl })
    throw error
  }
}

/** Microsoft's own federation server, the one of seamless single sign-on, has the service's numbers in its faults. */
function hintForText(text: string): string | undefined {
  const numbers = [...text.matchAll(AADSTS)].map(([, digits]) => Number(digits))
  const known = numbers.findLast(number => AADSTS_HINTS.has(number))
  return known === undefined ? hintInText(text) : AADSTS_HINTS.get(known)?.hint
}
