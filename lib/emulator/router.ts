/** Finds the route of a path. */
import type { Exchange, Reply, RouteName } from './exchange.js'
import { adminConsent } from './routes/admin-consent.js'
import { api } from './routes/api.js'
import { authorize } from './routes/authorize.js'
import { deviceAuth } from './routes/device-auth.js'
import { deviceCode } from './routes/device-code.js'
import { error } from './routes/error.js'
import { instanceDiscovery } from './routes/instance-discovery.js'
import { keys } from './routes/keys.js'
import { logout } from './routes/logout.js'
import { openidConfiguration } from './routes/openid-configuration.js'
import { signIn } from './routes/sign-in.js'
import { token } from './routes/token.js'
import { userRealm } from './routes/user-realm.js'
import type { TenantState } from './tenant-state.js'

/** One endpoint. */
export interface Route {
  readonly name: RouteName
  readonly methods: readonly string[]
  readonly pattern: RegExp
  readonly handle: (exchange: Exchange, state: TenantState) => Reply | Promise<Reply>
  /** How its errors are answered: to programs as JSON, to people as a page. */
  readonly errors: 'json' | 'page'
}

const GET = ['GET'] as const
const BOTH = ['GET', 'POST'] as const

/** The endpoints for programs take GET too, to refuse it with the service's own words. */
const ROUTES: readonly Route[] = [
  route('instanceDiscovery', GET, '/:tenant/discovery/instance', instanceDiscovery),
  route('openidConfiguration', GET, '/:tenant/v2.0/.well-known/openid-configuration', openidConfiguration),
  route('openidConfiguration', GET, '/:tenant/.well-known/openid-configuration', openidConfiguration),
  route('keys', GET, '/:tenant/discovery/v2.0/keys', keys),
  route('keys', GET, '/:tenant/discovery/keys', keys),
  route('userRealm', GET, '/:tenant/userrealm/:username', userRealm),
  route('token', BOTH, '/:tenant/oauth2/v2.0/token', token),
  route('deviceCode', BOTH, '/:tenant/oauth2/v2.0/devicecode', deviceCode),
  route('deviceAuth', BOTH, '/:tenant/oauth2/deviceauth', deviceAuth, 'page'),
  route('api', GET, '/api/me', api),
  route('api', GET, '/v1.0/me', api),
  route('api', BOTH, '/oidc/userinfo', api),
  route('authorize', BOTH, '/:tenant/oauth2/v2.0/authorize', authorize, 'page'),
  route('adminConsent', GET, '/:tenant/adminconsent', adminConsent, 'page'),
  route('adminConsent', GET, '/:tenant/v2.0/adminconsent', adminConsent, 'page'),
  route('signIn', ['POST'], '/:tenant/login', signIn, 'page'),
  route('error', GET, '/error', error, 'page'),
  route('logout', BOTH, '/:tenant/oauth2/v2.0/logout', logout, 'page'),
]

/** The route of a path with what its pattern captured; `undefined` when there is none. */
export function findRoute(path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const candidate of ROUTES) {
    const match = candidate.pattern.exec(path)
    if (match) return { route: candidate, params: decodeAll(match.groups ?? {}) }
  }
  return undefined
}

function route(
  name: RouteName,
  methods: readonly string[],
  path: string,
  handle: Route['handle'],
  errors: Route['errors'] = 'json',
): Route {
  // Old clients write /common/UserRealm/, AD FS ends its paths in a slash: neither case nor that slash counts.
  const source = path.replaceAll('.', '\\.').replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')
  return { name, methods, pattern: new RegExp(`^${source}/?$`, 'i'), handle, errors }
}

function decodeAll(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decode(value)]))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray percent sign stands for itself; MSAL.NET sends user names unescaped.
    return text
  }
}
