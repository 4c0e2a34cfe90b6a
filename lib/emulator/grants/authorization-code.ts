/** The authorization_code grant: a code from the browser for tokens. */
import { parseClaims } from '../requested-claims.js'
import { parseScopes, type ScopeRequest } from '../scopes.js'
import { type Grant, requireField } from './grant.js'

/**
 * Redeems a code. The scopes may be fewer than the browser was asked for; absent, they are the same.
 *
 * @see [RFC 6749 § 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3) and [RFC 7636 § 4.5](https://www.rfc-editor.org/rfc/rfc7636#section-4.5)
 */
export const authorizationCode: Grant = ({ exchange, state, app }) => {
  const { form } = exchange
  const code = requireField(exchange, 'code')
  const claims = form.get('claims')
  const scope = form.get('scope')
  const asked = scope === undefined ? undefined : parseScopes(scope)
  const requested = claims === undefined ? undefined : parseClaims(claims)
  const redemption = {
    code,
    clientId: app.clientId,
    redirectUri: form.get('redirect_uri'),
    codeVerifier: form.get('code_verifier'),
    now: state.clock.now(),
  }
  const authorization = state.codes.redeem(redemption, grantId => state.refreshTokens.revokeGrant(grantId))
  return {
    authorization: {
      ...authorization,
      scopes: asked ? narrow(authorization.scopes, asked) : authorization.scopes,
      claims: requested ?? authorization.claims,
    },
  }
}

/** The resources asked for now, with the OpenID scopes of then: those were the user's to grant in the browser. */
function narrow(granted: ScopeRequest, asked: ScopeRequest): ScopeRequest {
  return { ...asked, oidc: [...new Set([...asked.oidc, ...granted.oidc])] }
}
