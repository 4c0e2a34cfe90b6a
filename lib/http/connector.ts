/** Opens connections, through a proxy where one stands before the host, and ends them all when their transport closes. */
import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import { withJoinedSignal } from '../signals.js'
import type { Negotiator } from './http-client.js'
import { EndpointMemory } from './negotiate/endpoint-memory.js'
import { type ProxySettings, proxyFor } from './proxy.js'
import { openTunnel } from './proxy-tunnel.js'
import { TlsSessions } from './tls-sessions.js'

/** What a connector needs to know. */
export interface ConnectorSettings extends ProxySettings {
  connectTimeoutMs: number
  /** What proves to a proxy that asks for it who the user is. Default: nothing does. */
  proxyNegotiator?: ((proxy: URL) => Negotiator) | undefined
  logger: Logger
  /** Roots that servers and https proxies are checked against. */
  secureContext: SecureContext
  /** Ends every connection, those that are still being made too: undici does not know of them. */
  closing: AbortSignal
}

/** Where to, in undici's words. */
export type ConnectorTarget = Pick<buildConnector.Options, 'host' | 'hostname' | 'protocol' | 'port' | 'servername'>

/** A connection that is ready for HTTP/1.1, with its certificate checked. */
export interface Connection {
  readonly socket: Socket
  /** DER, what the server showed; empty where nothing was. */
  readonly certificate: Uint8Array
  /** No whole handshake: the certificate is that of an earlier one, and the server may have another by now. */
  readonly isResumed: boolean
}

/** How to connect. */
export interface ConnectorOptions {
  readonly signal?: AbortSignal | undefined
  /** False: a whole handshake, in which the server shows the certificate that it has now. */
  readonly mayResume: boolean
}

/** Connects; the caller owns the connection. */
export type Connector = (target: ConnectorTarget, options: ConnectorOptions) => Promise<Connection>

const NONE = new Uint8Array()

/** The way of connecting that all requests of an application share. */
export function createConnector(settings: ConnectorSettings): Connector {
  const { connectTimeoutMs: timeout, secureContext, closing, proxyNegotiator, logger } = settings
  const sessions = new TlsSessions()
  const memory = new EndpointMemory()

  const connect = (options: buildConnector.Options, { signal, mayResume }: ConnectorOptions): Promise<Connection> =>
    new Promise((resolve, reject) => {
      const server = `${options.servername || options.hostname}:${options.port || 443}`
      const kept = mayResume ? sessions.get(server, performance.now()) : undefined
      const connectTls = buildConnector({
        timeout,
        // Said here, since NODE_TLS_REJECT_UNAUTHORIZED, which is set for some other server, would else let anybody read tokens.
        rejectUnauthorized: true,
        secureContext,
        // undici's own memory of sessions lasts until the garbage is collected.
        maxCachedSessions: 0,
        ...(kept !== undefined && { session: kept.session }),
      })
      const socket = connectTls(options, (error, connected) => {
        if (error !== null) return reject(error)
        if (!(connected instanceof TLSSocket))
          return resolve({ socket: connected, certificate: NONE, isResumed: false })
        const isResumed = kept !== undefined && connected.isSessionReused()
        const { certificate, handshakeMs } = isResumed
          ? kept
          : { certificate: connected.getPeerX509Certificate()?.raw ?? NONE, handshakeMs: performance.now() }
        // Only from here on, where the certificate has been checked: a resumed connection is not checked again.
        connected.on('session', session => sessions.set(server, { session, certificate, handshakeMs }))
        resolve({ socket: connected, certificate, isResumed })
      }) as unknown as Socket
      const end = () => socket.destroy(new ClientError('app_closed'))
      const cancel = () => socket.destroy(new Error('cancelled'))
      closing.addEventListener('abort', end, { once: true })
      signal?.addEventListener('abort', cancel, { once: true })
      socket.once('close', () => {
        closing.removeEventListener('abort', end)
        signal?.removeEventListener('abort', cancel)
      })
      if (closing.aborted) end()
      if (signal?.aborted) cancel()
    })

  return async (target, options) => {
    const { signal } = options
    const url = new URL(`${target.protocol}//${target.host}`)
    const proxy = proxyFor(url, settings)
    if (proxy === undefined) return connect(target, options)
    const identity = proxyNegotiator && { negotiator: proxyNegotiator(proxy), memory, logger }
    const ends = [closing, AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])]
    const tunnel = await withJoinedSignal(ends, end =>
      openTunnel({ proxy, host: url.hostname, port: Number(url.port || 443), secureContext, identity, signal: end }),
    )
    return connect({ ...target, httpSocket: tunnel }, options)
  }
}
