/** Entra's token answer: access token, ID token, refresh token and what goes with them. */
import { randomUUID } from 'node:crypto'
import { toSeconds } from '../clock.js'
import { pairwiseSubject } from '../identifiers.js'
import { answeredScope, firstResource, grantedScopes } from '../scopes.js'
import { type Issue, nextRefreshToken, signAccessToken, signIdToken } from '../tokens.js'

/**
 * The fields of a token answer, in snake_case.
 *
 * Units: `expires_in`, `ext_expires_in`, `refresh_in` in seconds, as numbers.
 * @see [RFC 6749 § 5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)
 */
export async function entraTokenAnswer(issue: Issue, issuer: string): Promise<Record<string, unknown>> {
  const { exchange, state, authorization } = issue
  const { scenario } = state
  const { app, scopes, user } = authorization
  const refreshToken = nextRefreshToken(issue)
  const wantsClientInfo = exchange.form.get('client_info') === '1'
  return {
    token_type: 'Bearer',
    scope: answeredScope(scopes),
    expires_in: scenario.expiresInSeconds,
    ext_expires_in: scenario.extExpiresInSeconds,
    ...(scenario.refreshInSeconds === null ? {} : { refresh_in: scenario.refreshInSeconds }),
    access_token: await signAccessToken(state, accessTokenClaims(issue, issuer)),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(refreshToken !== undefined && state.isFamily(app) ? { foci: '1' } : {}),
    ...(scopes.oidc.includes('openid') ? { id_token: await signIdToken(state, idTokenClaims(issue, issuer)) } : {}),
    ...(wantsClientInfo ? { client_info: encodeClientInfo(user.id, state.id) } : {}),
  }
}

/** `client_info`: a home account, base64url JSON. */
export function encodeClientInfo(uid: string, utid: string): string {
  return Buffer.from(JSON.stringify({ uid, utid })).toString('base64url')
}

function accessTokenClaims({ state, authorization }: Issue, issuer: string): Record<string, unknown> {
  const { user, app, scopes, claims, mfa } = authorization
  const asked = firstResource(scopes)
  const scp = [...grantedScopes(asked), ...scopes.oidc.filter(name => name !== 'offline_access')]
  const issuedAt = toSeconds(state.clock.now())
  return {
    aud: asked.resource,
    iss: issuer,
    // The service's own notes; here the time of issue, since a token may be revoked and replaced within a second.
    aio: String(state.clock.now().getTime()),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + state.scenario.expiresInSeconds,
    ...(claims.contexts.length > 0 ? { acrs: claims.contexts } : {}),
    amr: mfa ? ['pwd', 'mfa'] : ['pwd'],
    app_displayname: app.name,
    appid: app.clientId,
    appidacr: app.clientSecret === undefined ? '0' : '1',
    azp: app.clientId,
    idtyp: 'user',
    name: user.name,
    oid: user.id,
    scp: scp.join(' '),
    sub: pairwiseSubject(user.id, app.clientId),
    tid: state.id,
    upn: user.username,
    uti: randomUUID(),
    ver: '2.0',
    ...(claims.capabilities.length > 0 ? { xms_cc: claims.capabilities } : {}),
  }
}

function idTokenClaims({ state, authorization }: Issue, issuer: string): Record<string, unknown> {
  const { user, app, scopes, claims, nonce, authenticatedAt } = authorization
  const issuedAt = toSeconds(state.clock.now())
  const profile = { name: user.name, oid: user.id, preferred_username: user.username }
  return {
    aud: app.clientId,
    iss: issuer,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + 3600,
    ...(claims.idToken.includes('auth_time') ? { auth_time: toSeconds(authenticatedAt) } : {}),
    ...(scopes.oidc.includes('email') ? { email: user.username } : {}),
    ...(claims.idToken.includes('login_hint') ? { login_hint: user.username } : {}),
    ...(nonce === undefined ? {} : { nonce }),
    ...(scopes.oidc.includes('profile') ? profile : {}),
    sub: pairwiseSubject(user.id, app.clientId),
    tid: state.id,
    uti: randomUUID(),
    ver: '2.0',
  }
}
