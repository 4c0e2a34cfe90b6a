/** Turns the service's refusal into the error class that tells the caller what to do. */

import type { ConsentPages } from '../authority/consent-pages.js'
import { type InteractionClassification, InteractionRequiredError, oneLine, ServiceError } from '../errors.js'
import { AADSTS_HINTS } from './aadsts.js'
import { hintInText } from './other-codes.js'

/** What an answer says when it is a refusal, whether it came from the token endpoint or with a redirect. */
export interface Refusal {
  readonly answer: Readonly<Record<string, unknown>>
  readonly status: number | undefined
  readonly correlationId: string
  readonly retryAfter: Date | undefined
  readonly responseBody: string | undefined
  /** The page had been told not to prompt: that the user is needed after all is what this sign-in failed by. */
  readonly wasPromptNone?: boolean
  /** Where somebody could consent to what was asked for. */
  readonly consent?: ConsentPages | undefined
}

const NUMBER = /\bAADSTS(\d{4,9})\b/g
const MAX_NUMBERS = 16
const CREDENTIALS = 70002
// invalid_grant with one of these is not something that the user can mend.
const NOT_FOR_THE_USER: ReadonlySet<string> = new Set(['client_mismatch', 'protection_policy_required'])
// What an OpenID provider answers instead of the page that it would have to show. (OIDC Core § 3.1.2.6)
const INSTEAD_OF_A_PAGE: ReadonlySet<string> = new Set([
  'interaction_required',
  'consent_required',
  'account_selection_required',
])
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
  const line = (name: string): string | undefined => oneLine(text(name) ?? '') || undefined
  const error = line('error') ?? 'unknown_error'
  const suberror = line('suberror')
  const description = line('error_description') ?? error
  const errorCodes = numbersOf(answer.error_codes, description)
  const details = {
    status,
    error,
    errorCodes,
    suberror,
    // Passed on to the service as it came, so it is the one text that is not cleaned.
    claims: text('claims'),
    traceId: line('trace_id'),
    correlationId: line('correlation_id') ?? refusal.correlationId,
    retryAfter,
    responseBody,
    hint: hintFor(errorCodes, error) ?? hintInText(description),
  }
  if (error === 'login_required' || (refusal.wasPromptNone === true && INSTEAD_OF_A_PAGE.has(error))) {
    return new InteractionRequiredError('no_prompt_failed', description, {
      ...details,
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
    ...(classification === 'consent_required' && {
      consentUrl: refusal.consent?.user,
      adminConsentUrl: refusal.consent?.admin,
    }),
    hint: details.hint ?? 'Let the user sign in with acquireTokenInteractive, passing on claims if there are any.',
  })
}

function classificationOf(suberror: string | undefined, error: string): InteractionClassification {
  const folded = suberror?.toLowerCase()
  if (folded !== undefined && CLASSIFICATIONS.has(folded)) return folded as InteractionClassification
  return error === 'consent_required' ? 'consent_required' : 'none'
}

function numbersOf(codes: unknown, description: string): number[] {
  const numbers = Array.isArray(codes) ? codes.filter(code => Number.isSafeInteger(code)) : []
  // An answer that came with a redirect has its numbers in the text only.
  if (numbers.length === 0) for (const [, digits] of description.matchAll(NUMBER)) numbers.push(Number(digits))
  return numbers.slice(0, MAX_NUMBERS)
}

/** Of several numbers the last says it most precisely: "AADSTS70002: Error validating credentials. AADSTS50126: …". */
function hintFor(errorCodes: readonly number[], error: string): string | undefined {
  // With invalid_grant that number is about the user's credentials and says nothing; alone it is about the app's.
  const telling = errorCodes.filter(code => code !== CREDENTIALS || error !== 'invalid_grant')
  const known = telling.findLast(code => AADSTS_HINTS.has(code))
  return known === undefined ? undefined : AADSTS_HINTS.get(known)?.hint
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
