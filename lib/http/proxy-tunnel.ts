/** A CONNECT tunnel: the raw connection to a host through an http or https proxy, which may ask who the user is. */
import type { Socket } from 'node:net'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { NegotiateLeg, Negotiator } from './http-client.js'
import { readChallenge } from './negotiate/challenge.js'
import type { EndpointMemory } from './negotiate/endpoint-memory.js'
import { negotiate, PROXY } from './negotiate/negotiate.js'
import { openProxyConnection, type ProxyConnection, type TunnelTarget } from './proxy-connection.js'
import { ProxyError } from './proxy-error.js'

/** How a proxy that asks for Negotiate is told who the user is. */
export interface ProxyIdentity {
  readonly negotiator: Negotiator
  /** Which proxies have asked: the next tunnel begins with the proof. */
  readonly memory: EndpointMemory
  readonly logger: Logger
}

/** Where to, through what, and until when. */
export interface TunnelRequest extends TunnelTarget {
  /** Default: none, so that Negotiate is not answered. */
  readonly identity?: ProxyIdentity | undefined
  readonly signal: AbortSignal
}

/**
 * Asks the proxy for a connection to `host:port`. The caller owns the socket.
 *
 * What the proxy's URL has of a user name and password is sent at once; a 407 after that is answered where there is an identity.
 *
 * @throws {ProxyError} when the proxy cannot be reached or does not answer 2xx; a ClientError as its `cause` says why the user
 *   could not be proved to it.
 * @see [RFC 9110 § 9.3.6](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6), [§ 11.7](https://www.rfc-editor.org/rfc/rfc9110#section-11.7)
 */
export async function openTunnel({ identity, signal, ...target }: TunnelRequest): Promise<Socket> {
  const { proxy } = target
  let connection: ProxyConnection | undefined
  const open = async () => {
    connection = await openProxyConnection(target, signal)
    return connection
  }
  const headers = authorization(proxy)
  const legs: NegotiateLeg[] = []
  try {
    const { status, headers: answered } =
      identity === undefined
        ? await (await open()).exchange(headers, signal)
        : await negotiate({
            ...identity,
            request: { purpose: 'request for a tunnel', url: proxy, headers },
            dialect: PROXY,
            open,
            failure: error => unusable(proxy, error),
            legs,
            signal,
          })
    const tunnel = connection?.tunnel()
    if (tunnel !== undefined) return tunnel
    const { offered } = readChallenge(status === 407 ? answered['proxy-authenticate'] : undefined)
    const wasTold = legs.some(({ sentBytes }) => sentBytes > 0)
    throw new ProxyError(`the proxy ${proxy.host} answered ${status}${wishes(offered)}`, { status, offered, wasTold })
  } catch (error) {
    connection?.tunnel()?.destroy()
    throw error instanceof ClientError ? unproved(proxy, error, legs) : unusable(proxy, error)
  } finally {
    connection?.close()
  }
}

function authorization(proxy: URL): Record<string, string> {
  if (proxy.username === '' && proxy.password === '') return {}
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }
}

function wishes(offered: readonly string[]): string {
  return offered.length > 0 ? `, and wants ${offered.join(' or ')}` : ''
}

function unusable(proxy: URL, error: unknown): ProxyError {
  return error instanceof ProxyError
    ? error
    : new ProxyError(`the proxy ${proxy.host} cannot be used`, { cause: error })
}

/** It asked who the user is, and could not be told. */
function unproved(proxy: URL, cause: ClientError, legs: readonly NegotiateLeg[]): ProxyError {
  const { status = 0, offered = [] } = legs.findLast(leg => leg.status !== 0) ?? {}
  const answered = status === 0 ? '' : `answered ${status}${wishes(offered)}`
  const message = `the proxy ${proxy.host} ${answered || 'could not be told who the user is'}: ${cause.message}`
  return new ProxyError(message, { ...(status !== 0 && { status }), offered, cause })
}
