/** `GET /{tenant}/oauth2/v2.0/logout`: ends the browser's session. */
import { page, redirect } from '../answers.js'
import { acceptsRedirect } from '../apps.js'
import { cookie, type Exchange, param, type Reply } from '../exchange.js'
import { signedOutPage } from '../pages/index.js'
import { SESSION_COOKIE } from '../sessions.js'
import { sessionCookie } from '../sign-in.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'

/**
 * Goes back to the app only if the request names the app and the address is a loopback one, or registered.
 *
 * @see [OpenID Connect RP-Initiated Logout § 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
 */
export function logout(exchange: Exchange, state: TenantState): Reply {
  resolveTenant(state, param(exchange, 'tenant'))
  const session = state.sessions.find(cookie(exchange, SESSION_COOKIE))
  if (session) state.sessions.end(session)
  const reply = leaveTo(exchange, state) ?? page(200, signedOutPage({ tenantName: state.name }))
  reply.headers['Set-Cookie'] = `${sessionCookie('')}; Max-Age=0`
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
