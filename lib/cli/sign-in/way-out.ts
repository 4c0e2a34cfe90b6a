/** What a sign-in that asks nobody lacked, where it takes a person to go on. */
import { AuthError, InteractionRequiredError } from '../../index.js'

/** Why a person has to go on. */
export type WayOut = 'elsewhere' | 'consent' | 'new-password' | 'more-proof'

// Another server than the one that is asked knows these users.
const ELSEWHERE: ReadonlySet<string> = new Set(['ropc_not_supported_for_msa'])
const MORE_NEEDED: ReadonlySet<string> = new Set(['basic_action', 'additional_action'])

/** What a person can do about it; `undefined` where it is something else that is wrong. */
export function wayOutOf(error: unknown): WayOut | undefined {
  if (error instanceof AuthError && ELSEWHERE.has(error.code)) return 'elsewhere'
  if (!(error instanceof InteractionRequiredError)) return undefined
  const { classification, claims } = error
  if (classification === 'consent_required') return 'consent'
  if (classification === 'user_password_expired') return 'new-password'
  return claims !== undefined || MORE_NEEDED.has(classification) ? 'more-proof' : undefined
}
