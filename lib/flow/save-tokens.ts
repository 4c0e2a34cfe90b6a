/** Accepts a token answer: holds its ID token against what was asked for, then files it in the cache. */
import type { AccountInfo } from '../request/result.js'
import { checkIdToken } from '../token/id-token.js'
import type { TokenResponse } from '../token/token-response.js'
import type { FlowContext } from './flow-context.js'
import { signedInAccount } from './signed-in-account.js'
import type { Target } from './target.js'

/** An answer and what it answers. */
export interface AnsweredRequest {
  readonly target: Target
  readonly tokens: TokenResponse
  readonly request: { readonly scopes: readonly string[]; readonly correlationId: string }
  /** Whose tokens were renewed; `undefined` when somebody signed in. */
  readonly account: AccountInfo | undefined
  readonly nonce?: string | undefined
}

/**
 * Checks and saves.
 *
 * @throws {ClientError} invalid_audience, invalid_issuer, nonce_mismatch, invalid_token_response – nothing is saved.
 * @throws {ClientError} cache_write_failed, cache_lock_timeout – saved in memory only.
 */
export async function saveTokens(context: FlowContext, answered: AnsweredRequest): Promise<void> {
  const { target, tokens, request } = answered
  const { clientId, clock, logger, cache } = context
  const { correlationId } = request
  const claims = tokens.idTokenClaims
  if (claims !== undefined) {
    const { authority, cloud } = target
    checkIdToken(claims, {
      clientId,
      authority,
      cloud,
      nonce: answered.nonce,
      nowMs: clock.now(),
      correlationId,
      logger,
    })
  }
  const account = signedInAccount(target, tokens, answered.account, correlationId)
  await cache.update(edit =>
    edit.saveTokens({
      homeAccountId: account.homeAccountId,
      environment: target.cloud.preferredCache,
      environments: target.cloud.aliases,
      realm: account.tenantId,
      clientId,
      clientInfo: tokens.clientInfo?.raw,
      scopes: tokens.scopes ?? request.scopes,
      accessToken: tokens.accessToken,
      cachedAt: tokens.receivedOn,
      expiresOn: tokens.expiresOn,
      extendedExpiresOn: tokens.extendedExpiresOn,
      refreshOn: tokens.refreshOn,
      refreshToken: tokens.refreshToken,
      familyId: tokens.familyId,
      idToken: tokens.idToken,
      account: {
        username: account.username,
        localAccountId: account.localAccountId,
        name: account.name,
        givenName: claims?.given_name,
        familyName: claims?.family_name,
        authorityType: 'MSSTS',
      },
    }),
  )
}
