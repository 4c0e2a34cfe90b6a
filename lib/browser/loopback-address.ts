/** The address that the browser comes back to: which redirect URIs are loopback, and servers that listen there. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ClientError } from '../errors.js'

// RFC 8252 § 7.3: "MUST use the loopback IP literal"; the browser may take `localhost` to either of them.
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1', '::1'],
  '127.0.0.1': ['127.0.0.1'],
  '[::1]': ['::1'],
}

const FREE_PORT_ATTEMPTS = 20

/** A loopback redirect URI in its parts. */
export interface LoopbackAddress {
  /** Where to listen. */
  readonly addresses: readonly string[]
  /** 0 stands for any free port. */
  readonly port: number
  /** The redirect URI with a port in it, and otherwise as it was written. */
  withPort(port: number): string
}

/**
 * @throws {ClientError} `loopback_redirect_uri` – not http, or not localhost, 127.0.0.1 or [::1].
 */
export function parseLoopbackUri(redirectUri: string): LoopbackAddress {
  const [, scheme = '', host = '', port = '', rest = ''] =
    /^(http:\/\/)(localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?((?:[/?].*)?)$/i.exec(redirectUri) ?? []
  const addresses = ADDRESSES[host.toLowerCase()]
  if (addresses === undefined || Number(port) > 65535 || !URL.canParse(redirectUri) || redirectUri.includes('#'))
    throw new ClientError('loopback_redirect_uri')
  return {
    addresses,
    // Port 80 is what is meant when none is written, as MSAL reads it.
    port: port === '80' ? 0 : Number(port),
    withPort: actual => `${scheme}${host}:${actual}${rest}`,
  }
}

/**
 * Listens on every address, on one and the same port, with servers that `create` makes.
 *
 * An address that this machine does not have is left out, as ::1 is where IPv6 is off.
 *
 * @throws {ClientError} `http_listener_error` – the port is in use or not allowed.
 */
export async function listenOnAll(
  addresses: readonly string[],
  port: number,
  create: () => Server,
): Promise<{ servers: readonly Server[]; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const servers: Server[] = []
    try {
      let actual = port
      for (const address of addresses) {
        const server = await listen(create(), address, actual)
        if (server === undefined) continue
        servers.push(server)
        actual = (server.address() as AddressInfo).port
      }
      if (servers.length === 0) throw new ClientError('http_listener_error', 'This machine has no loopback address.')
      return { servers, port: actual }
    } catch (error) {
      for (const server of servers) server.close()
      // A port that is free on one address may be taken on the other.
      const mayTryAnother = port === 0 && isCode(error, 'EADDRINUSE') && attempt < FREE_PORT_ATTEMPTS
      if (!mayTryAnother) throw toListenerError(error, port)
    }
  }
}

async function listen(server: Server, host: string, port: number): Promise<Server | undefined> {
  try {
    server.listen({ host, port, exclusive: true, ipv6Only: true })
    await once(server, 'listening')
    return server
  } catch (error) {
    if (isCode(error, 'EADDRNOTAVAIL') || isCode(error, 'EAFNOSUPPORT')) return undefined
    throw error
  }
}

function toListenerError(cause: unknown, port: number): ClientError {
  if (cause instanceof ClientError) return cause
  const where = port === 0 ? 'a free loopback port' : `port ${port}`
  const why = isCode(cause, 'EADDRINUSE')
    ? 'another program is using it'
    : isCode(cause, 'EACCES')
      ? 'this user may not use it'
      : String((cause as NodeJS.ErrnoException).code)
  return new ClientError('http_listener_error', `Cannot listen on ${where} for the browser to come back: ${why}.`, {
    cause,
  })
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
