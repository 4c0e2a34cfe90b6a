/** Real servers for tests: an https origin and a CONNECT proxy, both on 127.0.0.1, both telling what reached them. */
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestCertificate } from './tls.js'

/** A server that is up. */
export interface TestServer {
  port: number
  /** `https://localhost:<port>` for an origin, `http(s)://127.0.0.1:<port>` for a proxy. */
  origin: string
  /** Connections so far. */
  connections(): number
  /** Connections that are open now. */
  openConnections(): number
  /** Resolves once no connection is open, which a client's closing takes a moment to bring about; fails after two seconds. */
  idle(): Promise<void>
  /** Ends every connection, and resolves when the other side can know. */
  drop(): Promise<void>
  /** Ends every connection and the server. */
  close(): Promise<void>
}

/** Starts an https origin. */
export function startOrigin(certificate: TestCertificate, handler: http.RequestListener): Promise<TestServer> {
  return start(https.createServer(keysOf(certificate), handler), 'https://localhost')
}

/** Starts one whose certificate can be replaced, while it goes on taking the sessions from before unless `ticketKeys` are new. */
export async function startRenewableOrigin(
  certificate: TestCertificate,
  handler: http.RequestListener,
  maxVersion: 'TLSv1.2' | 'TLSv1.3',
): Promise<TestServer & { renew(certificate: TestCertificate, ticketKeys?: Buffer): void }> {
  const server = https.createServer({ ...keysOf(certificate), maxVersion }, handler)
  const before = server.getTicketKeys()
  return {
    ...(await start(server, 'https://localhost')),
    renew(next, ticketKeys = before) {
      server.setSecureContext({ ...keysOf(next), maxVersion })
      server.setTicketKeys(ticketKeys)
    },
  }
}

/** How a test proxy behaves; it tunnels unless told otherwise. */
export interface ProxyBehaviour {
  /** Answers this status to every CONNECT. 0: never answers. */
  status?: number
  /** Answers 407 unless the header is exactly this. */
  authorization?: string
  /** What it says with that, one field each. */
  challenges?: readonly string[]
  /** To which targets, as `host:port`, this is confined; every other is tunnelled to. Default: none is excepted. */
  only?: RegExp
  /** Makes it an https proxy. */
  certificate?: TestCertificate
}

/** Starts a CONNECT proxy that reaches every host on 127.0.0.1, so that names need no DNS. */
export async function startProxy(
  behaviour: ProxyBehaviour = {},
): Promise<TestServer & { targets: string[]; headers: http.IncomingHttpHeaders[] }> {
  const { status, authorization, challenges = [], only, certificate } = behaviour
  const targets: string[] = []
  const headers: http.IncomingHttpHeaders[] = []
  const server = certificate === undefined ? http.createServer() : https.createServer(keysOf(certificate))
  server.on('connect', (request: http.IncomingMessage, client: Socket) => {
    targets.push(request.url ?? '')
    headers.push(request.headers)
    client.on('error', () => {})
    const isMeant = only === undefined || only.test(request.url ?? '')
    if (isMeant && status === 0) return void client.resume().once('end', () => client.destroy())
    const isDenied = authorization !== undefined && request.headers['proxy-authorization'] !== authorization
    const answer = isDenied ? 407 : status
    if (isMeant && answer !== undefined) {
      const fields = challenges.map(challenge => `Proxy-Authenticate: ${challenge}\r\n`).join('')
      client.end(`HTTP/1.1 ${answer} Refused\r\n${fields}Content-Length: 0\r\n\r\n`)
      return
    }
    const upstream = connect(Number(request.url?.split(':').pop()), '127.0.0.1')
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    upstream.on('error', () => client.destroy())
    client.once('close', () => upstream.destroy())
  })
  const base = await start(server, certificate === undefined ? 'http://127.0.0.1' : 'https://127.0.0.1')
  return { ...base, targets, headers }
}

function keysOf({ key, cert }: TestCertificate): https.ServerOptions {
  return { key, cert }
}

async function start(server: http.Server, origin: string): Promise<TestServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', socket => {
    connections += 1
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // Idle connections stay open until the client, or the test, closes them.
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `${origin}:${port}`,
    connections: () => connections,
    openConnections: () => sockets.size,
    async idle() {
      for (let tries = 0; sockets.size > 0; tries++) {
        if (tries === 200) throw new Error(`${sockets.size} connections are still open`)
        await sleep(10)
      }
    },
    async drop() {
      for (const socket of sockets) socket.destroy()
      await sleep(50)
    },
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
