/** Turns the service's refusal into the error class that tells the caller what to do. */
import { AuthError, type InteractionClassification, InteractionRequiredError, ServiceError } from '../errors.js'
import { AADSTS_HINTS } from './aadsts.js'

/** What an answer says when it is a refusal, whether it came from the token endpoint or with a redirect. */
export interface Refusal {
  readonly answer: Readonly<Record<string, unknown>>
  readonly status: number | undefined
  readonly correlationId: string
  readonly retryAfter: Date | undefined
  readonly responseBody: string | undefined
}

const MAX_DESCRIPTION = 4_096
// invalid_grant with one of these is not something that the user can mend.
const NOT_FOR_THE_USER: ReadonlySet<string> = new Set(['client_mismatch', 'protection_policy_required'])
const CLASSIFICATIONS: ReadonlySet<string> = new Set<InteractionClassification>([
  'basic_action',
  'additional_action',
  'message_only',
  'consent_required',
  'user_password_expired',
])

/**
 * Judges a refusal. Branches on `error` and `suberror` only: the service may change its numbers and its wording.
 *
 * @see [RFC 6749 § 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)
 */
export function parseServiceError(refusal: Refusal): ServiceError {
  const { answer, status, retryAfter, responseBody } = refusal
  const text = (name: string): string | undefined => {
    const value = answer[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const error = cleanText(text('error') ?? 'unknown_error')
  const suberror = text('suberror')
  const description = cleanText(text('error_description') ?? error)
  const errorCodes = numbersOf(answer.error_codes, description)
  const details = {
    status,
    error,
    errorCodes,
    suberror,
    claims: text('claims'),
    traceId: text('trace_id'),
    correlationId: text('correlation_id') ?? refusal.correlationId,
    retryAfter,
    responseBody,
    hint: hintFor(errorCodes),
  }
  if (error === 'login_required') {
    const hint = details.hint ?? new AuthError('no_prompt_failed').hint
    return new InteractionRequiredError('no_prompt_failed', description, {
      ...details,
      hint,
      classification: 'prompt_never_failed',
    })
  }
  const forTheUser =
    error === 'interaction_required' ||
    error === 'consent_required' ||
    (error === 'invalid_grant' && !NOT_FOR_THE_USER.has(suberror?.toLowerCase() ?? ''))
  if (!forTheUser) {
    return new ServiceError(error, description, { ...details, hint: details.hint ?? GENERAL_HINTS.get(error) })
  }
  const classification = classificationOf(suberror, error)
  return new InteractionRequiredError(error, description, {
    ...details,
    classification,
    hint: details.hint ?? 'Let the user sign in with acquireTokenInteractive, passing on claims if there are any.',
  })
}

/** Control characters could fake lines in a log or move the cursor of a terminal. */
export function cleanText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being removed
  return text.slice(0, MAX_DESCRIPTION).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

function classificationOf(suberror: string | undefined, error: string): InteractionClassification {
  const folded = suberror?.toLowerCase()
  if (folded !== undefined && CLASSIFICATIONS.has(folded)) return folded as InteractionClassification
  return error === 'consent_required' ? 'consent_required' : 'none'
}

function numbersOf(codes: unknown, description: string): number[] {
  if (Array.isArray(codes)) return codes.filter(code => Number.isSafeInteger(code)).slice(0, 16)
  const number = /^AADSTS(\d{4,9})\b/.exec(description)?.[1]
  return number === undefined ? [] : [Number(number)]
}

function hintFor(errorCodes: readonly number[]): string | undefined {
  for (const code of errorCodes) {
    const hint = AADSTS_HINTS.get(code)?.hint
    if (hint !== undefined) return hint
  }
  return undefined
}

const GENERAL_HINTS: ReadonlyMap<string, string> = new Map([
  ['access_denied', 'The user or the tenant declined; offer the sign-in again when the user asks for it.'],
  ['invalid_client', 'Allow public client flows for this app registration (allowPublicClient), or check the clientId.'],
  ['unauthorized_client', 'Check that the app is registered in this tenant and may use this kind of sign-in.'],
  ['invalid_scope', 'Check the spelling of the scopes, and that they belong to one resource.'],
  ['invalid_resource', 'Check that the resource of the scopes exists in this tenant.'],
  ['unsupported_grant_type', 'This authority does not offer this kind of sign-in; use acquireTokenInteractive.'],
  ['temporarily_unavailable', 'Try again in a minute.'],
  ['server_error', 'Try again in a minute; if it lasts, report the correlation ID to the tenant administrator.'],
])
