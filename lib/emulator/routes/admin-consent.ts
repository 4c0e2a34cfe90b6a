/** `GET /{tenant}/adminconsent` and `/{tenant}/v2.0/adminconsent`: an administrator consents for everybody. */
import { parseApp, parseRedirectTarget } from '../authorize-request.js'
import { adminConsentEnd } from '../consent-end.js'
import { dialectOf } from '../dialects/index.js'
import { EntraError } from '../entra-error.js'
import type { Exchange, Reply } from '../exchange.js'
import { parseClaims } from '../requested-claims.js'
import { parseScopes } from '../scopes.js'
import { findSession, proceed } from '../sign-in.js'
import type { TenantState } from '../tenant-state.js'

/**
 * The older address asks for everything that the app is registered for, the v2.0 one for the scopes that it names.
 *
 * @see [Admin consent on the Microsoft identity platform](https://learn.microsoft.com/entra/identity-platform/v2-admin-consent)
 */
export function adminConsent(exchange: Exchange, state: TenantState): Reply {
  const { query, place } = exchange
  dialectOf(place).resolve(state, place)
  const app = parseApp(query, state.apps)
  const target = parseRedirectTarget(query, app)
  const everything = !/\/v2\.0\//i.test(exchange.path)
  const scope = everything ? '.default' : query.get('scope')
  if (scope === undefined) throw new EntraError(900144, { detail: 'scope' })
  const flow = state.flows.start({
    startedAt: state.clock.now(),
    place,
    // What is granted here is granted for everybody, so whoever is signed in must say that it is them.
    request: {
      scopes: parseScopes(scope),
      claims: parseClaims(undefined),
      prompt: 'select_account',
      loginHint: undefined,
    },
    end: adminConsentEnd(state, { app, target, everything }),
  })
  return proceed(state, exchange, flow, findSession(exchange, state))
}
