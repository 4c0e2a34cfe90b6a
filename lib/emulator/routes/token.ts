/** `POST {authority}/oauth2/v2.0/token`, at AD FS without the version: every grant, and the refusals. */
import { json } from '../answers.js'
import type { App } from '../apps.js'
import { dialectOf } from '../dialects/index.js'
import { EntraError } from '../entra-error.js'
import type { Exchange, Reply } from '../exchange.js'
import { requireField } from '../grants/grant.js'
import { GRANTS } from '../grants/index.js'
import { isSameRealm, type Place } from '../place.js'
import { assertMayHaveTokens } from '../policies.js'
import { editAnswer } from '../scenario.js'
import type { TenantState } from '../tenant-state.js'

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
  const { place } = exchange
  const dialect = dialectOf(place)
  const tenant = dialect.resolve(state, place)
  assertForm(exchange)
  const grantType = requireField(exchange, 'grant_type')
  const app = authenticateClient(exchange, state)
  dialect.assertOffered(exchange, state, grantType)
  const grant = GRANTS.get(grantType)
  if (!grant) throw new EntraError(70003, { detail: grantType })
  const outcome = await grant({ exchange, state, tenant, app })
  assertIssuedHere(outcome.authorization.place, place)
  dialect.assertScopes(outcome.authorization.scopes, app)
  assertMayHaveTokens(state, outcome.authorization)
  const answer = await dialect.tokenAnswer({ exchange, state, ...outcome })
  return json(200, editAnswer(answer, state.scenario.tokenAnswer))
}

/** A code or refresh token is of no use to another service, nor to another policy. */
function assertIssuedHere(issued: Place, asked: Place): void {
  if (isSameRealm(issued, asked)) return
  const policies = issued.dialect === asked.dialect ? `It is of ${issued.policy}, not of ${asked.policy}.` : ''
  const detail = policies || 'it was not issued here.'
  throw new EntraError(70000, { detail, aadb2c: 90088 })
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
