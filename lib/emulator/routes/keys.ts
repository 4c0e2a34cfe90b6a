/** `GET /{tenant}/discovery/v2.0/keys`: the key that tokens are signed with. */
import { json } from '../answers.js'
import { type Exchange, param, type Reply } from '../exchange.js'
import { issuerOf } from '../issuer.js'
import { editAnswer } from '../scenario.js'
import { publicJwk } from '../signer.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'

export async function keys(exchange: Exchange, state: TenantState): Promise<Reply> {
  resolveTenant(state, param(exchange, 'tenant'))
  const key = { ...(await publicJwk()), issuer: issuerOf(exchange, state.id) }
  return json(200, editAnswer({ keys: [key] }, state.scenario.keysAnswer))
}
