/** The tenant's policies at the token endpoint: who may have a token, and what they must do first. */
import type { EmulatedUser } from './accounts.js'
import type { Authorization } from './authorization.js'
import { EntraError } from './entra-error.js'
import { firstResource } from './scopes.js'
import type { TenantState } from './tenant-state.js'

/**
 * Lets an authorization pass or says what stands in its way.
 *
 * @throws {EntraError} 50053 50057 50055 the account · 50076 second factor · 53003 conditional access ·
 *   65001 consent · any number that the scenario demands.
 */
export function assertMayHaveTokens(state: TenantState, authorization: Authorization): void {
  const { user, app, scopes, claims, mfa, policySatisfied } = authorization
  const switches = state.switches(user)
  const { resource } = firstResource(scopes)
  const demanded = [switches.aadsts ?? state.scenario.aadsts ?? []].flat()
  const number = demanded.at(-1)
  if (number !== undefined) throw new EntraError(number, { detail: user.username, umbrella: demanded.slice(0, -1) })
  assertUsable(state, user)
  if (switches.mfa && !mfa) throw new EntraError(50076, { detail: resource })
  if (claims.contexts.length > 0 && !mfa) {
    throw new EntraError(50076, { detail: resource, claims: contextClaims(claims.contexts) })
  }
  const challenged = switches.conditionalAccess === 'challenge' || claims.policy
  if (switches.conditionalAccess === 'block' || (challenged && !policySatisfied)) throw new EntraError(53003)
  const missing = state.consents.missing(user, app, scopes, switches.declines ? true : switches.consentNeeded)
  if (missing.length > 0) throw new EntraError(65001, { detail: missing.join(' ') })
}

/**
 * Refuses an account that nobody may sign in to, in the browser or elsewhere.
 *
 * @throws {EntraError} 50053 locked · 50057 disabled · 50055 password expired.
 */
export function assertUsable(state: TenantState, user: EmulatedUser): void {
  const switches = state.switches(user)
  if (switches.locked) throw new EntraError(50053)
  if (switches.disabled) throw new EntraError(50057)
  if (switches.passwordExpired) throw new EntraError(50055)
}

/** The claims challenge that asks for authentication contexts. */
export function contextClaims(contexts: readonly string[]): string {
  return JSON.stringify({ access_token: { acrs: { essential: true, values: contexts } } })
}
