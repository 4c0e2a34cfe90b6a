/** Finds the authority and the endpoint that a path names. */
import type { Exchange, Reply, RouteName } from './exchange.js'
import type { TenantHosts } from './hosts.js'
import { type DialectName, decode, findPlace, NO_AUTHORITY, type Place } from './place.js'
import { adminConsent } from './routes/admin-consent.js'
import { api } from './routes/api.js'
import { authorize } from './routes/authorize.js'
import { deviceAuth } from './routes/device-auth.js'
import { deviceCode } from './routes/device-code.js'
import { error } from './routes/error.js'
import { instanceDiscovery } from './routes/instance-discovery.js'
import { keys } from './routes/keys.js'
import { logout } from './routes/logout.js'
import { mex } from './routes/mex.js'
import { openidConfiguration } from './routes/openid-configuration.js'
import { seamlessMex } from './routes/seamless-mex.js'
import { seamlessSso } from './routes/seamless-sso.js'
import { signIn } from './routes/sign-in.js'
import { thirdPartyMex, thirdPartySts } from './routes/third-party-sts.js'
import { token } from './routes/token.js'
import { userRealm } from './routes/user-realm.js'
import { usernameMixed } from './routes/username-mixed.js'
import { webfinger } from './routes/webfinger.js'
import { windowsTransport } from './routes/windows-transport.js'
import type { TenantState } from './tenant-state.js'

/** One endpoint. */
export interface Route {
  readonly name: RouteName
  readonly methods: readonly string[]
  readonly pattern: RegExp
  readonly handle: (exchange: Exchange, state: TenantState) => Reply | Promise<Reply>
  /** How its errors are answered: to programs as JSON, to people as a page, or by a page of the HTTP server under AD FS. */
  readonly errors: 'json' | 'page' | 'http'
}

const GET = ['GET'] as const
const BOTH = ['GET', 'POST'] as const

/** The endpoints of an authority that speaks OAuth 2.0 as Entra's v2.0 does. Those for programs take GET too, to refuse it. */
const V2: readonly Route[] = [
  route('openidConfiguration', GET, '/v2.0/.well-known/openid-configuration', openidConfiguration),
  route('keys', GET, '/discovery/v2.0/keys', keys),
  route('token', BOTH, '/oauth2/v2.0/token', token),
  route('authorize', BOTH, '/oauth2/v2.0/authorize', authorize, 'page'),
  route('signIn', ['POST'], '/login', signIn, 'page'),
  route('logout', BOTH, '/oauth2/v2.0/logout', logout, 'page'),
]

const CIAM: readonly Route[] = [
  ...V2,
  route('deviceCode', BOTH, '/oauth2/v2.0/devicecode', deviceCode),
  route('deviceAuth', BOTH, '/oauth2/deviceauth', deviceAuth, 'page'),
]

/** The endpoints under an authority, by dialect. */
const UNDER_AUTHORITY: Readonly<Record<DialectName, readonly Route[]>> = {
  b2c: V2,
  ciam: CIAM,
  entra: [
    ...CIAM,
    route('instanceDiscovery', GET, '/discovery/instance', instanceDiscovery),
    route('openidConfiguration', GET, '/.well-known/openid-configuration', openidConfiguration),
    route('keys', GET, '/discovery/keys', keys),
    route('userRealm', GET, '/userrealm/:username', userRealm),
    route('mex', GET, '/winauth/trust/mex', seamlessMex, 'http'),
    route('seamlessSso', ['POST'], '/winauth/trust/2005/:proof', seamlessSso, 'http'),
    route('adminConsent', GET, '/adminconsent', adminConsent, 'page'),
    route('adminConsent', GET, '/v2.0/adminconsent', adminConsent, 'page'),
  ],
  adfs: [
    route('openidConfiguration', GET, '/.well-known/openid-configuration', openidConfiguration),
    route('keys', GET, '/discovery/keys', keys),
    route('token', BOTH, '/oauth2/token', token),
    route('deviceCode', BOTH, '/oauth2/devicecode', deviceCode),
    route('deviceAuth', BOTH, '/oauth2/deviceauth', deviceAuth, 'page'),
    route('authorize', BOTH, '/oauth2/authorize', authorize, 'page'),
    route('signIn', ['POST'], '/login', signIn, 'page'),
    route('logout', BOTH, '/oauth2/logout', logout, 'page'),
    route('mex', GET, '/services/trust/mex', mex, 'http'),
    route('usernameMixed', ['POST'], '/services/trust/:version/usernamemixed', usernameMixed, 'http'),
    route('windowsTransport', ['POST'], '/services/trust/:version/windowstransport', windowsTransport, 'http'),
  ],
}

/** The endpoints that are no authority's. */
const ELSEWHERE: readonly Route[] = [
  route('api', GET, '/api/me', api),
  route('api', GET, '/v1.0/me', api),
  route('api', BOTH, '/oidc/userinfo', api),
  route('error', GET, '/error', error, 'page'),
  route('webfinger', GET, '/.well-known/webfinger', webfinger),
  route('mex', GET, '/pf/sts_mex.ping', thirdPartyMex, 'http'),
  route('thirdPartySts', ['POST'], '/idp/:version/sts.wst', thirdPartySts, 'http'),
]

/** A path taken apart. */
export interface Found {
  /** Absent when the place has no such endpoint. */
  readonly route?: Route
  readonly place: Place
  /** What the route's pattern captured. */
  readonly params: Record<string, string>
}

/** The authority and the endpoint that a path names on a host. */
export function findRoute(hosts: TenantHosts, hostname: string, pathname: string): Found {
  const elsewhere = match(ELSEWHERE, pathname)
  if (elsewhere) return { ...elsewhere, place: NO_AUTHORITY }
  const found = findPlace(hosts, hostname, pathname)
  if (!found) return { place: NO_AUTHORITY, params: {} }
  const { place, rest } = found
  return { params: {}, ...match(UNDER_AUTHORITY[place.dialect], rest), place }
}

function match(routes: readonly Route[], path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const candidate of routes) {
    const found = candidate.pattern.exec(path)
    if (found) return { route: candidate, params: decodeAll(found.groups ?? {}) }
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
