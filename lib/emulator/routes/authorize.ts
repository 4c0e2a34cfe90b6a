/** `GET` or `POST /{tenant}/oauth2/v2.0/authorize`: starts a sign-in in the browser. */
import { redirectEnd, refuseApp } from '../authorize-answer.js'
import { parseApp, parseAuthorizeRequest, parseRedirectTarget } from '../authorize-request.js'
import { consentEnd } from '../consent-end.js'
import { EntraError } from '../entra-error.js'
import { cookie, type Exchange, param, type Reply } from '../exchange.js'
import { SESSION_COOKIE } from '../sessions.js'
import { proceed } from '../sign-in.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'

/** An unknown app or redirect URI is a page; every later error goes back to the app, where there is a way back. */
export function authorize(exchange: Exchange, state: TenantState): Reply {
  resolveTenant(state, param(exchange, 'tenant'))
  const parameters = exchange.method === 'POST' ? exchange.form : exchange.query
  const app = parseApp(parameters, state.apps)
  const target = parseRedirectTarget(parameters, app)
  try {
    const request = parseAuthorizeRequest(parameters)
    const tenantSegment = param(exchange, 'tenant').toLowerCase()
    const end = target ? redirectEnd(state, target, request) : consentEnd(state, app)
    const flow = state.flows.start({ startedAt: state.clock.now(), tenantSegment, request, end })
    return proceed(state, exchange, flow, state.sessions.find(cookie(exchange, SESSION_COOKIE)))
  } catch (error) {
    if (!(error instanceof EntraError) || !target) throw error
    return refuseApp(state, exchange, target, { error })
  }
}
