/** Asks a federation server for a token, once, and judges the answer. */
import { ClientError, ServiceError } from '../errors.js'
import type { HttpClient, HttpRequest, HttpResponse, NegotiatedResponse, Negotiator } from '../http/http-client.js'
import { parseRetryAfter } from '../http/retry-after.js'
import type { Clock } from '../request/clock.js'
import { hintForRefusal, hintForUnusable, type Refusal } from './fault-hints.js'
import type { WsTrustEndpoint } from './mex-document.js'
import { buildSecurityTokenRequest, type PasswordProof } from './request-security-token.js'
import { parseSecurityTokenResponse, type SecurityToken, type SecurityTokenAnswer } from './security-token-response.js'
import { type Steps, shown, shownLegs } from './steps.js'
import { XmlError } from './xml.js'

/** How the user proves who they are. */
export type UserProof = { readonly credentials: PasswordProof } | { readonly negotiator: Negotiator }

/** What is asked for, from whom, and what to ask with. */
export interface IssueRequest {
  readonly http: HttpClient
  readonly clock: Clock
  readonly steps: Steps
  /** An address that federation metadata, the realm or the cloud named. */
  readonly endpoint: Pick<WsTrustEndpoint, 'url' | 'version'>
  readonly appliesTo: string
  readonly proof: UserProof
  /** The next step for a code of the sign-in service in the text of a fault, where it has one. */
  readonly hintForText: (text: string) => string | undefined
  readonly correlationId: string
  readonly signal: AbortSignal | undefined
}

const PURPOSE = 'security token request'
const SECRETS = /\bAssertion\b|\bRequestedSecurityToken\b|\bUsernameToken\b/i

/**
 * Asks for a token. Never twice: each try counts against the user in the directory.
 *
 * @throws {ClientError} parsing_wstrust_response_failed – refused, with the server's words in the message and, as `cause`, a
 *   ServiceError federated_service_returned_error; or an answer without a token that can be used.
 * @throws {ClientError} negotiate_no_credentials, … – as listed at createNegotiator.
 * @throws {ClientError} network_error, request_timeout, response_too_large, … – no whole answer came.
 * @throws the signal's reason when it fires.
 */
export async function issueToken(request: IssueRequest): Promise<SecurityToken> {
  const { endpoint, correlationId } = request
  const response = await send(request)
  const answer = read(response)
  if (response.status === 200 && !(answer instanceof XmlError) && answer.kind === 'token') return answer
  if (response.status === 200 && answer instanceof XmlError) {
    throw new ClientError(
      'parsing_wstrust_response_failed',
      `The answer of ${shown(endpoint.url)} cannot be used: ${answer.message}`,
      { correlationId, cause: answer, hint: hintForUnusable(response.headers['content-type']) },
    )
  }
  throw refused(request, response, answer)
}

async function send(request: IssueRequest): Promise<HttpResponse | NegotiatedResponse> {
  const { http, clock, steps, endpoint, appliesTo, proof, correlationId, signal } = request
  const { url } = endpoint
  const { headers, body } = buildSecurityTokenRequest({
    endpoint,
    appliesTo,
    credentials: 'credentials' in proof ? proof.credentials : undefined,
    nowMs: clock.now(),
    messageId: crypto.randomUUID(),
  })
  const post: HttpRequest = {
    method: 'POST',
    url,
    headers: { ...headers, 'client-request-id': correlationId, 'return-client-request-id': 'true' },
    body,
    signal,
    correlationId,
    purpose: PURPOSE,
  }
  const tell = (outcome: string) => steps.add(`${PURPOSE}: POST ${shown(url)} ${outcome}`)
  try {
    if ('credentials' in proof) {
      const response = await http.send(post)
      tell(`answered ${response.status}`)
      return response
    }
    const response = await http.sendNegotiated(post, proof.negotiator)
    const mutual = response.mutual ? ', and the server has proved who it is' : ''
    tell(`answered ${shownLegs(response.legs)}${mutual}`)
    return response
  } catch (error) {
    const { legs, code = 'unexpected' } = error as { legs?: NegotiatedResponse['legs']; code?: unknown }
    const before = legs === undefined || legs.length === 0 ? '' : ` after ${shownLegs(legs)}`
    tell(`failed (${String(code)})${before}`)
    throw error
  }
}

function read({ body }: HttpResponse): SecurityTokenAnswer | XmlError {
  try {
    return parseSecurityTokenResponse(body)
  } catch (error) {
    if (error instanceof XmlError) return error
    throw error
  }
}

function refused(
  { steps, endpoint, proof, clock, correlationId, hintForText }: IssueRequest,
  response: HttpResponse | NegotiatedResponse,
  answer: SecurityTokenAnswer | XmlError,
): ClientError {
  const { status, headers } = response
  const fault = !(answer instanceof XmlError) && answer.kind === 'fault' ? answer : undefined
  const words =
    [fault?.text, fault?.code && `(${fault.code})`].filter(Boolean).join(' ') || `HTTP ${status}, no SOAP fault`
  // The server's words may name the user, and not only by the user principal name.
  steps.add(`${PURPOSE}: refused: ${words}`, `${PURPOSE}: refused (${fault?.code ?? `HTTP ${status}`})`)
  const refusal: Refusal = {
    status,
    fault,
    isPassword: 'credentials' in proof,
    legs: 'legs' in response ? response.legs : [],
    host: endpoint.url.host,
  }
  const hint = hintForText(fault?.text ?? '') ?? hintForRefusal(refusal)
  const message = `Federated service at ${shown(endpoint.url)} returned error: ${words}`
  const cause = new ServiceError('federated_service_returned_error', message, {
    status,
    correlationId,
    retryAfter: parseRetryAfter(headers['retry-after'], clock.now()),
    // A token may stand beside the fault, or in a document that breaks off; and a proxy may send back what it was sent.
    responseBody: SECRETS.test(response.body) ? undefined : response.body,
    hint,
  })
  return new ClientError('parsing_wstrust_response_failed', message, { correlationId, cause, hint })
}
