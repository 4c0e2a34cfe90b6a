/** Redeems a refresh token: the family's where this application belongs to it, else its own. */
import type { Target } from '../authority/request-authority.js'
import type { CachedTokens, CacheView } from '../cache/cache-view.js'
import { ClientError, InteractionRequiredError, ServiceError } from '../errors.js'
import type { AccountInfo } from '../request/result.js'
import { refreshTokenGrant } from '../token/grants.js'
import type { TokenResponse } from '../token/token-response.js'
import { findTokens } from './find-tokens.js'
import type { FlowContext, FoundTokens, RefreshedTokens } from './flow-context.js'
import { type AnsweredRequest, checkTokens, saveTokens } from './save-tokens.js'
import { sendGrant } from './send-grant.js'
import type { ValidSilentRequest } from './silent-request.js'
import { type TargetWithEndpoints, targetForRequest } from './target.js'

/** What to renew. */
export interface Renewal {
  readonly request: ValidSilentRequest
  readonly account: AccountInfo
  /** Whether tokens that have come into the cache meanwhile will do, so that nothing is renewed. */
  readonly isEnough: (cached: CachedTokens) => boolean
}

/**
 * Renews the tokens of an account and saves them, one process at a time: when another one has done it meanwhile, its tokens
 * are the result.
 *
 * @throws {InteractionRequiredError} no_tokens_found – there is no refresh token that this application may use.
 * @throws {InteractionRequiredError} the service's error – the refresh token is not accepted any more.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken.
 * @throws {ClientError} as listed at checkTokens – nothing is kept of the answer.
 * @see [RFC 6749 § 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)
 */
export async function refreshTokens(
  context: FlowContext,
  renewal: Renewal,
  signal: AbortSignal,
): Promise<RefreshedTokens | FoundTokens> {
  const { request, account } = renewal
  const target = await targetForRequest(context, { ...request, signal }, account)
  // Scopes and tenants make no difference: they all use the same refresh token, which the service may take back with each use.
  const owner = [context.clientId, account.homeAccountId, target.cloud.preferredCache]
  const key = JSON.stringify(owner.map(name => name.toLowerCase()))
  return context.cache.withRefreshLock(key, () => renewNow(context, target, renewal, signal), signal)
}

async function renewNow(
  context: FlowContext,
  target: TargetWithEndpoints,
  { request, account, isEnough }: Renewal,
  signal: AbortSignal,
): Promise<RefreshedTokens | FoundTokens> {
  const { correlationId, scopes } = request
  const { homeAccountId } = account
  const find = (view: CacheView) => ({
    cached: findTokens(view, target, account, scopes),
    candidates: refreshTokensToTry(view, target, account),
  })
  const { cached, candidates } = await context.cache.read(find, { account, homeAccountId, request, signal })
  if (cached !== undefined && isEnough(cached)) {
    context.logger.verbose('silent: the token has been renewed by somebody else')
    return { found: cached }
  }
  const tokens = await redeemFirstAccepted(candidates, correlationId, secret =>
    sendGrant(context, request, {
      target,
      grant: refreshTokenGrant(secret),
      anchorMailbox: anchorMailboxOf(account),
      retryOn5xx: true,
      signal,
    }),
  )
  const answered = { target, tokens, request, account }
  checkTokens(context, answered)
  await saveRenewed(context, answered)
  return { target, tokens, correlationId }
}

/** Its own, or ADAL's, first, unless this application is known to belong to the family; the family's as a try while that is not known. */
function refreshTokensToTry(view: CacheView, target: Target, account: AccountInfo): string[] {
  const query = { homeAccountId: account.homeAccountId, environments: target.cloud.aliases }
  const isEntra = target.authority.kind === 'aad'
  const fromAdal = () => (isEntra ? view.findAdalRefreshToken({ ...query, username: account.username }) : undefined)
  const own = view.findRefreshToken(query)?.refreshToken ?? fromAdal()
  const family = view.findFamilyRefreshToken(query)?.refreshToken
  const metadata = view.findAppMetadata(query)
  const order = metadata === undefined ? [own, family] : metadata.familyId === undefined ? [own] : [family, own]
  return [...new Set(order)].filter(secret => secret !== undefined)
}

/** `client_mismatch` says that a token is not for this application: only then is the next one tried. */
async function redeemFirstAccepted(
  candidates: readonly string[],
  correlationId: string,
  redeem: (secret: string) => Promise<TokenResponse>,
): Promise<TokenResponse> {
  let refusal: ServiceError | undefined
  for (const secret of candidates) {
    try {
      return await redeem(secret)
    } catch (error) {
      if (!(error instanceof ServiceError) || error.suberror?.toLowerCase() !== 'client_mismatch') throw error
      refusal = error
    }
  }
  throw new InteractionRequiredError('no_tokens_found', undefined, {
    correlationId,
    classification: 'acquire_token_silent_failed',
    cause: refusal,
  })
}

/**
 * A token that was renewed is worth having even when it cannot be saved: the cache still holds the old refresh token.
 * Where it holds none any more, the account was removed in the meantime, and saving would bring it back.
 */
async function saveRenewed(
  context: FlowContext,
  answered: AnsweredRequest & { readonly account: AccountInfo },
): Promise<void> {
  const { target, account } = answered
  try {
    const isStillWanted = (view: CacheView): boolean => refreshTokensToTry(view, target, account).length > 0
    // Not ended by callers who give up: the service may have taken the old refresh token back already.
    await saveTokens(context, answered, { signal: undefined, isStillWanted })
  } catch (error) {
    const code = error instanceof ClientError ? error.code : 'unknown error'
    context.logger.error(`the renewed token could not be saved (${code}); it is kept in memory`)
  }
}

function anchorMailboxOf(account: AccountInfo): string | undefined {
  const [uid, utid] = account.homeAccountId.split('.')
  return uid !== undefined && utid !== undefined ? `oid:${uid}@${utid}` : undefined
}
