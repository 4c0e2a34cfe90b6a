/** What a sign-in authorizes: who, for which app and scopes, and how well they proved it. */
import type { EmulatedUser } from './accounts.js'
import type { App } from './apps.js'
import type { Place } from './place.js'
import type { RequestedClaims } from './requested-claims.js'
import type { ScopeRequest } from './scopes.js'

/** The outcome of a grant: tokens are issued from this and nothing else. */
export interface Authorization {
  readonly user: EmulatedUser
  readonly app: App
  /** Where the user signed in; what is issued is good there only. */
  readonly place: Place
  readonly scopes: ScopeRequest
  readonly claims: RequestedClaims
  /** When the user last proved who they are. */
  readonly authenticatedAt: Date
  /** A second factor was passed. */
  readonly mfa: boolean
  /** The claims of the conditional access policy were passed on to the sign-in. */
  readonly policySatisfied: boolean
  /** Names the sign-in; codes and refresh tokens that came of it are revoked together. */
  readonly grantId: string
  readonly nonce?: string
}
