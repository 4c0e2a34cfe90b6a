/** The device code endpoint: asks for a code and judges the answer. */
import { ClientError, oneLine, ServiceError } from '../errors.js'
import type { HttpClient } from '../http/http-client.js'
import { microsoftHeaders } from '../request/library.js'
import { parseTokenAnswer } from './token-endpoint.js'

const PURPOSE = 'device code request'

/** One request for a device code. */
export interface DeviceCodeEndpointRequest {
  readonly endpoint: URL
  readonly clientId: string
  /** As in a token request. */
  readonly isMicrosofts: boolean
  /** As it goes on the wire: separated by spaces, the reserved scopes included. */
  readonly scope: string
  /** JSON text, see claims.ts. */
  readonly claims: string | undefined
  readonly correlationId: string
  readonly extraQueryParameters: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** The answer in our own names. */
export interface DeviceCodeResponse {
  readonly userCode: string
  readonly deviceCode: string
  readonly verificationUri: string
  readonly verificationUriComplete?: string
  readonly expiresOn: Date
  readonly intervalSeconds: number
  readonly message: string
}

/** "If no value is provided, clients MUST use 5 as the default." (RFC 8628 § 3.2) */
const DEFAULT_INTERVAL_SECONDS = 5
const MAX_INTERVAL_SECONDS = 60
/** What Entra answers; an answer that does not say has to end some time. */
const DEFAULT_LIFETIME_SECONDS = 900
const MAX_LIFETIME_SECONDS = 86_400
const MAX_TEXT = 4_096

/**
 * Asks for a device code.
 *
 * @throws {InteractionRequiredError} or {ServiceError} the service's error.
 * @throws {ClientError} device_code_not_supported – nothing is there, as at B2C and at AD FS before 2019.
 * @throws {ClientError} network_error, tls_error, request_timeout, response_too_large, invalid_device_code_response, ….
 * @see [RFC 8628 § 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1)
 */
export async function fetchDeviceCode(
  services: { http: HttpClient; clock: { now(): number } },
  request: DeviceCodeEndpointRequest,
): Promise<DeviceCodeResponse> {
  const { correlationId, signal } = request
  const url = new URL(request.endpoint)
  for (const [name, value] of Object.entries(request.extraQueryParameters)) url.searchParams.set(name, value)
  const form = new URLSearchParams({ client_id: request.clientId, scope: request.scope })
  if (request.claims !== undefined) form.append('claims', request.claims)
  const response = await services.http.send({
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
      ...(request.isMicrosofts ? microsoftHeaders(correlationId) : {}),
    },
    body: form.toString(),
    signal,
    // A second code does no harm: nobody has seen the first.
    retryOn5xx: true,
    correlationId,
    purpose: PURPOSE,
  })
  const now = services.clock.now()
  try {
    return parseDeviceCodeResponse(
      parseTokenAnswer(response, correlationId, now, { purpose: PURPOSE }),
      now,
      correlationId,
    )
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === 'not_found')) throw error
    // A tenant that is not there is an error of the service's own; a page is missing where nobody answers such requests.
    throw new ClientError('device_code_not_supported', undefined, { correlationId, cause: error })
  }
}

/**
 * Parses the answer. AD FS and v1 endpoints write numbers as text, and `verification_url`.
 *
 * Sample: `{"user_code":"EWPU7M86B","device_code":"…","verification_uri":"https://microsoft.com/devicelogin","expires_in":900,"interval":5,"message":"…"}`
 *
 * @throws {ClientError} invalid_device_code_response – a code or the address is missing or is not one.
 * @see [RFC 8628 § 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.2)
 */
export function parseDeviceCodeResponse(
  answer: Readonly<Record<string, unknown>>,
  nowMs: number,
  correlationId: string,
): DeviceCodeResponse {
  const refuse = (what: string): never => {
    throw new ClientError('invalid_device_code_response', `The device code answer has no usable ${what}`, {
      correlationId,
    })
  }
  const text = (name: string): string | undefined => {
    const value = answer[name]
    return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : undefined
  }
  const userCode = text('user_code') ?? refuse('user_code')
  // Programs print it, and the message.
  if (userCode !== oneLine(userCode)) refuse('user_code')
  const deviceCode = text('device_code') ?? refuse('device_code')
  const verificationUri = text('verification_uri') ?? text('verification_url') ?? ''
  if (!isPage(verificationUri)) refuse('verification_uri')
  const complete = text('verification_uri_complete')
  const lifetime = seconds(answer.expires_in, DEFAULT_LIFETIME_SECONDS, MAX_LIFETIME_SECONDS)
  return {
    userCode,
    deviceCode,
    verificationUri,
    ...(complete !== undefined && isPage(complete) && { verificationUriComplete: complete }),
    expiresOn: new Date(nowMs + lifetime * 1000),
    intervalSeconds: seconds(answer.interval, DEFAULT_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS),
    message: oneLine(text('message') ?? '') || `To sign in, open ${verificationUri} and enter the code ${userCode}.`,
  }
}

/** Programs open what this lets pass, so it has to be a page. */
function isPage(uri: string): boolean {
  return URL.canParse(uri) && new URL(uri).protocol === 'https:'
}

function seconds(value: unknown, byDefault: number, most: number): number {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !(number > 0) || !Number.isFinite(number)) return byDefault
  return Math.min(Math.max(number, 1), most)
}
