/** Device code: shows a code, then asks the service until the user has finished on another device. */
import { ClientError, ServiceError } from '../errors.js'
import { orAborted } from '../request/abort.js'
import type { DeviceCode } from '../request/requests.js'
import type { AuthenticationResult } from '../request/result.js'
import { deviceCodeGrant } from '../token/grants.js'
import type { TokenResponse } from '../token/token-response.js'
import { freshResult } from './authentication-result.js'
import type { ValidDeviceCodeRequest } from './device-code-request.js'
import type { FlowContext } from './flow-context.js'
import { checkTokens, saveTokens } from './save-tokens.js'
import { sendGrant } from './send-grant.js'
import { startDeviceCode } from './start-device-code.js'
import { type TargetWithEndpoints, targetForRequest } from './target.js'
import { createDeadline } from './timeout.js'

/** "the interval MUST be increased by 5 seconds for this and all subsequent requests" (RFC 8628 § 3.5) */
const SLOW_DOWN_SECONDS = 5
/** The longest wait that a service which does not answer can bring about. */
const MAX_BACK_OFF_SECONDS = 60

/**
 * Waits for the user, at most until the code expires.
 *
 * @throws {ClientError} code_expired – the user did not finish while the code was good; `cause` is what the service said last.
 * @throws {ClientError} authentication_timeout – `timeoutSeconds` are over; the code stays good.
 * @throws {ServiceError} authorization_pending – with `poll: 'once'`; `retryAfter` is when to ask again.
 * @throws {ServiceError} or {InteractionRequiredError} the service's error, for example authorization_declined.
 * @throws {ClientError} as listed at fetchToken and checkTokens.
 * @throws what deviceCodeCallback rejects with, unchanged.
 * @see [RFC 8628 § 3.4, § 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)
 */
export async function acquireTokenByDeviceCode(
  context: FlowContext,
  request: ValidDeviceCodeRequest,
): Promise<AuthenticationResult> {
  const { source, timeoutSeconds = Number.POSITIVE_INFINITY, correlationId } = request
  const givesUpAt = context.clock.now() + timeoutSeconds * 1000
  const ending = AbortSignal.any([context.closed, ...(request.signal ? [request.signal] : [])])
  const code =
    'deviceCode' in source ? source.deviceCode : await startDeviceCode(context, { ...request, signal: ending })
  const poll = await pollOf(context, { ...request, signal: ending }, code)
  const expiresAt = code.expiresOn.getTime()
  let { intervalSeconds } = code
  if (expiresAt <= context.clock.now()) throw new ClientError('code_expired', undefined, { correlationId })
  let lastRefusal: unknown
  const deadline = createDeadline(context.clock, Math.min(expiresAt, givesUpAt) - context.clock.now(), [ending], () =>
    givesUpAt < expiresAt
      ? new ClientError('authentication_timeout', 'The user did not finish within timeoutSeconds.', {
          correlationId,
          cause: lastRefusal,
          hint: `Call again with the same deviceCode, which is good until ${code.expiresOn.toISOString()}, or wait longer.`,
        })
      : new ClientError('code_expired', undefined, { correlationId, cause: lastRefusal }),
  )
  try {
    if ('show' in source) await orAborted(Promise.resolve(source.show(code)), deadline.signal)
    // A poll that is under way is not cut off by the deadline: the service may have answered it, and answers only once.
    for (;;) {
      const answer = await poll()
      if (!(answer instanceof NotYet)) return answer
      lastRefusal = answer.cause
      intervalSeconds = answer.nextInterval(intervalSeconds)
      const now = context.clock.now()
      const next = Math.max(now + intervalSeconds * 1000, answer.notBefore)
      if (request.once) throw stillPending(answer, new Date(next), correlationId)
      await context.clock.sleep(next - now, deadline.signal)
    }
  } finally {
    deadline.stop()
  }
}

/** The user has not finished, or the service could not say. */
class NotYet {
  readonly cause: unknown
  constructor(cause: unknown) {
    this.cause = cause
  }

  /** No answer at all is met with ever longer waits, slow_down with five seconds more for all that follows. */
  nextInterval(seconds: number): number {
    if (this.cause instanceof ServiceError && /^slow_down$/i.test(this.cause.error ?? '')) {
      return seconds + SLOW_DOWN_SECONDS
    }
    if (this.cause instanceof ClientError) return Math.max(seconds, Math.min(seconds * 2, MAX_BACK_OFF_SECONDS))
    return seconds
  }

  get notBefore(): number {
    return this.cause instanceof ServiceError ? (this.cause.retryAfter?.getTime() ?? 0) : 0
  }
}

async function pollOf(
  context: FlowContext,
  request: ValidDeviceCodeRequest,
  code: DeviceCode,
): Promise<() => Promise<AuthenticationResult | NotYet>> {
  const target = await targetForRequest(context, request)
  const grant = deviceCodeGrant(code.deviceCode)
  return async () => {
    let tokens: TokenResponse
    try {
      tokens = await sendGrant(context, request, { target, grant, retryOn5xx: false })
    } catch (error) {
      if (!isNotYet(error)) throw expiredOr(error, request.correlationId)
      const why = error instanceof ServiceError ? error.code : (error as ClientError).code
      context.logger.verbose(`device code: ${why}`)
      return new NotYet(error)
    }
    return finish(context, request, target, tokens)
  }
}

async function finish(
  context: FlowContext,
  request: ValidDeviceCodeRequest,
  target: TargetWithEndpoints,
  tokens: TokenResponse,
): Promise<AuthenticationResult> {
  const answered = { target, tokens, request, account: undefined }
  checkTokens(context, answered)
  await saveTokens(context, answered, { signal: request.signal })
  return freshResult(answered)
}

/** Pending; or a network and a service that are out of order for a while, which say nothing about the user. */
function isNotYet(error: unknown): boolean {
  if (error instanceof ServiceError) {
    const { error: name = '', status = 0 } = error
    const isPassing = /^(?:authorization_pending|slow_down|temporarily_unavailable)$/i.test(name)
    return isPassing || status >= 500 || status === 429 || status === 408
  }
  return error instanceof ClientError && (error.code === 'network_error' || error.code === 'request_timeout')
}

function expiredOr(error: unknown, correlationId: string): unknown {
  const isExpired = error instanceof ServiceError && /^(?:expired_token|code_expired)$/i.test(error.error ?? '')
  return isExpired ? new ClientError('code_expired', undefined, { correlationId, cause: error }) : error
}

/** What `poll: 'once'` rejects with. slow_down means the same to the caller, only later. (RFC 8628 § 3.5) */
function stillPending({ cause }: NotYet, retryAfter: Date, correlationId: string): unknown {
  if (!(cause instanceof ServiceError) || !/^(?:authorization_pending|slow_down)$/i.test(cause.error ?? ''))
    return cause
  const { status, error, errorCodes, suberror, traceId, responseBody } = cause
  return new ServiceError('authorization_pending', cause.message, {
    status,
    error,
    errorCodes,
    suberror,
    traceId,
    responseBody,
    correlationId: cause.correlationId ?? correlationId,
    retryAfter,
    hint: 'The user has not finished yet: call again with the same deviceCode after retryAfter.',
  })
}
