/** The TLS connection to a server that a conversation is bound to. */
import { Client } from 'undici'
import type { Connector, ConnectorOptions } from '../connector.js'
import { exchange } from '../exchange.js'
import type { HttpRequest } from '../http-client.js'
import { type BoundConnection, ConnectionLostError, MAX_HEADER_BYTES } from './bound-connection.js'
import { bindingsOf } from './server-end-point.js'

// A step may wait for a KDC that does not answer before the next one is asked.
const KEEP_ALIVE_MS = 120_000

/** Connects to the host of an https request. */
export async function openPinnedConnection(
  connect: Connector,
  request: HttpRequest,
  options: ConnectorOptions,
): Promise<BoundConnection> {
  const { url } = request
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
    exchange: (headers, signal) => exchange({ ...request, headers }, client, signal),
    close() {
      socket.destroy()
      client.destroy().catch(() => {})
    },
  }
}
