/** The refresh_token grant: a new access token without the user. */
import { EntraError } from '../entra-error.js'
import { parseClaims } from '../requested-claims.js'
import { parseScopes } from '../scopes.js'
import { type Grant, requireField } from './grant.js'

/**
 * Redeems a refresh token, for its own resource or another one.
 *
 * @see [RFC 6749 § 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)
 */
export const refreshToken: Grant = ({ exchange, state, app }) => {
  const { form } = exchange
  const token = requireField(exchange, 'refresh_token')
  const scope = form.get('scope')
  const scopes = scope === undefined ? undefined : parseScopes(scope)
  const claims = parseClaims(form.get('claims'))
  const now = state.clock.now()
  const lifetimeSeconds = state.scenario.refreshTokenLifetimeSeconds
  const granted = state.refreshTokens.use(token, { app, family: state.isFamily(app), now, lifetimeSeconds })

  const { signInFrequencySeconds } = state.switches(granted.user)
  const signInAgeMs = now.getTime() - granted.authenticatedAt.getTime()
  if (signInFrequencySeconds !== undefined && signInAgeMs >= signInFrequencySeconds * 1000) throw new EntraError(70043)

  // The nonce belonged to the browser's request; a refreshed ID token has none. (OIDC Core § 12.2)
  const { nonce: _, ...authorization } = granted
  return {
    authorization: { ...authorization, app, scopes: scopes ?? granted.scopes, claims },
    spentRefreshToken: token,
  }
}
