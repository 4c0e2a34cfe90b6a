/** What the grants without a page have in common: who may ask for them, and what a user gets who saw no page. */
import { randomUUID } from 'node:crypto'
import type { EmulatedUser } from '../accounts.js'
import type { Authorization } from '../authorization.js'
import { EntraError } from '../entra-error.js'
import { parseClaims } from '../requested-claims.js'
import type { GrantRequest } from './grant.js'

/**
 * Holds the request to an authority of one organization, or of any.
 *
 * @throws {EntraError} 90010, 9001023 – the authority is common or consumers.
 */
export function assertOrganizational({ tenant }: GrantRequest): void {
  if (tenant === 'common') throw new EntraError(90010, { detail: '/common' })
  if (tenant === 'consumers') throw new EntraError(9001023, { detail: '/consumers' })
}

/** What the user is allowed, with neither a second factor nor anything else that a page could have asked for. */
export function unattendedAuthorization(
  { exchange, state, app }: GrantRequest,
  user: EmulatedUser,
  scopes: Authorization['scopes'],
): Authorization {
  return {
    user,
    app,
    place: exchange.place,
    scopes,
    claims: parseClaims(exchange.form.get('claims')),
    authenticatedAt: state.clock.now(),
    mfa: false,
    policySatisfied: false,
    grantId: randomUUID(),
  }
}
