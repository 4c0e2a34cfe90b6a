/** The SAML bearer grants: an assertion of the organization's federation server for tokens. */
import { randomUUID } from 'node:crypto'
import { EntraError } from '../entra-error.js'
import { parseClaims } from '../requested-claims.js'
import { parseScopes } from '../scopes.js'
import { readAssertion } from '../wstrust/assertion-check.js'
import { type Grant, requireField } from './grant.js'

/**
 * Redeems an assertion, once.
 *
 * @see [RFC 7522 § 2.1](https://www.rfc-editor.org/rfc/rfc7522#section-2.1) SAML 2.0 bearer assertions as grants
 */
export const samlBearer: Grant = async ({ exchange, state, tenant, app }) => {
  const grantType = requireField(exchange, 'grant_type')
  // B2C and AD FS federate in their own ways; this one is Entra's.
  if (exchange.place.dialect !== 'entra') throw new EntraError(70003, { detail: grantType })
  if (tenant === 'common') throw new EntraError(90010, { detail: '/common' })
  if (tenant === 'consumers') throw new EntraError(9001023, { detail: '/consumers' })
  const scopes = parseScopes(requireField(exchange, 'scope'))
  const version = grantType.endsWith('saml1_1-bearer') ? '1.1' : '2.0'
  const { user } = await readAssertion(state, version, requireField(exchange, 'assertion'))
  return {
    authorization: {
      user,
      app,
      place: exchange.place,
      scopes,
      claims: parseClaims(exchange.form.get('claims')),
      authenticatedAt: state.clock.now(),
      mfa: false,
      policySatisfied: false,
      grantId: randomUUID(),
    },
  }
}
