/** The openid-configuration of an authority: its endpoints, its issuer, what it can do. */
import { json } from '../answers.js'
import { dialectOf } from '../dialects/index.js'
import type { Exchange, Reply } from '../exchange.js'
import { editAnswer } from '../scenario.js'
import type { TenantState } from '../tenant-state.js'

/** @see [OpenID Connect Discovery § 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig) */
export function openidConfiguration(exchange: Exchange, state: TenantState): Reply {
  const dialect = dialectOf(exchange.place)
  dialect.resolve(state, exchange.place)
  return json(200, editAnswer(dialect.configuration(exchange, state), state.scenario.discoveryAnswer))
}
