/** Sends one request with undici: connections, proxy, certificates, limits and content encodings. Loaded at the first request. */
import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { Agent, buildConnector, type Dispatcher, request as undiciRequest } from 'undici'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { HttpClientOptions, HttpRequest } from './http-client.js'
import { TooLargeError, toNetworkFailure } from './network-failure.js'
import { proxyFor } from './proxy.js'
import { openTunnel } from './proxy-tunnel.js'
import { trustedRoots } from './trusted-roots.js'

const DEFAULT_MAX_BYTES = 1024 * 1024

/** A whole answer whose body is as it was sent, but for its content encoding. */
export interface RawResponse {
  status: number
  /** Lower-case names; a header that was repeated has its values joined by `, `. */
  headers: Readonly<Record<string, string>>
  bytes: Uint8Array
}

/** What undici-client.ts and call.ts ask of their sockets. */
export interface Transport {
  /** Sends one request once. Rejects with a ClientError, or with anything at all once `signal` has fired. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<RawResponse>
  close(): Promise<void>
}

/** Settings of a transport. A `dispatcher` replaces all the others and stays the caller's. */
export interface TransportSettings {
  proxy: string | false | undefined
  dispatcher: HttpClientOptions['dispatcher']
  certificates: readonly string[]
  connectTimeoutMs: number
  env: NodeJS.ProcessEnv
  logger: Logger
}

/**
 * @throws {ClientError} `invalid_configuration` – a certificate cannot be parsed.
 */
export function createTransport(settings: TransportSettings): Transport {
  const closing = new AbortController()
  // One listener for each connection.
  setMaxListeners(0, closing.signal)
  const agent = settings.dispatcher === undefined ? createAgent(settings, closing.signal) : undefined
  // The structural type of the options exists so that our types do not need undici's; what it stands for is this one.
  const dispatcher = agent ?? (settings.dispatcher as Dispatcher)
  return {
    async exchange(request, signal) {
      try {
        return await exchange(request, dispatcher, signal)
      } catch (error) {
        throw toNetworkFailure(error, request)
      }
    },
    async close() {
      closing.abort()
      await agent?.destroy()
    },
  }
}

function createAgent(settings: TransportSettings, closing: AbortSignal): Agent {
  const secureContext = trustedRoots(settings.certificates, settings.env, settings.logger)
  const timeout = settings.connectTimeoutMs
  const connectTls = buildConnector({ timeout, ...(secureContext === undefined ? {} : { secureContext }) })
  // undici does not know of connections that are still being made, so that closing has to end them here.
  const connect = (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    const socket = connectTls(options, callback) as unknown as Socket
    const end = () => socket.destroy(new ClientError('app_closed'))
    closing.addEventListener('abort', end, { once: true })
    socket.once('close', () => closing.removeEventListener('abort', end))
  }
  return new Agent({
    // The deadline of undici-client.ts covers both, and undici's timers are coarse.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect(options, callback) {
      const open = async (): Promise<buildConnector.Options> => {
        const url = new URL(`${options.protocol}//${options.host}`)
        const proxy = proxyFor(url, settings)
        if (proxy === undefined) return options
        const signal = AbortSignal.any([closing, AbortSignal.timeout(timeout)])
        const target = { host: url.hostname, port: Number(url.port || 443) }
        return { ...options, httpSocket: await openTunnel({ proxy, ...target, secureContext, signal }) }
      }
      open().then(
        ready => connect(ready, callback),
        error => callback(error, null),
      )
    },
  })
}

async function exchange(request: HttpRequest, dispatcher: Dispatcher, signal: AbortSignal): Promise<RawResponse> {
  const { method, url, headers, body, maxBytes = DEFAULT_MAX_BYTES } = request
  const response = await undiciRequest(url, {
    method,
    headers: { 'accept-encoding': 'gzip, deflate, br', ...headers },
    body: body ?? null,
    signal,
    dispatcher,
  })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.length
    // Leaving the loop destroys the stream, and the connection with it.
    if (size > maxBytes) throw new TooLargeError(`more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  // undici frees its connection a turn after the body's end; a request sent before that would open a second one.
  await nextTurn()
  const bytes = await decode(Buffer.concat(chunks), response.headers['content-encoding'], maxBytes)
  return { status: response.statusCode, headers: flatten(response.headers), bytes }
}

const DECODERS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  'x-gzip': promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  deflate: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
  br: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
}

async function decode(bytes: Buffer, encoding: string | string[] | undefined, maxBytes: number): Promise<Buffer> {
  const name = String(encoding ?? 'identity')
    .trim()
    .toLowerCase()
  if (name === 'identity' || name === '' || bytes.length === 0) return bytes
  const decoder = DECODERS[name]
  if (decoder === undefined) throw new Error(`content encoding ${name.slice(0, 40)}`)
  try {
    return await decoder(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof RangeError) throw new TooLargeError(`more than ${maxBytes} bytes`, { cause: error })
    throw error
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
