/** One HTTP request as a route sees it, and the reply that it returns. */
import type { IncomingHttpHeaders } from 'node:http'
import type { NegotiateConnection } from './negotiate/acceptor.js'
import type { Parameters } from './parameters.js'
import type { Place } from './place.js'
import type { RequestNotes } from './request-log.js'

/** A route, by the name that a fault is aimed with. */
export type RouteName =
  | 'instanceDiscovery'
  | 'openidConfiguration'
  | 'keys'
  | 'userRealm'
  | 'mex'
  | 'usernameMixed'
  | 'windowsTransport'
  | 'seamlessSso'
  | 'thirdPartySts'
  | 'webfinger'
  | 'authorize'
  | 'signIn'
  | 'token'
  | 'deviceCode'
  | 'deviceAuth'
  | 'adminConsent'
  | 'logout'
  | 'api'
  | 'error'

/** A request, read whole. */
export interface Exchange {
  readonly method: string
  /** The host the client asked for, lower-case, with its port if it gave one. */
  readonly host: string
  /** `https://` and that host, if it is one of the emulator's; else the emulator's own origin. */
  readonly origin: string
  /** The client came to the emulator by its own name, not by one of Microsoft's. */
  readonly local: boolean
  readonly path: string
  /** The connection that the request came on. */
  readonly connection: NegotiateConnection
  /** The authority that the path names. */
  readonly place: Place
  /** What the route's pattern captured from the path, percent-decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Parameters
  readonly form: Parameters
  /** The body as text, whatever its type. */
  readonly body: string
  readonly headers: IncomingHttpHeaders
  /** The client's `client-request-id`, or a new one. */
  readonly correlationId: string
  /** Answered as `x-ms-request-id` and in error bodies. */
  readonly traceId: string
  /** What a route adds to the record of the request. */
  readonly notes: RequestNotes
}

export interface Reply {
  status: number
  headers: Record<string, string | string[]>
  body: string
}

/** A path segment that the route's pattern names; the router guarantees that it is there. */
export function param(exchange: Exchange, name: string): string {
  return exchange.params[name] ?? ''
}

/** A cookie's value. */
export function cookie(exchange: Exchange, name: string): string | undefined {
  for (const pair of (exchange.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name) return value
  }
  return undefined
}
