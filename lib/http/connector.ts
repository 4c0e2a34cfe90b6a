/** Opens connections, through a proxy where one stands before the host, and ends them all when their transport closes. */
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { buildConnector } from 'undici'
import { ClientError } from '../errors.js'
import { type ProxySettings, proxyFor } from './proxy.js'
import { openTunnel } from './proxy-tunnel.js'

/** What a connector needs to know. */
export interface ConnectorSettings extends ProxySettings {
  connectTimeoutMs: number
  /** Roots that servers and https proxies are checked against. */
  secureContext: SecureContext
  /** Ends every connection, those that are still being made too: undici does not know of them. */
  closing: AbortSignal
  /** False: each connection makes a whole handshake, in which the server shows the certificate that it has now. */
  resumesSessions: boolean
}

/** Where to, in undici's words. */
export type ConnectorTarget = Pick<buildConnector.Options, 'host' | 'hostname' | 'protocol' | 'port' | 'servername'>

/** Resolves with a connection that is ready for HTTP/1.1, with its certificate checked; the caller owns it. */
export type Connector = (target: ConnectorTarget, signal?: AbortSignal) => Promise<Socket>

/** The way of connecting that all requests share. */
export function createConnector(settings: ConnectorSettings): Connector {
  const { connectTimeoutMs: timeout, secureContext, closing, resumesSessions } = settings
  const connectTls = buildConnector({
    timeout,
    // Said here, since NODE_TLS_REJECT_UNAUTHORIZED, which is set for some other server, would else let anybody read tokens.
    rejectUnauthorized: true,
    secureContext,
    ...(resumesSessions ? {} : { maxCachedSessions: 0 }),
  })

  const connect = (options: buildConnector.Options, signal: AbortSignal | undefined): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connectTls(options, (error, connected) =>
        error === null ? resolve(connected) : reject(error),
      ) as unknown as Socket
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

  return async (target, signal) => {
    const url = new URL(`${target.protocol}//${target.host}`)
    const proxy = proxyFor(url, settings)
    if (proxy === undefined) return connect(target, signal)
    const tunnel = await openTunnel({
      proxy,
      host: url.hostname,
      port: Number(url.port || 443),
      secureContext,
      signal: AbortSignal.any([closing, AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])]),
    })
    return connect({ ...target, httpSocket: tunnel }, signal)
  }
}
