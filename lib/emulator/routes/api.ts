/** The sample API: tells a signed-in user's program who the user is, once it has checked the token. */
import { json } from '../answers.js'
import { toSeconds } from '../clock.js'
import type { Exchange, Reply } from '../exchange.js'
import { contextClaims } from '../policies.js'
import { editAnswer } from '../scenario.js'
import { GRAPH_RESOURCE } from '../scopes.js'
import { verifyJwt } from '../signer.js'
import type { TenantState } from '../tenant-state.js'

/** `GET /api/me`, and Graph's `/v1.0/me` and `/oidc/userinfo`, which answer the same person. */
export async function api(exchange: Exchange, state: TenantState): Promise<Reply> {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(exchange.headers.authorization ?? '')?.[1]
  if (token === undefined) return unauthorized(exchange, state, 'no bearer token was sent')
  let claims: Record<string, unknown>
  try {
    claims = await verifyJwt(token, [GRAPH_RESOURCE, `${GRAPH_RESOURCE}/`, state.origin], state.clock.now())
  } catch (error) {
    return unauthorized(exchange, state, error instanceof Error ? error.message : 'the token is not valid')
  }
  const user = state.users.find(candidate => candidate.id === claims.oid)
  if (!user || claims.tid !== state.id) return unauthorized(exchange, state, 'the token is of another tenant')

  // Continuous access evaluation is for clients that understand a challenge; the others' tokens are good until they expire.
  const capable = [claims.xms_cc].flat().includes('cp1')
  if (capable && state.isRevokedSince(user.id, new Date(Number(claims.aio ?? Number(claims.iat) * 1000)))) {
    const notBefore = { access_token: { nbf: { essential: true, value: String(toSeconds(state.clock.now())) } } }
    return unauthorized(exchange, state, 'the sign-in was revoked', JSON.stringify(notBefore))
  }
  const { apiDemands } = state.switches(user)
  const contexts = Array.isArray(claims.acrs) ? claims.acrs : []
  if (apiDemands !== undefined && !contexts.includes(apiDemands)) {
    if (!capable) return json(403, { error: { code: 'Forbidden', message: `the operation demands ${apiDemands}` } })
    return unauthorized(exchange, state, `the operation demands ${apiDemands}`, contextClaims([apiDemands]))
  }
  const answer = {
    id: user.id,
    sub: claims.sub,
    name: user.name,
    displayName: user.name,
    userPrincipalName: user.username,
    mail: user.username,
    scopes: String(claims.scp).split(' '),
  }
  return json(200, editAnswer(answer, state.scenario.apiAnswer))
}

/**
 * The 401 that says why; with claims it is the challenge that a client passes on to its next token request.
 *
 * @see [RFC 6750 § 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)
 */
function unauthorized(exchange: Exchange, state: TenantState, why: string, claims?: string): Reply {
  const error = claims === undefined ? 'invalid_token' : 'insufficient_claims'
  const parameters = [
    'realm=""',
    `authorization_uri="${exchange.origin}/${state.id}/oauth2/v2.0/authorize"`,
    `error="${error}"`,
    `error_description="${why.replaceAll('"', "'")}"`,
    ...(claims === undefined ? [] : [`claims="${Buffer.from(claims).toString('base64')}"`]),
  ]
  const reply = json(401, { error: { code: 'InvalidAuthenticationToken', message: why } })
  reply.headers['WWW-Authenticate'] = `Bearer ${parameters.join(', ')}`
  return reply
}
