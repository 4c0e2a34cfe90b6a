/** What the cache holds for a request: the access token, the ID token beside it, and the account. */
import type { Target } from '../authority/request-authority.js'
import type { CacheView } from '../cache/cache-view.js'
import type { CachedAccessToken } from '../cache/cached-access-token.js'
import type { AccountInfo } from '../request/result.js'
import type { FlowContext } from './flow-context.js'
import { realmsToFind } from './target.js'

/** A token that was found, whether it can still be used or not. */
export interface CachedTokens {
  readonly token: CachedAccessToken
  readonly idToken: string | undefined
  readonly account: AccountInfo
}

/** Looks for a token of this account with these scopes. */
export function findCachedTokens(
  view: CacheView,
  context: FlowContext,
  scopes: readonly string[],
  account: AccountInfo,
  target: Target,
): CachedTokens | undefined {
  const { homeAccountId } = account
  const { authority, cloud } = target
  const query = {
    homeAccountId,
    environments: cloud.aliases,
    realms: realmsToFind(context, authority, account),
    scopes,
  }
  const token = view.findAccessToken(query)
  if (token === undefined) return undefined
  return { token, idToken: view.findIdToken(query), account: view.account(query) ?? account }
}
