/** One connection to a proxy, over which it is asked for a tunnel until it gives one. */
import * as http from 'node:http'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext, TLSSocket } from 'node:tls'
import { untilAborted } from '../signals.js'
import type { RawResponse } from './exchange.js'
import { type BoundConnection, ConnectionLostError, MAX_HEADER_BYTES } from './negotiate/bound-connection.js'
import { bindingsOf } from './negotiate/server-end-point.js'
import { readRefusal } from './refusal-body.js'

const NONE = new Uint8Array()
const ENDED: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE'])

/** Where to, and through what. */
export interface TunnelTarget {
  readonly proxy: URL
  readonly host: string
  readonly port: number
  /** Roots that an https proxy is checked against. */
  readonly secureContext: SecureContext
}

/** A connection to a proxy; each exchange is a CONNECT. */
export interface ProxyConnection extends BoundConnection {
  /** The way to the target once the proxy has answered 2xx. From then on it is the caller's, and `close` leaves it alone. */
  tunnel(): Socket | undefined
}

/**
 * Connects to the proxy.
 *
 * @throws what the network or TLS reports, and the signal's reason when it fires.
 * @see [RFC 9110 § 9.3.6](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6)
 */
export async function openProxyConnection(
  { proxy, host, port, secureContext }: TunnelTarget,
  signal: AbortSignal,
): Promise<ProxyConnection> {
  const socket = await connected(proxy, secureContext, signal)
  const path = `${host}:${port}`
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.raw : undefined
  let tunnel: Socket | undefined
  let wasRefused = false
  return {
    channelBindings: bindingsOf(certificate ?? NONE),
    isResumed: false,
    isOpen: () => !socket.destroyed,
    tunnel: () => tunnel,
    async exchange(headers, within) {
      if (socket.destroyed || !socket.writable) throw new ConnectionLostError('the connection to the proxy is over')
      const { response, head } = await untilAborted(ask(socket, path, headers), within).catch(error => {
        // Closed unsaid after a refusal, which is only noticed now; a CONNECT that was not answered may be sent again.
        throw wasRefused && ENDED.has(codeOf(error))
          ? new ConnectionLostError('the proxy has closed it', { cause: error })
          : error
      })
      wasRefused = true
      const status = response.statusCode ?? 0
      if (status >= 200 && status < 300) tunnel = socket
      else if (status !== 407 || !keepsOpen(response)) socket.destroy()
      // What follows the refusal belongs to it, and comes before the next answer.
      else if (!(await untilAborted(readRefusal(socket, head, response.headers), within))) socket.destroy()
      return { status, headers: response.headers as RawResponse['headers'], bytes: NONE }
    },
    close() {
      if (tunnel === undefined) socket.destroy()
    },
  }
}

function connected(proxy: URL, secureContext: SecureContext, signal: AbortSignal): Promise<Socket> {
  const host = proxy.hostname.replace(/^\[|\]$/g, '')
  const isTls = proxy.protocol === 'https:'
  const port = Number(proxy.port || (isTls ? 443 : 80))
  return new Promise((resolve, reject) => {
    const socket = isTls
      ? connectTls({
          host,
          port,
          secureContext,
          // An address is no name that could be asked for, and is checked all the same.
          servername: isIP(host) === 0 ? host : '',
          // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
          rejectUnauthorized: true,
          ALPNProtocols: ['http/1.1'],
        })
      : connectTcp({ host, port })
    const cancel = () => socket.destroy(toError(signal.reason))
    const done = () => signal.removeEventListener('abort', cancel)
    signal.addEventListener('abort', cancel, { once: true })
    // It stays: a connection may end between two requests too, which the next one notices.
    socket.on('error', error => {
      done()
      reject(error)
    })
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      done()
      resolve(socket.setNoDelay(true))
    })
    if (signal.aborted) cancel()
  })
}

function ask(
  socket: Socket,
  path: string,
  headers: Record<string, string>,
): Promise<{ response: http.IncomingMessage; head: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      method: 'CONNECT',
      path,
      // Node's own way is to say that each connection is for one request; proxies of HTTP/1.0 read the second of these.
      headers: { host: path, connection: 'keep-alive', 'proxy-connection': 'keep-alive', ...headers },
      createConnection: () => socket,
      maxHeaderSize: MAX_HEADER_BYTES,
    })
    // It was paused where a refusal has been read over.
    request.once('socket', () => socket.resume())
    request.once('connect', (response, _socket, head: Buffer) => resolve({ response, head }))
    request.once('error', reject)
    request.end()
  })
}

/** @see [RFC 9112 § 9.3](https://www.rfc-editor.org/rfc/rfc9112#section-9.3) */
function keepsOpen({ headers, httpVersion }: http.IncomingMessage): boolean {
  const words = `${headers.connection ?? ''},${headers['proxy-connection'] ?? ''}`.toLowerCase().split(/[\s,]+/)
  return !words.includes('close') && (httpVersion !== '1.0' || words.includes('keep-alive'))
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('cancelled')
}
