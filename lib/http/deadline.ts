/** The time that one request may take: a timer, the caller's signal and closing, and a log line of how it ended. */
import { AuthError, ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { HttpRequest } from './http-client.js'

/** What {@link underDeadline} needs to know besides the request. */
export interface DeadlineServices {
  readonly defaultTimeoutMs: number
  readonly logger: Logger
  /** Has the client been closed meanwhile? */
  readonly isClosed: () => boolean
}

/**
 * Runs `work` until it is done, the time is up or the caller's signal fires; `work` has to reject soon after its own signal.
 *
 * @throws {ClientError} `request_timeout` – the time is up.
 * @throws {ClientError} `app_closed` – `work` failed, and the client is closed.
 * @throws the reason of the request's signal when it fires, else what `work` rejects with.
 */
export async function underDeadline<T extends { readonly status: number }>(
  request: HttpRequest,
  { defaultTimeoutMs, logger, isClosed }: DeadlineServices,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, timeoutMs = defaultTimeoutMs } = request
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
    const response = await work(deadline.signal)
    tell(`answered ${response.status}`)
    return response
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isClosed()) throw new ClientError('app_closed')
    const failure = deadline.signal.aborted && !isTimeout(error) ? timedOut(request, timeoutMs) : error
    tell(`failed (${failure instanceof AuthError ? failure.code : 'unexpected'})`)
    throw failure
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}

// One that knows better what was waited for.
function isTimeout(error: unknown): boolean {
  return error instanceof ClientError && error.code === 'request_timeout'
}

function timedOut(request: HttpRequest, timeoutMs: number): ClientError {
  return new ClientError(
    'request_timeout',
    `The ${request.purpose} to ${request.url.host} was not answered within ${timeoutMs / 1000} s.`,
    { correlationId: request.correlationId },
  )
}
