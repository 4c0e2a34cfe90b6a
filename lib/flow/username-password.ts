/** User name and password of a managed user, straight to the token endpoint. */
import { type Authority, CONSUMERS_TENANT } from '../authority/authority.js'
import { findUserRealm, forgetUserRealm } from '../authority/user-realm.js'
import { ClientError } from '../errors.js'
import type { AuthenticationResult } from '../request/result.js'
import { AADSTS_HINTS } from '../token/aadsts.js'
import { passwordGrant } from '../token/grants.js'
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
 * @throws {ClientError} federated_user_not_supported – the organization's own server knows the password.
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
  const query = { ...context, ...request, networkHost: target.cloud.preferredNetwork }
  if (target.authority.kind === 'aad') {
    const { accountType } = await findUserRealm(query)
    if (accountType === 'federated') {
      throw new ClientError('federated_user_not_supported', undefined, { correlationId: request.correlationId })
    }
  }
  try {
    return await signIn(context, request, target)
  } catch (error) {
    forgetUserRealm(query)
    throw error
  }
}

function assertTakesPasswords({ kind, tenant }: Authority, correlationId: string): void {
  if (kind !== 'aad' || !NO_PASSWORDS.has(tenant)) return
  throw new ClientError('invalid_request', `User name and password do not work over /${tenant} (AADSTS90010)`, {
    correlationId,
    hint: AADSTS_HINTS.get(NOT_OVER_COMMON)?.hint,
  })
}

async function signIn(
  context: FlowContext,
  request: ValidPasswordRequest,
  target: TargetWithEndpoints,
): Promise<AuthenticationResult> {
  const tokens = await sendGrant(context, request, {
    target,
    grant: passwordGrant(request.username, request.password),
    // B2C has no use for it.
    anchorMailbox: target.authority.kind === 'b2c' ? undefined : mailboxOf(request.username),
    retryOn5xx: false,
  })
  const answered = { target, tokens, request, account: undefined }
  checkTokens(context, answered)
  await saveTokens(context, answered, { signal: request.signal })
  return freshResult(answered)
}
