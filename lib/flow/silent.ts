/** A token without the user: from the cache, else for a refresh token, else InteractionRequiredError. */
import type { Target } from '../authority/request-authority.js'
import type { CachedTokens, CacheView } from '../cache/cache-view.js'
import { AuthError, ClientError, InteractionRequiredError, ServiceError } from '../errors.js'
import type { SilentRequest } from '../request/requests.js'
import type { AccountInfo, AuthenticationResult } from '../request/result.js'
import { scopesKey } from '../request/scopes.js'
import { withJoinedSignal } from '../signals.js'
import { cachedResult, freshResult } from './authentication-result.js'
import { findTokens } from './find-tokens.js'
import type { FlowContext, FoundTokens, RefreshedTokens } from './flow-context.js'
import { type Renewal, refreshTokens } from './refresh.js'
import { type ValidSilentRequest, validSilentRequest } from './silent-request.js'
import { targetForLookUp } from './target.js'

/** After a background refresh has failed, the service is left alone for this long. */
const BACKGROUND_RETRY_MS = 60_000
/** Forgetting them all costs a service that is down one request each; remembering all of them would have no end. */
const MOST_BACK_OFFS = 1_000

/**
 * The decision table:
 * a token with more than five minutes left is used; when the service asked for it to be renewed by now, that happens in the background.
 * With forceRefresh, claims, or no such token, the refresh token is redeemed.
 * When the service is down, an expired token is used until its extended expiry.
 *
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 * @throws {InteractionRequiredError} user_null, no_account_for_login_hint, multiple_accounts_for_login_hint, no_tokens_found – nobody to be silent for.
 * @throws {InteractionRequiredError} the service's error – the user has to do something.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken.
 */
export function acquireTokenSilent(
  context: FlowContext,
  silentRequest: SilentRequest,
): AuthenticationResult | Promise<AuthenticationResult> {
  const request = validSilentRequest(silentRequest)
  const { account } = request
  // A hit must not wait for anything it does not need: no promise is made until one is.
  if (account === undefined) return findAccount(context, request).then(found => acquireFor(context, request, found))
  return acquireFor(context, request, account)
}

function acquireFor(
  context: FlowContext,
  request: ValidSilentRequest,
  account: AccountInfo,
): AuthenticationResult | Promise<AuthenticationResult> {
  const target = targetForLookUp(context, request, account)
  const { homeAccountId } = account
  const { scopes, signal } = request
  const cached = context.cache.read(view => findTokens(view, target, account, scopes), {
    account,
    homeAccountId,
    request,
    signal,
    canBeRemembered: true,
  })
  return cached instanceof Promise
    ? cached.then(found => decide(context, request, account, target, found))
    : decide(context, request, account, target, cached)
}

function decide(
  context: FlowContext,
  request: ValidSilentRequest,
  account: AccountInfo,
  target: Target,
  cached: CachedTokens | undefined,
): AuthenticationResult | Promise<AuthenticationResult> {
  const renew = mustRenew(request)
  if (cached?.token.lifetime === 'valid' && !renew) {
    if (isDue(context, cached)) refreshInBackground(context, request, account, target)
    context.logger.verbose('silent: the token is in the cache')
    return cachedResult(cached, account, request.correlationId)
  }
  context.logger.verbose(`silent: ${renew ? 'renewing as asked' : 'no token with five minutes left; renewing'}`)
  return refreshOrExtend(context, request, account, target, renew ? undefined : cached)
}

/** Whether the caller wants another token than the cache can have. */
function mustRenew({ forceRefresh, claims }: ValidSilentRequest): boolean {
  return forceRefresh || claims !== undefined
}

/** Whether the service asked for the token to be renewed by now. */
function isDue(context: FlowContext, { token }: CachedTokens): boolean {
  return token.refreshOn !== undefined && token.refreshOn.getTime() <= context.clock.now()
}

