/** Tells the browser's answer from everything else that may knock on a loopback port. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { parseAnswerParameters } from './answer-parameters.js'

const MAX_FORM_BYTES = 64 * 1024

/**
 * Whether a browser went to this very address by navigating to it.
 *
 * Host is compared as a whole, so that a foreign name that resolves to the loopback address (DNS rebinding) is refused.
 * Origin says nothing here: browsers send `null` on a form post from a page with `Referrer-Policy: no-referrer`.
 */
export function isNavigation(request: IncomingMessage, host: string): boolean {
  const {
    host: hosts = [],
    'sec-fetch-mode': modes = [],
    'sec-fetch-dest': destinations = [],
  } = request.headersDistinct
  return (
    hosts.length === 1 &&
    hosts[0]?.toLowerCase() === host &&
    modes.every(mode => mode === 'navigate') &&
    destinations.every(destination => destination === 'document')
  )
}

/** The path of the request target, exactly as it was sent. */
export function pathOf(request: IncomingMessage): string {
  return request.url?.split('?', 1)[0] ?? ''
}

/**
 * The parameters of an authorization response, by query or by form post.
 *
 * @returns `undefined` when the request is neither, is too big, breaks off or repeats a parameter.
 * @see [OAuth 2.0 Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html)
 */
export async function readAnswer(request: IncomingMessage): Promise<ReadonlyMap<string, string> | undefined> {
  if (request.method === 'GET') return parseAnswerParameters(request.url?.slice(pathOf(request).length) ?? '')
  const [mediaType] = (request.headers['content-type'] ?? '').split(';', 1)
  if (request.method !== 'POST' || mediaType?.trim().toLowerCase() !== 'application/x-www-form-urlencoded')
    return undefined
  const form = await readForm(request)
  return form === undefined ? undefined : parseAnswerParameters(form)
}

async function readForm(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    // The socket is left whole, so that the refusal can still be sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length
      if (size > MAX_FORM_BYTES) return undefined
      chunks.push(chunk)
    }
  } catch {
    // Broke off, or was slower than the server's requestTimeout.
    return undefined
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Compares in a time that does not tell how much of the state was right. */
export function isState(given: string | undefined, expected: string): boolean {
  if (given === undefined) return false
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
