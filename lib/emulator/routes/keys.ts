/** The key that the tokens of an authority are signed with. */
import { json } from '../answers.js'
import { dialectOf } from '../dialects/index.js'
import type { Exchange, Reply } from '../exchange.js'
import { editAnswer } from '../scenario.js'
import { publicJwk } from '../signer.js'
import type { TenantState } from '../tenant-state.js'

export async function keys(exchange: Exchange, state: TenantState): Promise<Reply> {
  const dialect = dialectOf(exchange.place)
  dialect.resolve(state, exchange.place)
  const key = { ...(await publicJwk()), issuer: dialect.issuer(exchange, state.id) }
  return json(200, editAnswer({ keys: [key] }, state.scenario.keysAnswer))
}
