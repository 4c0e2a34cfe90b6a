/** One GET of a web API with an access token: follows redirects, and gives the token to nobody but the API. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { ClientError } from '../errors.js'
import { createLogger, type Logger, type LoggerOptions } from '../logger.js'
import { untilAborted } from '../signals.js'
import { validHttpOptions } from './http-options.js'
import { createTransport, type RawResponse, type Transport } from './undici-transport.js'

export type { RawResponse }

const MAX_BYTES = 64 * 1024 * 1024
const MAX_REDIRECTS = 5
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const IPV4_LOOPBACK = /^127\.\d+\.\d+\.\d+$/

/** What to get, and what is needed for it. */
export interface ApiCall {
  /** https; http is allowed for an address of this machine itself. */
  readonly url: URL
  /** Sent to the origin of `url` only. */
  readonly accessToken: string
  /** PEM, in addition to the roots that are trusted anyway. */
  readonly ca?: string | undefined
  /** For everything together, redirects included, in seconds. Default 30. */
  readonly timeoutSeconds?: number | undefined
  /** Of the body, as sent and as decoded. Default 64 MiB. */
  readonly maxBytes?: number
  readonly signal: AbortSignal
  readonly env: NodeJS.ProcessEnv
  readonly logger: LoggerOptions
}

/**
 * Gets the URL. Any status is an answer, but for redirects, which are followed at most five times; what they lead to on
 * another origin is asked for without the token.
 *
 * @throws {ClientError} `invalid_request` – the URL is neither https nor on this machine, or holds a user name or password.
 * @throws {ClientError} `network_error` – the API cannot be reached, or redirects too often or to where nobody may follow.
 * @throws {ClientError} `tls_error`, `request_timeout`, `response_too_large`, `invalid_configuration` – as HttpClient.
 * @throws the signal's reason when it fires.
 */
export async function callApi(call: ApiCall): Promise<RawResponse> {
  const { url, ca, env, signal } = call
  const logger = createLogger(call.logger)
  const { ca: certificates, timeoutSeconds } = validHttpOptions({
    ...(ca !== undefined && { ca }),
    ...(call.timeoutSeconds !== undefined && { timeoutSeconds: call.timeoutSeconds }),
  })
  if (!(await mayBeAsked(url))) {
    throw new ClientError('invalid_request', `${shown(url)} is neither an https URL nor on this machine.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new ClientError('invalid_request', 'The URL must not hold a user name or password.')
  }
  const transport = createTransport({
    // No proxy can reach this machine itself.
    proxy: url.protocol === 'http:' ? false : undefined,
    dispatcher: undefined,
    certificates,
    connectTimeoutMs: timeoutSeconds * 1000,
    env,
    logger,
  })
  const deadline = AbortSignal.timeout(timeoutSeconds * 1000)
  try {
    return await follow(call, transport, AbortSignal.any([deadline, signal]), logger)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (!deadline.aborted) throw error
    throw new ClientError('request_timeout', `${shown(url)} was not answered within ${timeoutSeconds} s.`)
  } finally {
    await transport.close()
  }
}

async function follow(call: ApiCall, transport: Transport, signal: AbortSignal, logger: Logger): Promise<RawResponse> {
  const { accessToken, maxBytes = MAX_BYTES } = call
  let url = call.url
  let headers: Record<string, string> = { authorization: `Bearer ${accessToken}` }
  for (let redirects = 0; ; redirects++) {
    signal.throwIfAborted()
    const request = { method: 'GET', url, headers: { accept: '*/*', ...headers }, maxBytes, purpose: 'call' } as const
    const response = await untilAborted(transport.exchange(request, signal), signal)
    logger.verbose(`call: GET ${url.host} answered ${response.status}`)
    const { location } = response.headers
    if (!REDIRECTS.has(response.status) || location === undefined) return response
    if (redirects === MAX_REDIRECTS) throw lost(url, `redirects more than ${MAX_REDIRECTS} times`)
    const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined
    if (next === undefined) throw lost(url, 'redirects to something that is not a URL')
    // http stays what it was at the start, a place on this machine; nobody is sent there from elsewhere.
    if (next.protocol !== 'https:' && next.origin !== url.origin)
      throw lost(url, `redirects to ${shown(next)}, which is not https`)
    // And once it is gone it does not come back: the other origin could send us anywhere here.
    if (next.origin !== url.origin) headers = {}
    url = next
  }
}

async function mayBeAsked(url: URL): Promise<boolean> {
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && (await isThisMachine(url.hostname.replace(/^\[|\]$/g, '')))
}

// `localhost` is what the system says it is.
async function isThisMachine(host: string): Promise<boolean> {
  if (isIP(host) !== 0) return isLoopback(host)
  if (host !== 'localhost') return false
  const addresses = await lookup(host, { all: true }).catch(() => [])
  return addresses.length > 0 && addresses.every(({ address }) => isLoopback(address))
}

function isLoopback(address: string): boolean {
  return address === '::1' || IPV4_LOOPBACK.test(address)
}

function lost(url: URL, why: string): ClientError {
  return new ClientError('network_error', `${shown(url)} ${why}.`, {
    hint: 'Call the URL that it leads to, if you trust it.',
  })
}

/** Without its query, which may hold what is nobody's business. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}`
}
