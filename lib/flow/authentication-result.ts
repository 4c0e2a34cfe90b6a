/** Builds the AuthenticationResult, the one thing that every flow resolves with. */
import type { CachedTokens } from '../cache/cache-view.js'
import { addLazyClaims } from '../cache/id-token-claims.js'
import type { AccountInfo, AuthenticationResult } from '../request/result.js'
import type { AnsweredRequest } from './save-tokens.js'
import { signedInAccount } from './signed-in-account.js'

interface ResultParts {
  readonly accessToken: string
  readonly expiresOn: Date
  readonly extendedExpiresOn: Date | undefined
  readonly refreshOn: Date | undefined
  readonly scopes: readonly string[]
  readonly account: AccountInfo
  readonly idToken: string | undefined
  readonly correlationId: string
  readonly fromCache: boolean
}

/** The result of a token request. */
export function freshResult(answered: AnsweredRequest): AuthenticationResult {
  const { target, tokens, request } = answered
  return result({
    accessToken: tokens.accessToken,
    expiresOn: tokens.expiresOn,
    extendedExpiresOn: tokens.extendedExpiresOn,
    refreshOn: tokens.refreshOn,
    scopes: tokens.scopes ?? request.scopes,
    account: signedInAccount(target, tokens, answered.account, request.correlationId),
    idToken: tokens.idToken,
    correlationId: request.correlationId,
    fromCache: false,
  })
}

/** The result of a cache hit; `asked` is the account that the caller asked for. */
export function cachedResult(cached: CachedTokens, asked: AccountInfo, correlationId: string): AuthenticationResult {
  const { token, idToken, account = asked } = cached
  const { accessToken, expiresOn, extendedExpiresOn, refreshOn, scopes } = token
  return result({
    accessToken,
    expiresOn,
    extendedExpiresOn,
    refreshOn,
    scopes,
    account,
    idToken,
    correlationId,
    fromCache: true,
  })
}

function result(parts: ResultParts): AuthenticationResult {
  const { account, idToken, accessToken } = parts
  const built: AuthenticationResult = {
    accessToken,
    tokenType: 'Bearer',
    expiresOn: parts.expiresOn,
    scopes: [...parts.scopes],
    account,
    tenantId: account.tenantId,
    uniqueId: account.localAccountId,
    correlationId: parts.correlationId,
    fromCache: parts.fromCache,
    authorizationHeader: `Bearer ${accessToken}`,
  }
  if (parts.extendedExpiresOn !== undefined) built.extendedExpiresOn = parts.extendedExpiresOn
  if (parts.refreshOn !== undefined) built.refreshOn = parts.refreshOn
  if (idToken !== undefined) {
    built.idToken = idToken
    // Most callers want the access token and nothing else.
    addLazyClaims(built, idToken)
  }
  return built
}
