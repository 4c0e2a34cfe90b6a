/** The JSON shapes of the command line. Plain data only: dates as ISO 8601 texts, no claims. */
import type { AccountInfo, AuthenticationResult } from '../index.js'

/** An account as `accounts --json` lists it. */
export function accountJson(account: AccountInfo): Record<string, unknown> {
  const { username, name, homeAccountId, localAccountId, environment, tenantId } = account
  return { username, ...(name !== undefined && { name }), homeAccountId, localAccountId, environment, tenantId }
}

/** Who signed in and for what, without any token, as `login --json` prints it. */
export function signInJson(result: AuthenticationResult): Record<string, unknown> {
  const { account, tenantId, scopes, expiresOn, correlationId } = result
  return { account: accountJson(account), tenantId, scopes, expiresOn: expiresOn.toISOString(), correlationId }
}

/** The token with all that belongs to it, as `token --json` prints it. */
export function tokenJson(result: AuthenticationResult): Record<string, unknown> {
  const { accessToken, tokenType, idToken, extendedExpiresOn, refreshOn, fromCache } = result
  return {
    accessToken,
    tokenType,
    ...signInJson(result),
    ...(extendedExpiresOn && { extendedExpiresOn: extendedExpiresOn.toISOString() }),
    ...(refreshOn && { refreshOn: refreshOn.toISOString() }),
    ...(idToken !== undefined && { idToken }),
    fromCache,
  }
}
