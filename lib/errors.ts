/** AuthError and its subclasses: what every method rejects with, split by what the caller can do next. */
import { ERROR_CODES, type ErrorCode } from './error-codes.js'

const MAX_MESSAGE = 4_096
// C0, DEL and C1, the line separators, and the marks that turn the direction of what follows.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu

/** One line of at most 4096 characters: control characters could fake lines in a log or move the cursor of a terminal. */
export function oneLine(text: string): string {
  return text.slice(0, MAX_MESSAGE).replace(UNPRINTABLE, ' ').trim()
}

/** What an {@link AuthError} can be given besides its code and message. */
export interface AuthErrorOptions {
  /** What to do next. Default: that of the code. */
  hint?: string | undefined
  /** Id of the request. */
  correlationId?: string | undefined
  /** What led to it. */
  cause?: unknown
}

/**
 * The base of every error that latchkey raises. Branch on `code`: it is stable, the text is not.
 *
 * Cancelling is the exception: it rejects with the AbortSignal's own reason.
 */
export class AuthError extends Error {
  /** A stable snake_case word; docs/errors.md lists them. */
  readonly code: string
  /** What to do next, in one sentence. */
  readonly hint: string
  /** The id of the request, which Microsoft's support asks for. */
  readonly correlationId: string | undefined
  /**
   * What was tried before it failed, one line each, for a person who looks for the cause: the sign-ins that talk to a
   * federation server fill it. No secret is in it.
   */
  readonly steps: readonly string[] = []

  constructor(code: string, message?: string, options: AuthErrorOptions = {}) {
    const entry = (ERROR_CODES as Record<string, { meaning: string; hint: string } | undefined>)[code]
    // Messages quote what servers, tokens and callers said.
    super(
      oneLine(message ?? entry?.meaning ?? code),
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    this.hint = options.hint ?? entry?.hint ?? 'Look up the error code in docs/errors.md.'
    this.correlationId = options.correlationId
  }

  override get name(): string {
    // Spelled out in every class: a bundler that shortens names would change the constructor's.
    return 'AuthError'
  }

  /** A plain object for logs: no stack, no response body, no secrets. */
  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      hint: this.hint,
      correlationId: this.correlationId,
      ...(this.steps.length > 0 && { steps: this.steps }),
    }
  }
}

/** Adds to an error what was tried before it was thrown; anything else than an {@link AuthError} stays as it is. */
export function addSteps(error: unknown, steps: readonly string[]): void {
  if (!(error instanceof AuthError)) return
  ;(error as { steps: readonly string[] }).steps = steps.map(oneLine)
}

/** Something on this machine or in this call is wrong; the service was not the one to refuse. */
export class ClientError extends AuthError {
  constructor(code: ErrorCode, message?: string, options?: AuthErrorOptions) {
    super(code, message, options)
  }

  override get name(): string {
    return 'ClientError'
  }
}

/**
 * For authors of custom web UIs, to reject with when their window could not bring an answer: `custom_webui_failed`. The
 * call rejects with this very error, which has got the id of the request unless it came with one.
 */
export class WebUiError extends ClientError {
  constructor(message: string, options?: AuthErrorOptions) {
    super('custom_webui_failed', message, options)
  }

  override get name(): string {
    return 'WebUiError'
  }
}

/** What the service said, verbatim where it said it. */
export interface ServiceErrorDetails extends AuthErrorOptions {
  /** HTTP status. */
  status?: number | undefined
  /** `error` of the answer (RFC 6749 § 5.2). */
  error?: string | undefined
  /** `error_codes`: the AADSTS numbers. For display and support, not for branching. */
  errorCodes?: readonly number[] | undefined
  /** `suberror` of the answer. */
  suberror?: string | undefined
  /** `claims` of the answer: pass them on as `claims` of the next interactive request. */
  claims?: string | undefined
  /** `trace_id` of the answer. */
  traceId?: string | undefined
  /** When the service will take the next call, from Retry-After. */
  retryAfter?: Date | undefined
  /** The raw answer; not enumerable, so that it does not end up in logs. */
  responseBody?: string | undefined
}

/** The service refused. `code` is the service's own `error`. */
export class ServiceError extends AuthError {
  /** HTTP status of the answer. */
  readonly status: number | undefined
  /** `error` of the answer. (RFC 6749 § 5.2) */
  readonly error: string | undefined
  /** The AADSTS numbers. For display and support, not for branching. */
  readonly errorCodes: readonly number[]
  /** `suberror` of the answer. */
  readonly suberror: string | undefined
  /** `claims` of the answer: pass them on as `claims` of the next interactive request. */
  readonly claims: string | undefined
  /** `trace_id` of the answer, which Microsoft's support asks for. */
  readonly traceId: string | undefined
  /** When the service will take the next call. */
  readonly retryAfter: Date | undefined
  /** The raw answer of the service, for support. Not enumerable. */
  declare readonly responseBody: string | undefined

  constructor(code: string, message?: string, details: ServiceErrorDetails = {}) {
    super(code, message, details)
    this.status = details.status
    this.error = details.error
    this.errorCodes = details.errorCodes ?? []
    this.suberror = details.suberror
    this.claims = details.claims
    this.traceId = details.traceId
    this.retryAfter = details.retryAfter
    Object.defineProperty(this, 'responseBody', { value: details.responseBody, enumerable: false })
  }

  override get name(): string {
    return 'ServiceError'
  }

  override toJSON(): Record<string, unknown> {
    const { status, error, errorCodes, suberror, claims, traceId, retryAfter } = this
    return { ...super.toJSON(), status, error, errorCodes, suberror, claims, traceId, retryAfter }
  }
}

/** Why the user is needed, after MSAL's UiRequiredExceptionClassification. */
export type InteractionClassification =
  | 'none'
  | 'message_only'
  | 'basic_action'
  | 'additional_action'
  | 'consent_required'
  | 'user_password_expired'
  | 'prompt_never_failed'
  | 'acquire_token_silent_failed'

/** The user has to do something. Call an interactive method, and pass `claims` on when there are any. */
export class InteractionRequiredError extends ServiceError {
  /** Why the user is needed. */
  readonly classification: InteractionClassification
  /** Where the user can consent, when consent is what is missing. */
  readonly consentUrl: URL | undefined
  /** Where an administrator can consent for everybody in the tenant. */
  readonly adminConsentUrl: URL | undefined

  constructor(
    code: string,
    message?: string,
    details: ServiceErrorDetails & {
      classification?: InteractionClassification
      consentUrl?: URL | undefined
      adminConsentUrl?: URL | undefined
    } = {},
  ) {
    super(code, message, details)
    this.classification = details.classification ?? 'none'
    this.consentUrl = details.consentUrl
    this.adminConsentUrl = details.adminConsentUrl
  }

  override get name(): string {
    return 'InteractionRequiredError'
  }

  override toJSON(): Record<string, unknown> {
    return {
      ...super.toJSON(),
      classification: this.classification,
      consentUrl: this.consentUrl?.href,
      adminConsentUrl: this.adminConsentUrl?.href,
    }
  }
}
