/** Looks up the tokens of an account in the cache: under which names of the tenant they may be filed. */
import { CONSUMERS_TENANT, realmsOf } from '../authority/authority.js'
import type { Target } from '../authority/request-authority.js'
import type { CachedTokens, CacheView } from '../cache/cache-view.js'
import type { AccountInfo } from '../request/result.js'
import { homeTenantOf } from './target.js'

/** What the cache has for these scopes, expired or not. */
export function findTokens(
  view: CacheView,
  target: Target,
  account: AccountInfo,
  scopes: readonly string[],
): CachedTokens | undefined {
  const { homeAccountId } = account
  const environments = target.cloud.aliases
  return view.findTokens({ homeAccountId, environments, realms: realmsToFind(view, target, account), scopes })
}

/**
 * The names under which tokens of this authority may be filed. They are filed under the tenant's GUID, so a domain has to
 * be translated: by what earlier answers said, or, for a user at home in the tenant that owns the domain, by the account.
 */
function realmsToFind(view: CacheView, { authority, cloud }: Target, account: AccountInfo): readonly string[] {
  const realms = realmsOf(authority)
  if (!authority.tenant.includes('.')) return realms
  const learned = view.findTenantId(cloud.preferredCache, authority.tenant)
  if (learned !== undefined) return [...realms, learned]
  const homeTenant = homeTenantOf(account)
  // Only the owner of a domain has user names in it; personal accounts may be named after anybody's domain.
  const ownsDomain = account.username?.toLowerCase().endsWith(`@${authority.tenant}`) === true
  if (!ownsDomain || homeTenant === undefined || homeTenant === CONSUMERS_TENANT) return realms
  return [...realms, homeTenant]
}
