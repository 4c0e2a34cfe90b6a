/** The tenant's sockets: its TLS origin on both loopback addresses, its proxy, its control, and the end of them all. */
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { ServerCertificate } from './certificate-authority.js'
import { createConnectProxy } from './connect-proxy.js'
import { LOOPBACK_ADDRESSES, LOOPBACK_NAMES } from './hosts.js'

export interface ListenOptions {
  certificate: ServerCertificate
  handler: RequestListener
  /** The control endpoint, on 127.0.0.1 whatever `host` is. */
  control: RequestListener
  /** Default loopback. */
  host: string | undefined
  port: number
  proxyPort: number
  /** The hosts that the proxy answers for. */
  impersonated: readonly string[]
}

/** The open listeners. */
export interface Listeners {
  port: number
  proxyPort: number
  controlPort: number
  /** Stops listening and breaks every connection, also those in the middle of an answer. */
  close(): Promise<void>
}

/** @throws {Error} with the system's `code` – a port is in use or may not be used. */
export async function listen(options: ListenOptions): Promise<Listeners> {
  const host = options.host ?? '127.0.0.1'
  const { certificatePem: cert, namedCertificatePem, keyPem: key } = options.certificate
  const tlsServer = createTlsServer(
    {
      cert,
      key,
      ALPNProtocols: ['http/1.1'],
      // Authorize URLs with long claims are larger than Node's 16 KiB.
      maxHeaderSize: 64 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
    },
    options.handler,
  )
  const named = createSecureContext({ cert: namedCertificatePem, key })
  for (const name of [...LOOPBACK_NAMES, ...options.impersonated]) tlsServer.addContext(name, named)
  const open = new OpenServers()
  try {
    const port = await open.add(tlsServer, options.port, host)
    if (options.host === undefined) await listenOnIpv6Too(open, tlsServer, port)
    const proxy = createConnectProxy({
      accepts: (hostname, asked) =>
        (options.impersonated.includes(hostname) && (asked === 443 || asked === port)) ||
        ([...LOOPBACK_NAMES, ...LOOPBACK_ADDRESSES].includes(hostname) && asked === port),
      connect: socket => tlsServer.emit('connection', socket),
    })
    const proxyPort = await open.add(proxy, options.proxyPort, host)
    const control = createHttpServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, options.control)
    const controlPort = await open.add(control, 0, '127.0.0.1')
    return { port, proxyPort, controlPort, close: () => open.close() }
  } catch (error) {
    await open.close()
    throw error
  }
}

/** `localhost` may mean ::1 first; where that address or port is not to be had, clients fall back to 127.0.0.1. */
async function listenOnIpv6Too(open: OpenServers, tlsServer: TlsServer, port: number): Promise<void> {
  const twin = createTcpServer(socket => tlsServer.emit('connection', socket))
  await open.add(twin, port, '::1').catch(() => undefined)
}

/** Servers and their sockets, so that all can be ended. */
class OpenServers {
  readonly #servers: Server[] = []
  readonly #sockets = new Set<{ destroy(): unknown }>()

  async add(server: Server, port: number, host: string): Promise<number> {
    server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      socket.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', error => reject(explain(error, host, port)))
      server.listen({ port, host, exclusive: true }, resolve)
    })
    this.#servers.push(server)
    return (server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    const closed = this.#servers.splice(0).map(server => new Promise<void>(resolve => server.close(() => resolve())))
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closed)
  }
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const why = error.code === 'EADDRINUSE' ? 'the port is in use; choose another, or 0 for any free one' : error.message
  return Object.assign(new Error(`The emulator cannot listen on ${host}:${port}: ${why}`, { cause: error }), {
    code: error.code,
  })
}
