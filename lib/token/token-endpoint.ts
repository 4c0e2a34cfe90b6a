/** The only caller of the token endpoint: sends a grant and judges the answer. */
import type { ConsentPages } from '../authority/consent-pages.js'
import { ServiceError } from '../errors.js'
import type { HttpClient, HttpResponse } from '../http/http-client.js'
import { parseJsonObject } from '../http/json-object.js'
import { parseRetryAfter } from '../http/retry-after.js'
import { statusError } from '../http/status-error.js'
import { microsoftHeaders } from '../request/library.js'
import type { GrantFields } from './grants.js'
import { parseServiceError } from './service-error.js'
import { parseTokenResponse, type TokenResponse } from './token-response.js'

/** One token request. */
export interface TokenRequest {
  readonly endpoint: URL
  readonly clientId: string
  /** Another OpenID provider is not told what only Microsoft's services understand. */
  readonly isMicrosofts: boolean
  /** As they go on the wire: separated by spaces, the reserved ones included. */
  readonly scope: string
  readonly grant: GrantFields
  /** JSON text, see claims.ts. */
  readonly claims: string | undefined
  readonly correlationId: string
  readonly extraQueryParameters: Readonly<Record<string, string>>
  /** Routes the request to the user's home region: `upn:<user name>` or `oid:<uid>@<utid>`. */
  readonly anchorMailbox: string | undefined
  /** Where somebody could consent to the scope. */
  readonly consent?: ConsentPages | undefined
  /** Only where sending the same grant twice does no harm. */
  readonly retryOn5xx: boolean
  readonly signal: AbortSignal | undefined
}

/** Builds the form. Values that are empty are not sent. */
export function buildTokenForm(request: TokenRequest): string {
  const fields: GrantFields = {
    client_id: request.clientId,
    scope: request.scope,
    claims: request.claims,
    client_info: request.isMicrosofts ? '1' : undefined,
    ...request.grant,
  }
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') form.append(name, value)
  }
  return form.toString()
}

/**
 * Sends a grant to the token endpoint.
 *
 * @throws {InteractionRequiredError} the service's error – the user has to do something.
 * @throws {ServiceError} the service's error, or service_not_available, request_throttled, not_found, http_status_not_200, non_parsable_oauth_error.
 * @throws {ClientError} network_error, tls_error, request_timeout, response_too_large, invalid_token_response, ….
 * @see [RFC 6749 § 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)
 */
export async function fetchToken(
  services: { http: HttpClient; clock: { now(): number } },
  request: TokenRequest,
): Promise<TokenResponse> {
  const url = new URL(request.endpoint)
  for (const [name, value] of Object.entries(request.extraQueryParameters)) url.searchParams.set(name, value)
  const response = await services.http.send({
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
      ...(request.isMicrosofts
        ? { ...microsoftHeaders(request.correlationId), ...anchorHeader(request.anchorMailbox) }
        : {}),
    },
    body: buildTokenForm(request),
    signal: request.signal,
    retryOn5xx: request.retryOn5xx,
    correlationId: request.correlationId,
    purpose: 'token request',
  })
  const now = services.clock.now()
  const answer = parseTokenAnswer(response, request.correlationId, now, { consent: request.consent })
  return parseTokenResponse(answer, now, request.correlationId)
}

/** Only a hint, so it is left out where it cannot be a header: user names may have any letters, header fields have ASCII. */
function anchorHeader(mailbox: string | undefined): Record<string, string> {
  return mailbox !== undefined && /^[\x20-\x7e]+$/.test(mailbox) ? { 'x-anchormailbox': mailbox } : {}
}

/**
 * Tells an answer from a refusal.
 *
 * @throws {ServiceError} as listed at {@link fetchToken}.
 */
export function parseTokenAnswer(
  response: HttpResponse,
  correlationId: string,
  nowMs: number,
  { consent, purpose = 'token request' }: { consent?: ConsentPages | undefined; purpose?: string } = {},
): Readonly<Record<string, unknown>> {
  const { status, body } = response
  const retryAfter = parseRetryAfter(response.headers['retry-after'], nowMs)
  const answer = parseJsonObject(body)
  if (answer !== undefined && typeof answer.error === 'string') {
    throw parseServiceError({ answer, status, correlationId, retryAfter, responseBody: body, consent })
  }
  if (status === 200 && answer !== undefined) return answer
  const refusal = statusError(response, { purpose, correlationId, nowMs })
  if (refusal !== undefined) throw refusal
  const code = status === 404 ? 'not_found' : answer === undefined ? 'non_parsable_oauth_error' : 'http_status_not_200'
  throw new ServiceError(code, `The ${purpose} was answered with HTTP ${status}${answer ? '' : ', not JSON'}`, {
    status,
    correlationId,
    retryAfter,
    responseBody: body,
  })
}
