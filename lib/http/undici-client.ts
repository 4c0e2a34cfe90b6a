/** The HttpClient of the library: its rules (https only, deadlines, one retry, cancelling). The sockets are undici-transport.ts. */
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import { untilAborted } from '../signals.js'
import { type DeadlineServices, underDeadline } from './deadline.js'
import type {
  HttpClient,
  HttpClientOptions,
  HttpRequest,
  HttpResponse,
  NegotiateLeg,
  Negotiator,
} from './http-client.js'
import { validHttpOptions } from './http-options.js'
import { addLegs } from './negotiate/legs.js'
import type { RawResponse, Transport } from './undici-transport.js'

const RETRY_DELAY_MS = 1000

/** What {@link createHttpClient} needs. Deadlines run on real time, the wait before a retry on `clock`. */
export interface HttpClientServices {
  http?: HttpClientOptions | undefined
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  logger: Logger
  /** Proves to a proxy who the user is, where `http.proxy` has integratedAuthentication. Default: nothing does. */
  proxyNegotiator?: ((proxy: URL) => Negotiator) | undefined
  /** Default: the environment of the process. */
  env?: NodeJS.ProcessEnv
}

/**
 * Creates the client. Nothing is loaded or opened before the first request.
 *
 * @throws {ClientError} `invalid_configuration` – `http.ca` holds no PEM certificate, or another option is not as it should be: see validHttpOptions.
 */
export function createHttpClient(services: HttpClientServices): HttpClient {
  const { http = {}, clock, logger, proxyNegotiator, env = process.env } = services
  const { ca: certificates, timeoutSeconds, proxy, dispatcher } = validHttpOptions(http)
  const defaultTimeoutMs = timeoutSeconds * 1000
  let transport: Promise<Transport> | undefined
  let closed = false
  const deadline: DeadlineServices = { defaultTimeoutMs, logger, isClosed: () => closed }

  const connect = async (): Promise<Transport> => {
    const { createTransport } = await import('./undici-transport.js')
    const connectTimeoutMs = defaultTimeoutMs
    return createTransport({ proxy, proxyNegotiator, dispatcher, certificates, connectTimeoutMs, env, logger })
  }
  // Loading undici is not the server's time, so that this comes before the deadline.
  const ready = (request: HttpRequest): Promise<Transport> => {
    if (request.url.protocol !== 'https:')
      throw new ClientError(
        'invalid_authority',
        `The ${request.purpose} would go over ${request.url.protocol}//, not https.`,
      )
    if (closed) throw new ClientError('app_closed')
    transport ??= connect()
    return transport
  }

  const attempt = async (request: HttpRequest): Promise<HttpResponse> => {
    const { exchange } = await ready(request)
    // undici notices a signal only once it is connected, up to a connect timeout late.
    return textOf(await underDeadline(request, deadline, signal => untilAborted(exchange(request, signal), signal)))
  }

  return {
    async send(asked) {
      const request = withOwnSignal(asked)
      const response = await attempt(request)
      if (response.status < 500 || request.retryOn5xx !== true || response.headers['retry-after'] !== undefined)
        return response
      logger.warning(`${request.purpose}: ${request.url.host} answered ${response.status}; trying once more`)
      await clock.sleep(RETRY_DELAY_MS, request.signal)
      return attempt(request)
    },
    async sendNegotiated(asked, negotiator) {
      const request = withOwnSignal(asked)
      const { negotiate } = await ready(request)
      const legs: NegotiateLeg[] = []
      try {
        const answer = await underDeadline(request, deadline, signal => negotiate(request, negotiator, legs, signal))
        return { ...textOf(answer), legs, mutual: answer.mutual }
      } catch (error) {
        // The reason of the signal is the caller's.
        throw request.signal?.aborted ? error : addLegs(error, legs)
      }
    },
    async close() {
      closed = true
      // A transport that could not be created has told its own caller why.
      await transport?.then(
        open => open.close(),
        () => {},
      )
    },
  }
}

/** One signal for a page of fifty calls is good use; fifty listeners on it would be warned of as a leak. */
function withOwnSignal(request: HttpRequest): HttpRequest {
  return request.signal === undefined ? request : { ...request, signal: AbortSignal.any([request.signal]) }
}

function textOf({ status, headers, bytes }: RawResponse): HttpResponse {
  return { status, headers, body: new TextDecoder().decode(bytes) }
}
