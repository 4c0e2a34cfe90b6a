/** Redeems a refresh token: the family's where this application belongs to it, else its own. */
import type { CacheView } from '../cache/cache-store.js'
import { ClientError, InteractionRequiredError, ServiceError } from '../errors.js'
import type { AccountInfo } from '../request/result.js'
import { scopesToSend } from '../request/scopes.js'
import { buildClaims } from '../token/claims.js'
import { homeAccountIdOf } from '../token/client-info.js'
import { refreshTokenGrant } from '../token/grants.js'
import { fetchToken } from '../token/token-endpoint.js'
import type { TokenResponse } from '../token/token-response.js'
import type { FlowContext } from './flow-context.js'
import { saveTokens } from './save-tokens.js'
import type { ValidSilentRequest } from './silent-request.js'
import type { Target } from './target.js'
import { targetForRequest } from './target.js'

/** What a refresh brought, for every caller who shared it. */
export interface RefreshedTokens {
  readonly target: Target
  readonly tokens: TokenResponse
  readonly correlationId: string
}

/**
 * Renews the tokens of an account and saves them.
 *
 * @throws {InteractionRequiredError} no_tokens_found – there is no refresh token.
 * @throws {InteractionRequiredError} the service's error – the refresh token is not accepted any more.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken.
 * @throws {ClientError} user_mismatch – the answer is about somebody else.
 * @see [RFC 6749 § 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)
 */
export async function refreshTokens(
  context: FlowContext,
  request: ValidSilentRequest,
  account: AccountInfo,
  signal: AbortSignal,
): Promise<RefreshedTokens> {
  const { correlationId } = request
  const target = await targetForRequest(context, { ...request, signal }, account)
  const candidates = await context.cache.read(view => refreshTokensToTry(view, context.clientId, target, account))
  if (candidates.length === 0) {
    throw new InteractionRequiredError('no_tokens_found', undefined, {
      correlationId,
      classification: 'acquire_token_silent_failed',
    })
  }
  const tokens = await redeemFirstAccepted(context, candidates, secret =>
    fetchToken(context, {
      endpoint: target.endpoints.token,
      clientId: context.clientId,
      scope: scopesToSend(request.scopes),
      grant: refreshTokenGrant(secret),
      claims: buildClaims(request.claims, context.clientCapabilities),
      correlationId,
      extraQueryParameters: request.extraQueryParameters,
      anchorMailbox: anchorMailboxOf(account),
      retryOn5xx: true,
      signal,
    }),
  )
  const answered = tokens.clientInfo
  if (answered !== undefined && homeAccountIdOf(answered).toLowerCase() !== account.homeAccountId.toLowerCase()) {
    throw new ClientError('user_mismatch', undefined, { correlationId })
  }
  await saveRenewed(context, { target, tokens, request, account })
  return { target, tokens, correlationId }
}

/** Own first, unless this application is known to belong to the family; the family's as a try when nothing else is there. */
function refreshTokensToTry(view: CacheView, clientId: string, target: Target, account: AccountInfo): string[] {
  const query = { clientId, homeAccountId: account.homeAccountId, environments: target.cloud.aliases }
  const own = view.findRefreshToken(query)?.secret
  const family = view.findFamilyRefreshToken(query)?.secret
  const metadata = view.findAppMetadata(query)
  const inFamily = metadata === undefined ? undefined : Boolean(metadata.family_id)
  const order = inFamily === true ? [family, own] : inFamily === false ? [own] : [own, family]
  return order.filter((secret, at) => secret !== undefined && order.indexOf(secret) === at) as string[]
}

/** `client_mismatch` says that the family's token is not for this application: only then is the next one tried. */
async function redeemFirstAccepted(
  context: FlowContext,
  secrets: readonly string[],
  redeem: (secret: string) => Promise<TokenResponse>,
): Promise<TokenResponse> {
  const [secret, ...others] = secrets
  try {
    return await redeem(secret as string)
  } catch (error) {
    const notOurs = error instanceof ServiceError && error.suberror?.toLowerCase() === 'client_mismatch'
    if (!notOurs || others.length === 0) throw error
    context.logger.info('the family refresh token is not for this application; trying its own')
    return redeemFirstAccepted(context, others, redeem)
  }
}

/** A token that was renewed is worth having even when it cannot be saved: the cache still holds the old refresh token. */
async function saveRenewed(context: FlowContext, saved: Parameters<typeof saveTokens>[1]): Promise<void> {
  try {
    await saveTokens(context, saved)
  } catch (error) {
    const code = error instanceof ClientError ? error.code : 'unknown error'
    context.logger.error(`the renewed token could not be saved (${code}); it is kept in memory`)
  }
}

function anchorMailboxOf(account: AccountInfo): string | undefined {
  const [uid, utid] = account.homeAccountId.split('.')
  return uid !== undefined && utid !== undefined ? `oid:${uid}@${utid}` : undefined
}
