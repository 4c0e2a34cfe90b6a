/** Who signed in: the account that a token answer is about. */

import { type Authority, CONSUMERS_TENANT, hasTenants, isMultiTenant } from '../authority/authority.js'
import type { Target } from '../authority/request-authority.js'
import { ClientError } from '../errors.js'
import type { AccountInfo, IdTokenClaims } from '../request/result.js'
import { homeAccountIdOf } from '../token/client-info.js'
import type { TokenResponse } from '../token/token-response.js'

/**
 * The account of an answer, and the realm its tokens are filed under.
 *
 * @throws {ClientError} invalid_token_response – the answer does not say who signed in.
 */
export function signedInAccount(
  target: Target,
  tokens: TokenResponse,
  known: AccountInfo | undefined,
  correlationId: string,
): AccountInfo {
  const claims = tokens.idTokenClaims
  const homeAccountId =
    tokens.clientInfo === undefined ? (known?.homeAccountId ?? claims?.sub) : homeAccountIdOf(tokens.clientInfo)
  if (homeAccountId === undefined) {
    throw new ClientError('invalid_token_response', 'The token answer does not say who signed in', {
      correlationId,
      hint: 'Check that the authority is right: an answer for a user has client_info or an ID token.',
    })
  }
  const tenantId = tenantOf(target.authority, claims, tokens.clientInfo?.utid ?? known?.tenantId)
  const name = claims?.name ?? known?.name
  return {
    homeAccountId,
    localAccountId: claims?.oid ?? claims?.sub ?? known?.localAccountId ?? homeAccountId,
    environment: target.cloud.preferredCache,
    tenantId,
    username: usernameOf(claims) ?? known?.username ?? '',
    ...(typeof name === 'string' ? { name } : {}),
    ...(claims === undefined ? {} : { idTokenClaims: claims }),
  }
}

/** The GUID where the answer names it, since other programs look for that; else what the authority says. */
function tenantOf(authority: Authority, claims: IdTokenClaims | undefined, homeTenant: string | undefined): string {
  if (!hasTenants(authority)) return ''
  if (typeof claims?.tid === 'string' && claims.tid !== '') return claims.tid
  if (authority.tenant === 'consumers') return CONSUMERS_TENANT
  return isMultiTenant(authority) ? (homeTenant ?? authority.tenant) : authority.tenant
}

function usernameOf(claims: IdTokenClaims | undefined): string | undefined {
  // B2C has the user's addresses in a list.
  const emails: unknown = claims?.emails
  const [email] = Array.isArray(emails) ? (emails as unknown[]) : []
  const candidates = [claims?.preferred_username, claims?.upn, claims?.email, email, claims?.name]
  return candidates.find((candidate): candidate is string => typeof candidate === 'string' && candidate !== '')
}
