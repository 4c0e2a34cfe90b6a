/** The HttpClient of the library: its rules (https only, deadlines, one retry, cancelling). The sockets are undici-transport.ts. */
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { HttpClient, HttpClientOptions, HttpRequest, HttpResponse } from './http-client.js'
import { validHttpOptions } from './http-options.js'
import type { Transport } from './undici-transport.js'

const RETRY_DELAY_MS = 1000

/** What {@link createHttpClient} needs. Deadlines run on real time, the wait before a retry on `clock`. */
export interface HttpClientServices {
  http?: HttpClientOptions | undefined
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  logger: Logger
  /** Default: the environment of the process. */
  env?: NodeJS.ProcessEnv
}

/**
 * Creates the client. Nothing is loaded or opened before the first request.
 *
 * @throws {ClientError} `invalid_configuration` – `http.ca` holds no PEM certificate, or `http.timeoutSeconds` is no usable number.
 */
export function createHttpClient({ http = {}, clock, logger, env = process.env }: HttpClientServices): HttpClient {
  const { ca: certificates, timeoutSeconds, proxy, dispatcher } = validHttpOptions(http)
  const defaultTimeoutMs = timeoutSeconds * 1000
  let transport: Promise<Transport> | undefined
  let closed = false

  const connect = async (): Promise<Transport> => {
    const { createTransport } = await import('./undici-transport.js')
    return createTransport({ proxy, dispatcher, certificates, connectTimeoutMs: defaultTimeoutMs, env, logger })
  }

  const attempt = async (request: HttpRequest): Promise<HttpResponse> => {
    const { signal, timeoutMs = defaultTimeoutMs } = request
    transport ??= connect()
    // Loading undici is not the server's time.
    const { exchange } = await transport
    const deadline = new AbortController()
    const cancel = () => deadline.abort()
    const timer = setTimeout(cancel, timeoutMs)
    signal?.addEventListener('abort', cancel, { once: true })
    const startedAt = performance.now()
    const tell = (outcome: string) => {
      const elapsed = Math.round(performance.now() - startedAt)
      logger.verbose(`${request.purpose}: ${request.method} ${request.url.host} ${outcome} after ${elapsed} ms`)
    }
    try {
      signal?.throwIfAborted()
      const { status, headers, bytes } = await untilAborted(exchange(request, deadline.signal), deadline.signal)
      tell(`answered ${status}`)
      return { status, headers, body: new TextDecoder().decode(bytes) }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (closed) throw new ClientError('app_closed')
      const failure = deadline.signal.aborted ? timedOut(request, timeoutMs) : error
      tell(`failed (${failure instanceof ClientError ? failure.code : 'unexpected'})`)
      throw failure
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
    }
  }

  return {
    async send(asked) {
      // One signal for a page of fifty calls is good use; fifty listeners on it would be warned of as a leak.
      const request = asked.signal === undefined ? asked : { ...asked, signal: AbortSignal.any([asked.signal]) }
      if (request.url.protocol !== 'https:')
        throw new ClientError(
          'invalid_authority',
          `The ${request.purpose} would go over ${request.url.protocol}//, not https.`,
        )
      if (closed) throw new ClientError('app_closed')
      const response = await attempt(request)
      if (response.status < 500 || request.retryOn5xx !== true || response.headers['retry-after'] !== undefined)
        return response
      logger.warning(`${request.purpose}: ${request.url.host} answered ${response.status}; trying once more`)
      await clock.sleep(RETRY_DELAY_MS, request.signal)
      return attempt(request)
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

/** Settles as `work` does, or with the signal's reason: undici notices a signal only once it is connected, up to a connect timeout late. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject)
  })
}

function timedOut(request: HttpRequest, timeoutMs: number): ClientError {
  return new ClientError(
    'request_timeout',
    `The ${request.purpose} to ${request.url.host} was not answered within ${timeoutMs / 1000} s.`,
    { correlationId: request.correlationId },
  )
}
