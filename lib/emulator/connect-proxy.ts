/** A CONNECT proxy that leads to the tenant, whichever Microsoft host the client asked for, and to nowhere else. */
import { createServer, type Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Who may be connected to, and what then happens with the connection. */
export interface ProxyTarget {
  /** Is this host and port one that the tenant answers for? */
  accepts(hostname: string, port: number): boolean
  /** Takes over the connection; TLS is next. */
  connect(socket: Duplex): void
}

const REFUSAL = 'This proxy leads only to the latchkey emulator.\n'

/** The proxy, not listening yet. Anything but a CONNECT to an accepted host is answered 403. */
export function createConnectProxy(target: ProxyTarget): Server {
  const proxy = createServer((_request, response) => {
    response.writeHead(403, { 'Content-Type': 'text/plain' }).end(REFUSAL)
  })
  proxy.on('connect', (request, socket, head) => {
    // The client may go away at any time; without a listener that would end the process.
    socket.on('error', () => socket.destroy())
    const { hostname, port } = parseTarget(request.url ?? '')
    if (!target.accepts(hostname, port)) {
      socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${REFUSAL}`)
      return
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    target.connect(socket)
  })
  return proxy
}

/** `host:port` or `[address]:port`. (RFC 9110 § 9.3.6) */
function parseTarget(authority: string): { hostname: string; port: number } {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:/@]+)):(\d{1,5})$/i.exec(authority)
  return { hostname: (match?.[1] ?? match?.[2] ?? '').toLowerCase(), port: Number(match?.[3] ?? 0) }
}
