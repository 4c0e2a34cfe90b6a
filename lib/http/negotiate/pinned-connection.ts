/** One TLS connection that a conversation is bound to: requests go over it or not at all. */
import { Client } from 'undici'
import type { Connector, ConnectorOptions } from '../connector.js'
import { exchange, type RawResponse } from '../exchange.js'
import type { HttpRequest } from '../http-client.js'
import { serverEndPoint } from './server-end-point.js'

/** Of a token, there and back; http.sys, which AD FS runs on, takes no more either. */
export const MAX_TOKEN_BYTES = 64 * 1024

// The server's token in base64, and the usual 16 KiB for the other fields.
const MAX_HEADER_BYTES = Math.ceil(MAX_TOKEN_BYTES / 3) * 4 + 16 * 1024
// A step may wait for a KDC that does not answer before the next one is asked.
const KEEP_ALIVE_MS = 120_000

/** The connection was over before the request was sent; nothing has left this machine. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError'
}

/** A connection with the channel bindings of its certificate. */
export interface PinnedConnection {
  /** Of type tls-server-end-point; empty when the certificate has none. */
  readonly channelBindings: Uint8Array
  /** The certificate is that of an earlier connection. */
  readonly isResumed: boolean
  isOpen(): boolean
  /** @throws {ConnectionLostError} when the connection was over already; else as undici does. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<RawResponse>
  close(): void
}

/** Connects to the host of an https URL. */
export async function openPinnedConnection(
  connect: Connector,
  url: URL,
  options: ConnectorOptions,
): Promise<PinnedConnection> {
  const { host, hostname, protocol, port } = url
  const target = { host, hostname: hostname.replace(/^\[|\]$/g, ''), protocol, port }
  const { socket, certificate, isResumed } = await connect(target, options)
  let handedOver = false
  const client = new Client(url.origin, {
    pipelining: 1,
    // The deadline of the request covers both, and undici's timers are coarse.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // By default undici drops a connection that the server means to keep for two seconds or less.
    keepAliveTimeoutThreshold: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect(_options, callback) {
      // undici would make a new connection of its own accord: another certificate, and a token that belongs to the old one.
      const isLost = handedOver || socket.destroyed
      handedOver = true
      // Called at once it would hang undici.
      queueMicrotask(() =>
        isLost ? callback(new ConnectionLostError('the connection is over'), null) : callback(null, socket),
      )
    },
  })
  return {
    channelBindings: bindingsOf(certificate),
    isResumed,
    isOpen: () => !socket.destroyed,
    exchange: (request, signal) => exchange(request, client, signal),
    close() {
      socket.destroy()
      client.destroy().catch(() => {})
    },
  }
}

function bindingsOf(certificate: Uint8Array): Uint8Array {
  try {
    return serverEndPoint(certificate)
  } catch {
    // A certificate that was good enough for TLS and cannot be read here is bound to nothing.
    return new Uint8Array()
  }
}
