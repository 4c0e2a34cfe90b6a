/** `POST /{tenant}/oauth2/v2.0/token`: every grant, and Entra's refusals. */
import { json } from '../answers.js'
import type { App } from '../apps.js'
import { EntraError } from '../entra-error.js'
import { type Exchange, param, type Reply } from '../exchange.js'
import { requireField } from '../grants/grant.js'
import { GRANTS } from '../grants/index.js'
import { assertMayHaveTokens } from '../policies.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'
import { buildTokenAnswer } from '../tokens.js'

/** OAuth's parameters, none of which may come twice. (RFC 6749 § 3.2) */
const PARAMETERS = [
  'client_id',
  'grant_type',
  'scope',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'username',
]

export async function token(exchange: Exchange, state: TenantState): Promise<Reply> {
  if (exchange.method !== 'POST') throw new EntraError(900561, { detail: 'POST' })
  const tenant = resolveTenant(state, param(exchange, 'tenant'))
  assertForm(exchange)
  const grantType = requireField(exchange, 'grant_type')
  const app = authenticateClient(exchange, state)
  if (exchange.form.get('resource') !== undefined) throw new EntraError(901002)
  const grant = GRANTS.get(grantType)
  if (!grant) throw new EntraError(70003, { detail: grantType })
  const outcome = await grant({ exchange, state, tenant, app })
  assertMayHaveTokens(state, outcome.authorization)
  return json(200, await buildTokenAnswer({ exchange, state, ...outcome }))
}

function assertForm(exchange: Exchange): void {
  const type = exchange.headers['content-type'] ?? ''
  if (!type.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    throw new EntraError(9002313, { detail: 'the body must be application/x-www-form-urlencoded.' })
  }
  const duplicate = exchange.form.duplicate(PARAMETERS)
  if (duplicate) throw new EntraError(9000411, { detail: duplicate })
}

function authenticateClient(exchange: Exchange, state: TenantState): App {
  const app = state.apps.find(requireField(exchange, 'client_id'))
  const secret = exchange.form.get('client_secret')
  const presented = secret !== undefined || exchange.form.get('client_assertion') !== undefined
  if (app.clientSecret === undefined) {
    if (presented) throw new EntraError(700025)
  } else {
    if (!presented) throw new EntraError(7000218)
    if (secret !== app.clientSecret) throw new EntraError(7000215)
  }
  return app
}
