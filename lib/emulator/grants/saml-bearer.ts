/** The SAML bearer grants: an assertion of the organization's federation server for tokens. */
import { EntraError } from '../entra-error.js'
import { parseScopes } from '../scopes.js'
import { readAssertion } from '../wstrust/assertion-check.js'
import { type Grant, requireField } from './grant.js'
import { assertOrganizational, unattendedAuthorization } from './unattended.js'

/**
 * Redeems an assertion, once.
 *
 * @see [RFC 7522 § 2.1](https://www.rfc-editor.org/rfc/rfc7522#section-2.1) SAML 2.0 bearer assertions as grants
 */
export const samlBearer: Grant = async request => {
  const { exchange, state } = request
  const grantType = requireField(exchange, 'grant_type')
  // B2C and AD FS federate in their own ways; this one is Entra's.
  if (exchange.place.dialect !== 'entra') throw new EntraError(70003, { detail: grantType })
  assertOrganizational(request)
  const scopes = parseScopes(requireField(exchange, 'scope'))
  const version = grantType.endsWith('saml1_1-bearer') ? '1.1' : '2.0'
  const { user } = await readAssertion(state, version, requireField(exchange, 'assertion'))
  return { authorization: unattendedAuthorization(request, user, scopes) }
}
