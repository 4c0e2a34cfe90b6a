/** The error that routes throw: an AADSTS number with its details. */
import { AADSTS, type AadstsEntry } from './aadsts.js'

interface Details {
  /** Fills the `{0}` of the catalogue's sentence. */
  detail?: string
  /** The claims challenge, as JSON text. */
  claims?: string
  /** Overrides the catalogue where one number answers differently from place to place. */
  error?: string
  suberror?: string
  /** Numbers that stand before it in the message and in `error_codes`, as the service once wrote umbrella errors. */
  umbrella?: readonly number[]
  /** B2C's own number (AADB2C…), where it says more than the AADSTS number can. */
  aadb2c?: number
}

/** Thrown by a route or a grant; the server writes it as a JSON body, a redirect or a page. */
export class EntraError extends Error {
  readonly number: number
  /** All numbers of the answer; {@link number} is the last. */
  readonly numbers: readonly number[]
  /** What fills the sentence. */
  readonly detail: string
  readonly aadb2c: number | undefined
  readonly error: string
  readonly status: number
  readonly suberror: string | undefined
  readonly claims: string | undefined

  constructor(number: number, details: Details = {}) {
    const entry = entryOf(number)
    const numbers = [...(details.umbrella ?? []), number]
    super(
      numbers
        .map(each => `AADSTS${each}: ${entryOf(each).text.replaceAll('{0}', () => details.detail ?? '')}`)
        .join(' '),
    )
    this.name = 'EntraError'
    this.number = number
    this.numbers = numbers
    this.detail = details.detail ?? ''
    this.aadb2c = details.aadb2c
    this.error = details.error ?? entry.error
    this.status = entry.status ?? 400
    this.suberror = details.suberror ?? entry.suberror
    this.claims = details.claims ?? (entry.claims === true ? POLICY_CLAIMS : entry.claims)
  }
}

function entryOf(number: number): AadstsEntry {
  return AADSTS[number] ?? { error: 'invalid_request', text: 'The emulator was told to answer so.' }
}

/** The id of the one conditional access policy of the emulator. */
export const POLICY_ID = '6a1f6a3c-0d5e-4d0e-9b0a-52b1d1f3c7e8'

/** What a client must pass as `claims` to satisfy {@link POLICY_ID}. */
export const POLICY_CLAIMS = JSON.stringify({ access_token: { capolids: { essential: true, values: [POLICY_ID] } } })
