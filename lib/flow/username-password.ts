/** User name and password: of a managed user to the token endpoint, of a federated one to the organization's own server. */
import { forgetUserRealm, hasUserRealms } from '../authority/user-realm.js'
import type { AuthenticationResult } from '../request/result.js'
import { passwordGrant } from '../token/grants.js'
import type { TokenResponse } from '../token/token-response.js'
import { Steps } from '../wstrust/steps.js'
import { freshResult } from './authentication-result.js'
import type { FlowContext } from './flow-context.js'
import { assertOrganizational } from './organizational-authority.js'
import type { ValidPasswordRequest } from './password-request.js'
import { checkTokens, saveTokens } from './save-tokens.js'
import { mailboxOf, sendGrant } from './send-grant.js'
import { type TargetWithEndpoints, targetForLookUp, targetForRequest } from './target.js'
import { realmOf } from './user-realm-step.js'

/**
 * Signs in with the password. Never sends it a second time, or to a host that is not trusted.
 *
 * @throws {ClientError} invalid_request – the authority is common or consumers, which take no passwords.
 * @throws {ClientError} unknown_user_type, user_realm_discovery_failed – nobody knows where this user signs in.
 * @throws {ClientError} ropc_not_supported_for_msa – a personal account.
 * @throws {ClientError} missing_federation_metadata_url, wstrust_endpoint_not_found, … – as listed at findWsTrustEndpoint.
 * @throws {ClientError} parsing_wstrust_response_failed – the federation server refused, as for a wrong password.
 * @throws {InteractionRequiredError} the service's error – a wrong password, a second factor, missing consent.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken and checkTokens.
 * @see [RFC 6749 § 4.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.3)
 */
export async function acquireTokenByUsernamePassword(
  context: FlowContext,
  request: ValidPasswordRequest,
): Promise<AuthenticationResult> {
  assertOrganizational(targetForLookUp(context, request).authority, 'A user name and a password', request.correlationId)
  const target = await targetForRequest(context, request)
  const steps = new Steps(context.logger)
  const tokens = await steps.during(request.signal, () =>
    hasUserRealms(target.authority)
      ? signInWhereAtHome(context, request, target, steps)
      : sendPassword(context, request, target),
  )
  const answered = { target, tokens, request, account: undefined }
  checkTokens(context, answered)
  await saveTokens(context, answered, { signal: request.signal })
  return freshResult(answered)
}

/** The password of a federated user is none of this authority's business: it goes to the user's own server only. */
async function signInWhereAtHome(
  context: FlowContext,
  request: ValidPasswordRequest,
  target: TargetWithEndpoints,
  steps: Steps,
): Promise<TokenResponse> {
  const { username, password } = request
  const question = { username, target, desktopSso: false, steps }
  const realm = await realmOf(context, request, question)
  if (realm.accountType === 'managed') return sendPassword(context, request, target)
  // Most passwords are managed ones: they need none of it.
  const { endpointFor, exchangeFederatedToken } = await import('./federated-token.js')
  const user = { ...question, realm }
  const endpoint = await endpointFor(context, request, user, 'password')
  return exchangeFederatedToken(context, request, user, { endpoint, proof: { credentials: { username, password } } })
}

async function sendPassword(
  context: FlowContext,
  request: ValidPasswordRequest,
  target: TargetWithEndpoints,
): Promise<TokenResponse> {
  const { username, password } = request
  try {
    return await sendGrant(context, request, {
      target,
      grant: passwordGrant(username, password),
      // B2C has no use for it.
      anchorMailbox: target.authority.kind === 'b2c' ? undefined : mailboxOf(username),
      retryOn5xx: false,
    })
  } catch (error) {
    forgetUserRealm({ realms: context.realms, networkHost: target.cloud.preferredNetwork, username })
    throw error
  }
}
