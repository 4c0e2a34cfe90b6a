/** Sends requests with undici: the connections that all share, and those of their own that Negotiate needs. Loaded at the first request. */
import { setMaxListeners } from 'node:events'
import { Agent, type Dispatcher } from 'undici'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import { withJoinedSignal } from '../signals.js'
import { createConnector } from './connector.js'
import { exchange, type RawResponse } from './exchange.js'
import type { HttpClientOptions, HttpRequest, NegotiateLeg, Negotiator } from './http-client.js'
import { EndpointMemory } from './negotiate/endpoint-memory.js'
import { type Negotiated, negotiate, SERVER } from './negotiate/negotiate.js'
import { openPinnedConnection } from './negotiate/pinned-connection.js'
import { toNetworkFailure } from './network-failure.js'
import { trustedRoots } from './trusted-roots.js'

export type { RawResponse }

/** What undici-client.ts and call.ts ask of their sockets. */
export interface Transport {
  /** Sends one request once. Rejects with a ClientError, or with anything at all once `signal` has fired. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<RawResponse>
  /**
   * Sends one request until the server knows who asks, and writes down each leg in `legs`, which holds them after a failure
   * too. Rejects as `exchange` does, or with what the negotiator rejects with.
   */
  negotiate(
    request: HttpRequest,
    negotiator: Negotiator,
    legs: NegotiateLeg[],
    signal: AbortSignal,
  ): Promise<Negotiated>
  close(): Promise<void>
}

/** Settings of a transport. A `dispatcher` replaces all the others and stays the caller's. */
export interface TransportSettings {
  proxy: HttpClientOptions['proxy']
  /** Makes what proves to a proxy who the user is; asked only where `proxy` has integratedAuthentication. */
  proxyNegotiator?: ((proxy: URL) => Negotiator) | undefined
  dispatcher: HttpClientOptions['dispatcher']
  certificates: readonly string[]
  connectTimeoutMs: number
  env: NodeJS.ProcessEnv
  logger: Logger
}

/**
 * @throws {ClientError} `invalid_configuration` – a certificate cannot be parsed.
 */
export function createTransport(settings: TransportSettings): Transport {
  const own = settings.dispatcher === undefined ? createConnections(settings) : undefined
  // The structural type of the options exists so that our types do not need undici's; what it stands for is this one.
  const dispatcher = own?.agent ?? (settings.dispatcher as Dispatcher)
  return {
    async exchange(request, signal) {
      try {
        return await exchange(request, dispatcher, signal)
      } catch (error) {
        throw toNetworkFailure(error, request)
      }
    },
    async negotiate(request, negotiator, legs, signal) {
      if (own === undefined) throw noConnectionOfOurs(request)
      const { connect, closing, memory } = own
      return withJoinedSignal([signal, closing.signal], untilClosed =>
        negotiate({
          request,
          dialect: SERVER,
          open: options => openPinnedConnection(connect, request, options),
          failure: error => toNetworkFailure(error, request),
          negotiator,
          legs,
          memory,
          signal: untilClosed,
          logger: settings.logger,
        }),
      )
    },
    async close() {
      own?.closing.abort()
      await own?.agent.destroy()
    },
  }
}

function createConnections(settings: TransportSettings) {
  const closing = new AbortController()
  // One listener for each connection.
  setMaxListeners(0, closing.signal)
  const secureContext = trustedRoots(settings.certificates, settings.env, settings.logger)
  const { proxy, proxyNegotiator } = settings
  const isAllowed = typeof proxy === 'object' && proxy.integratedAuthentication === true
  const connect = createConnector({
    ...settings,
    proxyNegotiator: isAllowed ? proxyNegotiator : undefined,
    secureContext,
    closing: closing.signal,
  })
  const agent = new Agent({
    // The deadline of undici-client.ts covers both, and undici's timers are coarse.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect(options, callback) {
      connect(options, { mayResume: true }).then(
        ({ socket }) => callback(null, socket),
        error => callback(error, null),
      )
    },
  })
  return { agent, closing, connect, memory: new EndpointMemory() }
}

function noConnectionOfOurs({ purpose, url, correlationId }: HttpRequest): ClientError {
  return new ClientError(
    'invalid_configuration',
    `The ${purpose} to ${url.host} needs a connection of its own, which http.dispatcher cannot give.`,
    {
      hint: 'Leave http.dispatcher out for integrated Windows authentication; http.proxy and http.ca are there for proxies and roots.',
      correlationId,
    },
  )
}
