/** One access to the cache: who looks or changes, for what, and what it has come to. */
import type { AccountInfo } from '../request/result.js'

/** Who looks, and for what, as far as a callback may want to know it. */
export interface CacheAccess {
  /** Whom it is about. */
  readonly account?: AccountInfo | undefined
  /** The account that the caller named. */
  readonly homeAccountId?: string | undefined
  readonly request?:
    | {
        readonly correlationId?: string | undefined
        readonly scopes?: readonly string[] | undefined
        readonly tenantId?: string | undefined
      }
    | undefined
  /** Ends the wait for the turn and for the lock. */
  readonly signal?: AbortSignal | undefined
  /** A look-up whose answer from memory, unless that is undefined, will do while what is stored cannot be read. */
  readonly canBeRemembered?: boolean
  /** A change by somebody who has just signed in, for whom contents that make no sense are set aside. */
  readonly isNewSignIn?: boolean
  /** A change that removes an account. */
  readonly isSignOut?: boolean
}

/** One access on its way: `hasStateChanged` is set when it changes something. */
export interface Access {
  readonly isWrite: boolean
  hasStateChanged: boolean
}

/**
 * The accounts that an access is about, in lower case: the one that the caller named and, where the answer was about another,
 * as with two user flows of B2C, that one too. Empty for an access about everybody.
 */
export function homesOf({
  account,
  homeAccountId,
}: {
  readonly account?: AccountInfo | undefined
  readonly homeAccountId?: string | undefined
}): string[] {
  const homes = [homeAccountId, account?.homeAccountId].filter(home => home !== undefined)
  return [...new Set(homes.map(home => home.toLowerCase()))]
}
