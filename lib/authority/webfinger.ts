/** Is an AD FS host what it says? Asks the host for the farm it belongs to. */
import { ClientError } from '../errors.js'
import type { HttpClient } from '../http/http-client.js'
import { parseJsonObject } from '../http/json-object.js'

const TRUSTED_REALM = 'http://schemas.microsoft.com/rel/trusted-realm'
const TIMEOUT_MS = 10_000

/**
 * Asks an AD FS host whether it is in a trusted realm.
 *
 * @throws {ClientError} invalid_authority – it does not say so.
 * @throws {ClientError} network_error, tls_error, request_timeout, … – it could not be asked.
 * @see [RFC 7033 § 4.1](https://www.rfc-editor.org/rfc/rfc7033#section-4.1)
 */
export async function assertTrustedRealm(http: HttpClient, host: string, correlationId: string): Promise<void> {
  const url = new URL(`https://${host}/.well-known/webfinger`)
  url.searchParams.set('rel', TRUSTED_REALM)
  url.searchParams.set('resource', `https://${host}`)
  const { status, body } = await http.send({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    timeoutMs: TIMEOUT_MS,
    retryOn5xx: true,
    correlationId,
    purpose: 'webfinger request',
  })
  const links: unknown = status === 200 ? parseJsonObject(body)?.links : undefined
  if (Array.isArray(links) && links.some(link => isTrustedRealm(link, host))) return
  throw new ClientError('invalid_authority', `The AD FS host ${host} does not say that it is in a trusted realm`, {
    correlationId,
    hint: `Check the authority for a typing error; if ${host} is right, list it in knownAuthorities.`,
  })
}

function isTrustedRealm(link: unknown, host: string): boolean {
  const { rel, href } = (link ?? {}) as { rel?: unknown; href?: unknown }
  return (
    rel === TRUSTED_REALM && typeof href === 'string' && href.toLowerCase().replace(/\/$/, '') === `https://${host}`
  )
}
