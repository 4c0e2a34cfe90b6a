/** AD FS as an OAuth server (2019): the organization's own, with no tenant, no object ids and no client_info. */
import { createHash, randomUUID } from 'node:crypto'
import type { EmulatedUser } from '../accounts.js'
import { toSeconds } from '../clock.js'
import type { EntraError } from '../entra-error.js'
import type { Exchange } from '../exchange.js'
import { firstLabel } from '../hosts.js'
import { pairwiseSubject } from '../identifiers.js'
import { answeredScope, firstResource, GRAPH_RESOURCE, grantedScopes } from '../scopes.js'
import { type Issue, nextRefreshToken, signAccessToken, signIdToken } from '../tokens.js'
import { adfsErrorName, adfsErrorText } from './adfs-errors.js'
import type { Dialect } from './dialect.js'

/** The resource of requests that name none. */
const USER_INFO = 'urn:microsoft:userinfo'

/** @see [AD FS OpenID Connect/OAuth flows](https://learn.microsoft.com/windows-server/identity/ad-fs/overview/ad-fs-openid-connect-oauth-flows-scenarios) */
export const adfs: Dialect = {
  passwordsOf: ['federated'],
  pagesFor: ['federated'],
  sessionCookie: 'MSISAuth',
  forgotPassword: false,
  // The name of the standard, and the one from before it.
  verificationFields: ['verification_uri', 'verification_url'],
  resolve: () => 'tenant',
  assertOffered: () => undefined,
  assertScopes: () => undefined,
  offersSignUp: () => false,
  devicePage: place => `${place.base}/oauth2/deviceauth`,
  issuer,
  configuration(exchange) {
    const base = `${exchange.origin}/adfs`
    return {
      issuer: issuer(exchange),
      authorization_endpoint: `${base}/oauth2/authorize/`,
      token_endpoint: `${base}/oauth2/token/`,
      jwks_uri: `${base}/discovery/keys`,
      end_session_endpoint: `${base}/oauth2/logout`,
      device_authorization_endpoint: `${base}/oauth2/devicecode`,
      access_token_issuer: accessTokenIssuer(exchange),
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'password',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      subject_types_supported: ['pairwise'],
      scopes_supported: ['openid', 'profile', 'email', 'user_impersonation'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['aud', 'iss', 'iat', 'exp', 'auth_time', 'nonce', 'sub', 'upn', 'unique_name', 'sid'],
      microsoft_multi_refresh_token: true,
    }
  },
  clientInfo: () => undefined,
  tokenAnswer,
  errorText: adfsErrorText,
  errorBody,
  errorRedirect: ({ error }) => errorBody(error),
}

function errorBody(error: EntraError): Record<string, string> {
  return { error: adfsErrorName(error), error_description: adfsErrorText(error) }
}

function issuer({ origin }: Exchange): string {
  return `${origin}/adfs`
}

/** AD FS issues its access tokens in the name of its WS-Trust service, which is http whatever the scheme. */
function accessTokenIssuer({ origin }: Exchange): string {
  return `${origin.replace('https:', 'http:')}/adfs/services/trust`
}

/** A refresh brings no new refresh token. Units: `expires_in` and `refresh_token_expires_in` in seconds. */
async function tokenAnswer(issue: Issue): Promise<Record<string, unknown>> {
  const { exchange, state, authorization, spentRefreshToken } = issue
  const { app, scopes, user, nonce } = authorization
  const { expiresInSeconds, refreshTokenLifetimeSeconds } = state.scenario
  const asked = firstResource(scopes)
  const ofScopes = asked.resource === GRAPH_RESOURCE ? USER_INFO : asked.resource
  const resource = exchange.form.get('resource') ?? ofScopes
  const issuedAt = toSeconds(state.clock.now())
  const common = { iat: issuedAt, nbf: issuedAt, apptype: 'Public', appid: app.clientId, ver: '1.0' }
  const person = {
    upn: user.username,
    unique_name: `${firstLabel(state.federatedDomain).toUpperCase()}\\${user.username.split('@')[0]}`,
    sid: securityId(user),
    auth_time: toSeconds(authorization.authenticatedAt),
    authmethod: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  }
  const accessToken = await signAccessToken(state, {
    ...common,
    ...person,
    aud: resource,
    iss: accessTokenIssuer(exchange),
    exp: issuedAt + expiresInSeconds,
    jti: randomUUID(),
    scp: [...grantedScopes(asked), ...scopes.oidc].join(' '),
  })
  const refreshToken = spentRefreshToken === undefined ? nextRefreshToken(issue) : undefined
  const idToken = {
    ...common,
    ...person,
    aud: app.clientId,
    iss: issuer(exchange),
    exp: issuedAt + 3600,
    sub: pairwiseSubject(user.id, app.clientId),
    ...(nonce === undefined ? {} : { nonce }),
  }
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: expiresInSeconds,
    resource,
    ...(refreshToken && { refresh_token: refreshToken, refresh_token_expires_in: refreshTokenLifetimeSeconds }),
    scope: answeredScope(scopes),
    ...(scopes.oidc.includes('openid') ? { id_token: await signIdToken(state, idToken) } : {}),
  }
}

/** A Windows security identifier, the same at each start. */
function securityId(user: EmulatedUser): string {
  const hash = createHash('sha256').update(user.id).digest()
  const parts = [0, 4, 8].map(offset => hash.readUInt32BE(offset))
  return `S-1-5-21-${parts.join('-')}-${1000 + (hash.readUInt16BE(12) % 60_000)}`
}
