/** One request over a dispatcher of undici, and its whole answer: limits and content encodings. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { type Dispatcher, request as undiciRequest } from 'undici'
import type { HttpRequest } from './http-client.js'
import { TooLargeError } from './network-failure.js'

const DEFAULT_MAX_BYTES = 1024 * 1024

/** A whole answer whose body is as it was sent, but for its content encoding. */
export interface RawResponse {
  status: number
  /** Lower-case names; a header that was repeated has its values joined by `, `. */
  headers: Readonly<Record<string, string>>
  bytes: Uint8Array
}

/** Sends the request once and reads the answer to its last byte. Rejects with whatever undici throws. */
export async function exchange(
  request: HttpRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<RawResponse> {
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
