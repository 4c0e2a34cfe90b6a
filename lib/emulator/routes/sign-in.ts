/** `POST {authority}/login`: where the forms of all sign-in pages go. */
import { EntraError } from '../entra-error.js'
import type { Exchange, Reply } from '../exchange.js'
import { isSameRealm } from '../place.js'
import { findSession, takeStep } from '../sign-in.js'
import type { TenantState } from '../tenant-state.js'

export function signIn(exchange: Exchange, state: TenantState): Reply {
  const { form } = exchange
  const flow = state.flows.resume(form.get('flowToken'), form.get('canary'), state.clock.now())
  if (!isSameRealm(flow.place, exchange.place)) throw new EntraError(50089)
  return takeStep(state, exchange, flow, findSession(exchange, state))
}
