/** A server that is down, overloaded or not there, said by its HTTP status alone. */
import { ServiceError } from '../errors.js'
import type { HttpResponse } from './http-client.js'
import { parseRetryAfter } from './retry-after.js'

/** What was asked, and when the answer came. */
export interface AskedServer {
  /** As `token request`. */
  readonly purpose: string
  readonly correlationId: string
  readonly nowMs: number
}

/** The error of a status; `undefined` for one that is the business of whoever asked. */
export function statusError(
  response: HttpResponse,
  { purpose, correlationId, nowMs }: AskedServer,
): ServiceError | undefined {
  const { status, headers, body } = response
  const code = status === 429 ? 'request_throttled' : status >= 500 ? 'service_not_available' : undefined
  if (code === undefined) return undefined
  return new ServiceError(code, `The ${purpose} was answered with HTTP ${status}`, {
    status,
    correlationId,
    retryAfter: parseRetryAfter(headers['retry-after'], nowMs),
    responseBody: body,
  })
}
