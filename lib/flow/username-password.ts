/** User name and password of a managed user, straight to the token endpoint. */
import { type Authority, CONSUMERS_TENANT } from '../authority/authority.js'
import { findUserRealm, forgetUserRealm, hasUserRealms } from '../authority/user-realm.js'
import { ClientError } from '../errors.js'
import type { AuthenticationResult } from '../request/result.js'
import { AADSTS_HINTS } from '../token/aadsts.js'
import { passwordGrant } from '../token/grants.js'
import type { TokenResponse } from '../token/token-response.js'
import { freshResult } from './authentication-result.js'
import type { FlowContext } from './flow-context.js'
import type { ValidPasswordRequest } from './password-request.js'
import { checkTokens, saveTokens } from './save-tokens.js'
import { mailboxOf, sendGrant } from './send-grant.js'
import { type TargetWithEndpoints, targetForLookUp, targetForRequest } from './target.js'

/** AADSTS90010, which the service would answer there once it has the password. */
const NOT_OVER_COMMON = 90010
const NO_PASSWORDS: ReadonlySet<string> = new Set(['common', 'consumers', CONSUMERS_TENANT])

/**
 * Signs in with the password. Never sends it a second time, or to a host that is not trusted.
 *
 * @throws {ClientError} invalid_request – the authority is common or consumers, which take no passwords.
 * @throws {ClientError} unknown_user_type, user_realm_discovery_failed – nobody knows where this user signs in.
 * @throws {ClientError} federated_user_not_supported, ropc_not_supported_for_msa – another server knows the password.
 * @throws {InteractionRequiredError} the service's error – a wrong password, a second factor, missing consent.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken and checkTokens.
 * @see [RFC 6749 § 4.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.3)
 */
export async function acquireTokenByUsernamePassword(
  context: FlowContext,
  request: ValidPasswordRequest,
): Promise<AuthenticationResult> {
  assertTakesPasswords(targetForLookUp(context, request).authority, request.correlationId)
  const target = await targetForRequest(context, request)
  if (hasUserRealms(target.authority)) await assertManaged(context, request, target)
  const tokens = await sendPassword(context, request, target)
  const answered = { target, tokens, request, account: undefined }
  checkTokens(context, answered)
  await saveTokens(context, answered, { signal: request.signal })
  return freshResult(answered)
}

function assertTakesPasswords({ kind, tenant }: Authority, correlationId: string): void {
  if (kind !== 'aad' || !NO_PASSWORDS.has(tenant)) return
  throw new ClientError('invalid_request', `User name and password do not work over /${tenant} (AADSTS90010)`, {
    correlationId,
    hint: AADSTS_HINTS.get(NOT_OVER_COMMON)?.hint,
  })
}

/** The password of a federated user, or of a personal account, is none of this authority's business: it is not sent. */
async function assertManaged(
  { http, clock, realms }: FlowContext,
  { username, correlationId, signal }: ValidPasswordRequest,
  { authority, cloud }: TargetWithEndpoints,
): Promise<void> {
  const networkHost = cloud.preferredNetwork
  const query = { http, clock, realms, authority, networkHost, username, correlationId, signal }
  const { accountType, domainName } = await findUserRealm(query)
  if (accountType === 'managed') return
  const isPersonal = domainName === 'live.com'
  throw new ClientError(isPersonal ? 'ropc_not_supported_for_msa' : 'federated_user_not_supported', undefined, {
    correlationId,
  })
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