async function refreshOrExtend(
  context: FlowContext,
  request: ValidSilentRequest,
  account: AccountInfo,
  target: Target,
  cached: CachedTokens | undefined,
): Promise<AuthenticationResult> {
  try {
    const isEnough = ({ token }: CachedTokens) => token.lifetime === 'valid' && !mustRenew(request)
    const shared = await sharedRefresh(context, { request, account, isEnough }, target, request.signal)
    if ('found' in shared) return cachedResult(shared.found, account, request.correlationId)
    const { correlationId, ...renewed } = shared
    return freshResult({ ...renewed, request: { scopes: request.scopes, correlationId }, account })
  } catch (error) {
    const mayExtend = cached?.token.lifetime === 'extended' && context.extendedLifetime && isServiceDown(error)
    if (cached === undefined || !mayExtend) throw error
    context.logger.warning('the service is down: using the token until its extended expiry')
    return cachedResult(cached, account, request.correlationId)
  }
}

function sharedRefresh(
  context: FlowContext,
  renewal: Renewal,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<RefreshedTokens | FoundTokens> {
  return context.refreshes.run(refreshKey(renewal.request, renewal.account, target), signal, shared =>
    withJoinedSignal([shared, context.closed], ending => refreshTokens(context, renewal, ending)),
  )
}

/** Everything that makes two refreshes different; scopes in any order and case are the same. */
function refreshKey(request: ValidSilentRequest, account: AccountInfo, target: Target): string {
  return JSON.stringify([
    target.authority.host,
    target.authority.path,
    target.authority.tenant,
    account.homeAccountId.toLowerCase(),
    scopesKey(request.scopes),
    request.claims ?? null,
    request.clientCapabilities,
    request.forceRefresh,
    request.extraQueryParameters,
  ])
}

/** Never delays or fails the call that hit: its outcome is only logged. */
function refreshInBackground(
  context: FlowContext,
  request: ValidSilentRequest,
  account: AccountInfo,
  target: Target,
): void {
  const key = refreshKey(request, account, target)
  const notBefore = context.backgroundBackOff.get(key) ?? 0
  if (context.clock.now() < notBefore) return
  if (context.backgroundBackOff.size >= MOST_BACK_OFFS) context.backgroundBackOff.clear()
  // Hits that come while it is under way leave it alone.
  context.backgroundBackOff.set(key, Number.POSITIVE_INFINITY)
  context.logger.verbose('the token is due for renewal: renewing it in the background')
  const isEnough = (cached: CachedTokens) => cached.token.lifetime === 'valid' && !isDue(context, cached)
  sharedRefresh(context, { request, account, isEnough }, target, undefined).then(
    () => context.backgroundBackOff.delete(key),
    (error: unknown) => {
      const retryAfter = error instanceof ServiceError ? error.retryAfter?.getTime() : undefined
      context.backgroundBackOff.set(key, retryAfter ?? context.clock.now() + BACKGROUND_RETRY_MS)
      const code = error instanceof AuthError ? error.code : 'cancelled'
      context.logger.warning(`the token could not be renewed in the background (${code}); it is still valid`)
    },
  )
}

async function findAccount(context: FlowContext, request: ValidSilentRequest): Promise<AccountInfo> {
  const refuse = (code: 'user_null' | 'no_account_for_login_hint' | 'multiple_accounts_for_login_hint') =>
    new InteractionRequiredError(code, undefined, {
      correlationId: request.correlationId,
      classification: 'acquire_token_silent_failed',
    })
  const username = request.loginHint
  if (username === undefined) throw refuse('user_null')
  const { cloud } = targetForLookUp(context, request)
  const { signal } = request
  const find = (view: CacheView) => {
    const accounts = view.accounts({ environments: cloud.aliases, filter: { username } })
    return accounts.length > 0 ? accounts : undefined
  }
  const accounts = (await context.cache.read(find, { request, signal, canBeRemembered: true })) ?? []
  if (accounts.length > 1) throw refuse('multiple_accounts_for_login_hint')
  const [account] = accounts
  if (account === undefined) throw refuse('no_account_for_login_hint')
  return account
}

/** Down, overloaded or out of reach: something the user can do nothing about. */
function isServiceDown(error: unknown): boolean {
  if (error instanceof ServiceError) {
    const { status = 0, code } = error
    return status >= 500 || status === 429 || status === 408 || code === 'temporarily_unavailable'
  }
  return error instanceof ClientError && (error.code === 'network_error' || error.code === 'request_timeout')
}
