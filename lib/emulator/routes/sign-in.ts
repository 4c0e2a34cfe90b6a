/** `POST /{tenant}/login`: where the forms of all sign-in pages go. */
import { cookie, type Exchange, type Reply } from '../exchange.js'
import { SESSION_COOKIE } from '../sessions.js'
import { takeStep } from '../sign-in.js'
import type { TenantState } from '../tenant-state.js'

export function signIn(exchange: Exchange, state: TenantState): Reply {
  const { form } = exchange
  const flow = state.flows.resume(form.get('flowToken'), form.get('canary'), state.clock.now())
  return takeStep(state, exchange, flow, state.sessions.find(cookie(exchange, SESSION_COOKIE)))
}
