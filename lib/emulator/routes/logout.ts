/** `GET {authority}/oauth2/v2.0/logout`, at AD FS without the version: ends the browser's session. */
import { page, redirect } from '../answers.js'
import { acceptsRedirect } from '../apps.js'
import { dialectOf } from '../dialects/index.js'
import type { Exchange, Reply } from '../exchange.js'
import { signedOutPage } from '../pages/index.js'
import { findSession, sessionCookie } from '../sign-in.js'
import type { TenantState } from '../tenant-state.js'

/**
 * Goes back to the app only if the request names the app and the address is a loopback one, or registered.
 *
 * @see [OpenID Connect RP-Initiated Logout § 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
 */
export function logout(exchange: Exchange, state: TenantState): Reply {
  dialectOf(exchange.place).resolve(state, exchange.place)
  const session = findSession(exchange, state)
  if (session) state.sessions.end(session)
  const reply = leaveTo(exchange, state) ?? page(200, signedOutPage({ tenantName: state.name }))
  reply.headers['Set-Cookie'] = `${sessionCookie(exchange.place, '')}; Max-Age=0`
  return reply
}

function leaveTo({ query }: Exchange, state: TenantState): Reply | undefined {
  const target = query.get('post_logout_redirect_uri')
  const clientId = query.get('client_id')
  if (target === undefined || clientId === undefined) return undefined
  const app = state.apps.find(clientId)
  if (!acceptsRedirect(app, target)) return undefined
  const url = new URL(target)
  // An app without registered addresses takes any https one for its codes; here that would be an open redirect.
  if (app.redirectUris.length === 0 && url.protocol !== 'http:') return undefined
  const echoed = query.get('state')
  if (echoed !== undefined) url.searchParams.set('state', echoed)
  return redirect(url.href)
}
