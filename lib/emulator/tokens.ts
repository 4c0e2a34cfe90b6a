/** Builds the successful token answer: access token, ID token, refresh token and what goes with them. */
import { randomUUID } from 'node:crypto'
import type { Authorization } from './authorization.js'
import { toSeconds } from './clock.js'
import type { Exchange } from './exchange.js'
import { pairwiseSubject } from './identifiers.js'
import { issuerOf } from './issuer.js'
import { editAnswer } from './scenario.js'
import { answeredScope, firstResource, grantedScopes } from './scopes.js'
import { signJwt } from './signer.js'
import type { TenantState } from './tenant-state.js'

/** What the answer depends on besides the authorization. */
export interface Issue {
  exchange: Exchange
  state: TenantState
  authorization: Authorization
  /** The refresh token that was redeemed, if one was. */
  spentRefreshToken?: string | undefined
}

/**
 * The fields of a token answer, in snake_case, edited by the scenario.
 *
 * Units: `expires_in`, `ext_expires_in`, `refresh_in` in seconds, as numbers.
 * @see [RFC 6749 § 5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)
 */
export async function buildTokenAnswer(issue: Issue): Promise<Record<string, unknown>> {
  const { exchange, state, authorization } = issue
  const { scenario } = state
  const { app, scopes, user } = authorization
  const family = state.isFamily(app)
  const refreshToken = nextRefreshToken(issue, family)
  const answer = {
    token_type: 'Bearer',
    scope: answeredScope(scopes),
    expires_in: scenario.expiresInSeconds,
    ext_expires_in: scenario.extExpiresInSeconds,
    ...(scenario.refreshInSeconds === null ? {} : { refresh_in: scenario.refreshInSeconds }),
    access_token: state.keepSecret(await signJwt(accessTokenClaims(issue))),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(refreshToken !== undefined && family ? { foci: '1' } : {}),
    ...(scopes.oidc.includes('openid') ? { id_token: state.keepSecret(await signJwt(idTokenClaims(issue))) } : {}),
    ...(exchange.form.get('client_info') === '1' ? { client_info: clientInfo(state.id, user.id) } : {}),
  }
  return editAnswer(answer, scenario.tokenAnswer)
}

/** `client_info`: the user's home account, base64url JSON. */
export function clientInfo(tenantId: string, userId: string): string {
  return Buffer.from(JSON.stringify({ uid: userId, utid: tenantId })).toString('base64url')
}

function nextRefreshToken({ state, authorization, spentRefreshToken }: Issue, family: boolean): string | undefined {
  const { rotation } = state.scenario
  if (spentRefreshToken === undefined && !authorization.scopes.oidc.includes('offline_access')) return undefined
  if (spentRefreshToken !== undefined && rotation === 'off') return undefined
  if (spentRefreshToken !== undefined && rotation === 'revokeOld') state.refreshTokens.retire(spentRefreshToken)
  return state.keepSecret(state.refreshTokens.issue(authorization, family, state.clock.now()))
}

function accessTokenClaims({ exchange, state, authorization }: Issue): Record<string, unknown> {
  const { user, app, scopes, claims, mfa } = authorization
  const asked = firstResource(scopes)
  const scp = [...grantedScopes(asked), ...scopes.oidc.filter(name => name !== 'offline_access')]
  const issuedAt = toSeconds(state.clock.now())
  return editAnswer(
    {
      aud: asked.resource,
      iss: issuerOf(exchange, state.id),
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
    },
    state.scenario.accessTokenClaims,
  )
}

function idTokenClaims({ exchange, state, authorization }: Issue): Record<string, unknown> {
  const { user, app, scopes, claims, nonce, authenticatedAt } = authorization
  const issuedAt = toSeconds(state.clock.now())
  const profile = { name: user.name, oid: user.id, preferred_username: user.username }
  return editAnswer(
    {
      aud: app.clientId,
      iss: issuerOf(exchange, state.id),
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
    },
    state.scenario.idTokenClaims,
  )
}
