/** Azure AD B2C: a policy in the path decides how users sign in. */
import { EntraError } from '../entra-error.js'
import type { Exchange } from '../exchange.js'
import { assertTenantName } from '../tenant-path.js'
import { b2cError, b2cErrorText } from './b2c-errors.js'
import { b2cClientInfo, b2cResource, b2cTokenAnswer } from './b2c-tokens.js'
import type { Dialect } from './dialect.js'

/** What each kind of policy offers; there are no device codes. */
const OFFERED = {
  pages: ['pages', 'authorization_code', 'refresh_token'],
  editProfile: ['pages', 'authorization_code', 'refresh_token'],
  password: ['password', 'refresh_token'],
}

/** @see [User flows and custom policies](https://learn.microsoft.com/azure/active-directory-b2c/user-flow-overview) */
export const b2c: Dialect = {
  passwordsOf: ['managed'],
  pagesFor: ['managed'],
  sessionCookie: 'x-ms-cpim-sso',
  forgotPassword: true,
  verificationFields: ['verification_uri'],
  resolve(state, { tenant, policy = '' }) {
    assertTenantName(state, tenant)
    if (!state.b2cPolicies.has(policy)) {
      throw new EntraError(90023, { detail: `The policy '${policy}' does not exist in the tenant.` })
    }
    return 'tenant'
  },
  assertOffered({ place }, state, what) {
    const kind = state.b2cPolicies.get(place.policy ?? '')?.kind ?? 'pages'
    if (OFFERED[kind].includes(what)) return
    if (what !== 'pages') throw new EntraError(70003, { detail: what })
    throw new EntraError(90023, { detail: `The policy '${place.policy}' has no pages.` })
  },
  assertScopes(scopes, app) {
    b2cResource(scopes, app)
  },
  offersSignUp() {
    throw new EntraError(90023, { detail: "'create' is not a supported value of 'prompt'.", aadb2c: 90043 })
  },
  devicePage: place => `${place.base}/oauth2/deviceauth`,
  issuer,
  configuration(exchange, state) {
    const { origin, place } = exchange
    const base = `${origin}${place.base}`.toLowerCase()
    return {
      issuer: issuer(exchange, state.id),
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      response_types_supported: ['code'],
      scopes_supported: ['openid'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      claims_supported: ['name', 'emails', 'oid', 'sub', 'tfp', 'iss', 'iat', 'exp', 'aud', 'nonce', 'auth_time'],
    }
  },
  clientInfo: (state, { policy }, user) => b2cClientInfo(user.id, policy, state.id),
  tokenAnswer: issue => b2cTokenAnswer(issue, issuer(issue.exchange, issue.state.id)),
  errorText: b2cErrorText,
  errorBody: b2cError,
  errorRedirect: ({ error }, exchange, state) => b2cError(error, exchange, state),
}

/** Only the form with `/tfp/` has the policy in it. */
function issuer({ origin, place }: Exchange, tenantId: string): string {
  return place.base.toLowerCase().startsWith('/tfp/')
    ? `${origin}/tfp/${tenantId}/${place.policy}/v2.0/`
    : `${origin}/${tenantId}/v2.0/`
}
