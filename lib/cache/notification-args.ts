/** What the callbacks of an application are told about one access. */
import type { TokenCacheNotificationArgs } from '../request/token-cache.js'
import type { CacheAccess } from './cache-access.js'
import type { Records } from './snapshot.js'
import type { TokenCache } from './token-cache.js'

// Of a token with less left nothing is expected any more.
const EXPIRY_BUFFER_SECONDS = 300

/** Of which cache, and at what time. */
export interface NotificationContext {
  readonly clientId: string
  readonly tokenCache: TokenCache
  readonly now: () => number
}

/** The arguments, frozen. What is told of the tokens is looked up when somebody asks. */
export function notificationArgs(
  { clientId, tokenCache, now }: NotificationContext,
  { account, homeAccountId, request, signal }: CacheAccess,
  { hasStateChanged, isAfter }: { readonly hasStateChanged: boolean; readonly isAfter: boolean },
): TokenCacheNotificationArgs {
  return Object.freeze({
    tokenCache,
    clientId,
    account,
    hasStateChanged,
    isApplicationCache: false as const,
    suggestedCacheKey: homeAccountId,
    get hasTokens() {
      const { hasRefreshToken, lastExpiry } = lifeOf(tokenCache.snapshot)
      return hasRefreshToken || lastExpiry > now() / 1000 + EXPIRY_BUFFER_SECONDS
    },
    get suggestedCacheExpiry() {
      if (!isAfter || !hasStateChanged) return undefined
      const { hasRefreshToken, lastExpiry } = lifeOf(tokenCache.snapshot)
      const isWorthIt = !hasRefreshToken && lastExpiry > now() / 1000 + EXPIRY_BUFFER_SECONDS
      return isWorthIt ? new Date(lastExpiry * 1000) : undefined
    },
    correlationId: request?.correlationId,
    requestScopes: request?.scopes,
    requestTenantId: request?.tenantId,
    signal,
  })
}

/** Whether tokens can be renewed and, in Unix seconds, when the last access token expires. */
function lifeOf(records: Records): { hasRefreshToken: boolean; lastExpiry: number } {
  let lastExpiry = 0
  for (const bucket of records.buckets()) {
    for (const item of bucket) {
      if (item.section === 'RefreshToken') return { hasRefreshToken: true, lastExpiry }
      if (item.section === 'AccessToken') lastExpiry = Math.max(lastExpiry, item.expiresOn)
    }
  }
  return { hasRefreshToken: false, lastExpiry }
}
