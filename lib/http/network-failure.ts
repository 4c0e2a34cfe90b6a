/** What went wrong on the wire, as an error of ours: which code, which host, and never more of the request than that. */
import { ClientError } from '../errors.js'
import type { HttpRequest } from './http-client.js'
import { ProxyError } from './proxy-error.js'

/** An answer beyond its limit; thrown while it is read. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError'
}

// The codes of OpenSSL's certificate verification, as Node spells them, and Node's own for a name that does not match.
const CERTIFICATE_CODES =
  /^(?:CERT_|CRL_|UNABLE_TO_|ERROR_IN_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_)/

// By the clock of this machine, which may be what is wrong.
const OUT_OF_TIME_CODES = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']
const OUT_OF_TIME_HINT =
  'Check the clock of this machine; if it is right, the certificate has run out or is not valid yet, and its owner has to renew it.'

const TIMEOUT_CODES = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']

/** Maps whatever undici, TLS or a proxy threw. Errors that are ours already pass unchanged. */
export function toNetworkFailure(error: unknown, request: HttpRequest): ClientError {
  if (error instanceof ClientError) return error
  const what = `The ${request.purpose} to ${request.url.host}`
  const code = codeOf(error)
  const { correlationId } = request
  const details = { cause: withoutContents(error), correlationId }
  if (error instanceof ProxyError && error.cause instanceof ClientError)
    return unprovedFailure(error, error.cause, what, correlationId)
  if (error instanceof TooLargeError || code === 'UND_ERR_HEADERS_OVERFLOW')
    return new ClientError('response_too_large', `${what} was answered with more than its limit.`, details)
  if (CERTIFICATE_CODES.test(code))
    return new ClientError('tls_error', `${what} failed: ${tlsParty(error)} is not trusted (${code}).`, {
      ...details,
      ...(OUT_OF_TIME_CODES.includes(code) && { hint: OUT_OF_TIME_HINT }),
    })
  if (TIMEOUT_CODES.includes(code))
    return new ClientError('request_timeout', `${what} failed: no answer in time (${code}).`, details)
  if (error instanceof ProxyError) return proxyFailure(error, what, code, correlationId)
  return new ClientError('network_error', `${what} failed: ${code || 'the connection broke'}.`, details)
}

/** The proxy was to be told who the user is. */
function unprovedFailure(
  error: ProxyError,
  { code, hint }: ClientError,
  what: string,
  correlationId: string | undefined,
): ClientError {
  const text = `${what} failed: ${error.message.replace(/\.$/, '')}.`
  return new ClientError(code as ConstructorParameters<typeof ClientError>[0], text, {
    cause: error,
    hint,
    correlationId,
  })
}

function proxyFailure(error: ProxyError, what: string, code: string, correlationId: string | undefined): ClientError {
  const text = `${what} failed: ${error.message}${code === '' ? '' : ` (${code})`}.`
  if (error.status !== 407) return new ClientError('network_error', text, { cause: error, correlationId })
  return new ClientError('network_error', text, { cause: error, hint: hintFor(error), correlationId })
}

function hintFor({ offered, wasTold }: ProxyError): string {
  if (wasTold)
    return 'The proxy does not accept the ticket or Windows sign-in: its log has the reason, and it needs a key for its own name, HTTP/<host>.'
  if (offered.length === 0 || offered.includes('Basic'))
    return 'The proxy wants a user name and password: write them into its URL, as http://user:password@host:port.'
  return offered.includes('Negotiate')
    ? 'The proxy takes no user name and password: let it know who the user is, with http.proxy.integratedAuthentication, or have this host let through.'
    : 'The proxy takes no user name and password, nor Negotiate: put a proxy before it that signs in there, or have this host let through.'
}

function tlsParty(error: unknown): string {
  return error instanceof ProxyError ? 'the certificate of the proxy' : 'its certificate'
}

/** The first code along the causes. */
function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return ''
}

// undici's parser errors carry the bytes that they stumbled over, which can be an answer with tokens in it.
function withoutContents(error: unknown): unknown {
  if (error instanceof Error && 'data' in error) error.data = undefined
  return error
}
