/** `GET` or `POST /{tenant}/oauth2/v2.0/authorize`: starts a sign-in in the browser. */
import { redirectEnd, refuseApp } from '../authorize-answer.js'
import { parseAuthorizeRequest, parseRedirectTarget } from '../authorize-request.js'
import { EntraError } from '../entra-error.js'
import { cookie, type Exchange, param, type Reply } from '../exchange.js'
import { SESSION_COOKIE } from '../sessions.js'
import { proceed } from '../sign-in.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'

/** An unknown app or redirect URI is a page; every later error goes back to the app. */
export function authorize(exchange: Exchange, state: TenantState): Reply {
  resolveTenant(state, param(exchange, 'tenant'))
  const parameters = exchange.method === 'POST' ? exchange.form : exchange.query
  const target = parseRedirectTarget(parameters, state.apps)
  try {
    const request = parseAuthorizeRequest(parameters)
    const tenantSegment = param(exchange, 'tenant').toLowerCase()
    const flow = state.flows.start({
      startedAt: state.clock.now(),
      tenantSegment,
      request,
      end: redirectEnd(state, target, request),
    })
    return proceed(state, exchange, flow, state.sessions.find(cookie(exchange, SESSION_COOKIE)))
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    return refuseApp(state, exchange, target, { error })
  }
}
