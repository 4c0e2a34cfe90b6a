/** A CONNECT tunnel: the raw connection to a host through an http or https proxy. */
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP, type Socket } from 'node:net'
import type { ConnectionOptions, SecureContext } from 'node:tls'
import { readChallenge } from './negotiate/challenge.js'

/** Why there is no tunnel. The message names the proxy's host and never its user name or password. */
export class ProxyError extends Error {
  /** What the proxy answered, when it did. */
  readonly status: number | undefined
  /** The schemes by which it wants to know who asks, with 407. */
  readonly offered: readonly string[]

  constructor(message: string, options: { status?: number; offered?: readonly string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ProxyError'
    this.status = options.status
    this.offered = options.offered ?? []
  }
}

/** Where to, through what, and until when. */
export interface TunnelRequest {
  proxy: URL
  host: string
  port: number
  /** Roots that an https proxy is checked against. */
  secureContext: SecureContext
  signal: AbortSignal
}

/**
 * Asks the proxy for a connection to `host:port`. The caller owns the socket.
 *
 * @throws {ProxyError} when the proxy cannot be reached or does not answer 2xx.
 * @see [RFC 9110 § 9.3.6](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6)
 */
export function openTunnel({ proxy, host, port, secureContext, signal }: TunnelRequest): Promise<Socket> {
  const target = `${host}:${port}`
  const proxyHost = proxy.hostname.replace(/^\[|\]$/g, '')
  // Node hands `secureContext` on to the connection, though its types do not say so.
  const options: https.RequestOptions & Pick<ConnectionOptions, 'secureContext'> = {
    method: 'CONNECT',
    host: proxyHost,
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    path: target,
    headers: { host: target, ...authorization(proxy) },
    // Node would take the name to check the proxy's certificate against from the Host header.
    servername: isIP(proxyHost) === 0 ? proxyHost : '',
    agent: false,
    // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    rejectUnauthorized: true,
    signal,
    secureContext,
  }
  return new Promise((resolve, reject) => {
    const request = proxy.protocol === 'https:' ? https.request(options) : http.request(options)
    request.once('connect', (response, socket: Socket) => {
      const status = response.statusCode ?? 0
      if (status >= 200 && status < 300) return resolve(socket)
      socket.on('error', () => {}).destroy()
      const { offered } = readChallenge(status === 407 ? response.headers['proxy-authenticate'] : undefined)
      const wants = offered.length > 0 ? `, and wants ${offered.join(' or ')}` : ''
      reject(new ProxyError(`the proxy ${proxy.host} answered ${status}${wants}`, { status, offered }))
    })
    request.once('error', cause => reject(new ProxyError(`the proxy ${proxy.host} cannot be used`, { cause })))
    request.end()
  })
}

function authorization(proxy: URL): { 'proxy-authorization'?: string } {
  if (proxy.username === '' && proxy.password === '') return {}
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }
}
