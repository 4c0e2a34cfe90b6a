/** The password grant (ROPC): user name and password straight to the token endpoint. */
import type { EmulatedUser } from '../accounts.js'
import { dialectOf } from '../dialects/index.js'
import { EntraError } from '../entra-error.js'
import type { Exchange } from '../exchange.js'
import { parseScopes } from '../scopes.js'
import type { TenantState } from '../tenant-state.js'
import { type Grant, requireField } from './grant.js'
import { assertOrganizational, unattendedAuthorization } from './unattended.js'

/**
 * Checks the password of a user whose passwords this service holds.
 *
 * @see [RFC 6749 § 4.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.3)
 */
export const password: Grant = request => {
  const { exchange, state } = request
  assertOrganizational(request)
  const username = requireField(exchange, 'username')
  const secret = requireField(exchange, 'password')
  const scopes = parseScopes(requireField(exchange, 'scope'))
  const user = findUser(exchange, state, username)
  assertPassword(state, user, secret)
  return { authorization: unattendedAuthorization(request, user, scopes) }
}

function findUser({ place }: Exchange, state: TenantState, username: string): EmulatedUser {
  const user = state.findUser(username)
  if (!user || user.kind === 'unknown') throw new EntraError(50034, { detail: username })
  if (!dialectOf(place).passwordsOf.includes(user.kind)) throw new EntraError(50056)
  return user
}

function assertPassword(state: TenantState, user: EmulatedUser, secret: string): void {
  // A locked account answers so whatever the password, or guessing could go on.
  if (state.switches(user).locked) throw new EntraError(50053)
  if (!state.checkPassword(user, secret)) throw new EntraError(50126)
}
