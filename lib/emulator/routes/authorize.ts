/** `GET` or `POST {authority}/oauth2/v2.0/authorize`, at AD FS without the version: starts a sign-in in the browser. */
import { redirectEnd, refuseApp } from '../authorize-answer.js'
import { parseApp, parseAuthorizeRequest, parseRedirectTarget } from '../authorize-request.js'
import { consentEnd } from '../consent-end.js'
import { dialectOf } from '../dialects/index.js'
import { EntraError } from '../entra-error.js'
import type { Exchange, Reply } from '../exchange.js'
import { findSession, proceed } from '../sign-in.js'
import type { TenantState } from '../tenant-state.js'

/** An unknown app or redirect URI is a page; every later error goes back to the app, where there is a way back. */
export function authorize(exchange: Exchange, state: TenantState): Reply {
  const { place } = exchange
  const dialect = dialectOf(place)
  dialect.resolve(state, place)
  const parameters = exchange.method === 'POST' ? exchange.form : exchange.query
  const app = parseApp(parameters, state.apps)
  const target = parseRedirectTarget(parameters, app)
  try {
    const asked = parseAuthorizeRequest(parameters)
    dialect.assertOffered(exchange, state, 'pages')
    dialect.assertScopes(asked.scopes, app)
    const inVain = asked.prompt === 'create' && !dialect.offersSignUp(state, place)
    const request = inVain ? { ...asked, prompt: undefined } : asked
    const end = target ? redirectEnd(state, target, request) : consentEnd(state, app)
    const flow = state.flows.start({ startedAt: state.clock.now(), place, request, end })
    return proceed(state, exchange, flow, findSession(exchange, state))
  } catch (error) {
    if (!(error instanceof EntraError) || !target) throw error
    return refuseApp(state, exchange, target, { error })
  }
}
