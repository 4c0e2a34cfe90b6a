/** B2C's token answer: an access token only for a resource, and what the policy signed the user in with. */
import { randomUUID } from 'node:crypto'
import type { App } from '../apps.js'
import { toSeconds } from '../clock.js'
import { EntraError } from '../entra-error.js'
import { GRAPH_RESOURCE, type ScopeRequest } from '../scopes.js'
import { type Issue, nextRefreshToken, signAccessToken, signIdToken } from '../tokens.js'
import { encodeClientInfo } from './entra-tokens.js'

const TOKEN_LIFETIME_SECONDS = 3600

/** What an access token is for. */
interface Resource {
  readonly audience: string
  readonly scopes: readonly string[]
}

/**
 * The resource that is asked for; `undefined` when only sign-in is. An app asks for itself by its client id.
 *
 * @throws {EntraError} 70011 – a scope that names no resource, or two resources.
 */
export function b2cResource({ resources }: ScopeRequest, app: App): Resource | undefined {
  const asked = resources.flatMap(({ resource, scopes }): Resource[] => {
    if (resource !== GRAPH_RESOURCE) return [{ audience: resource, scopes }]
    const unknown = scopes.find(scope => scope.toLowerCase() !== app.clientId.toLowerCase())
    if (unknown !== undefined) throw new EntraError(70011, { detail: unknown })
    return [{ audience: app.clientId, scopes: [] }]
  })
  if (asked.length > 1) {
    throw new EntraError(70011, { detail: asked.map(({ audience }) => audience).join(' '), aadb2c: 90146 })
  }
  return asked[0]
}

/** The user's home account: each policy keeps accounts of its own. */
export function b2cClientInfo(userId: string, policy: string | undefined, tenantId: string): string {
  return encodeClientInfo(`${userId}-${policy}`, tenantId)
}

/**
 * The fields of a token answer, in snake_case.
 *
 * Units: everything that ends in `expires_in` in seconds; `not_before` and `expires_on` in seconds since 1970.
 */
export async function b2cTokenAnswer(issue: Issue, issuer: string): Promise<Record<string, unknown>> {
  const { exchange, state, authorization } = issue
  const { app, scopes, user, nonce } = authorization
  const { place } = exchange
  const notBefore = toSeconds(state.clock.now())
  const { expiresInSeconds, refreshTokenLifetimeSeconds } = state.scenario
  const resource = b2cResource(scopes, app)
  const refreshToken = nextRefreshToken(issue)
  const common = {
    iss: issuer,
    sub: user.id,
    oid: user.id,
    name: user.name,
    ...(user.givenName ? { given_name: user.givenName } : {}),
    ...(user.surname ? { family_name: user.surname } : {}),
    emails: [user.username],
    tfp: state.b2cPolicies.get(place.policy ?? '')?.name,
    ver: '1.0',
    iat: notBefore,
    nbf: notBefore,
    auth_time: toSeconds(authorization.authenticatedAt),
    ...(nonce === undefined ? {} : { nonce }),
  }
  const accessToken = resource && {
    access_token: await signAccessToken(state, {
      ...common,
      aud: resource.audience,
      azp: app.clientId,
      ...(resource.scopes.length > 0 ? { scp: resource.scopes.join(' ') } : {}),
      exp: notBefore + expiresInSeconds,
      jti: randomUUID(),
    }),
    expires_in: expiresInSeconds,
    expires_on: notBefore + expiresInSeconds,
    resource: resource.audience,
  }
  const idToken = scopes.oidc.includes('openid') && {
    id_token: await signIdToken(state, { ...common, aud: app.clientId, exp: notBefore + TOKEN_LIFETIME_SECONDS }),
    id_token_expires_in: TOKEN_LIFETIME_SECONDS,
    profile_info: Buffer.from(JSON.stringify({ ver: '1.0', tid: state.id, name: user.name })).toString('base64url'),
  }
  return {
    ...accessToken,
    ...(idToken || {}),
    token_type: 'Bearer',
    not_before: notBefore,
    scope: scopes.all.filter(scope => !['profile', 'email'].includes(scope)).join(' '),
    ...(refreshToken && { refresh_token: refreshToken, refresh_token_expires_in: refreshTokenLifetimeSeconds }),
    ...(exchange.form.get('client_info') === '1'
      ? { client_info: b2cClientInfo(user.id, place.policy, state.id) }
      : {}),
  }
}
