/** What to do next when a federation server refused, by its code and status. For hints only: nothing branches on them. */
import type { NegotiateLeg } from '../http/http-client.js'
import type { SoapFault } from './soap-fault.js'
import { offers } from './steps.js'

/** A refusal, as far as a hint depends on it. */
export interface Refusal {
  readonly status: number
  readonly fault: SoapFault | undefined
  readonly isPassword: boolean
  readonly legs: readonly NegotiateLeg[]
  readonly host: string
}

const ADMINISTRATOR = 'the administrator of the federation server'

type Row = readonly [RegExp, string]

/** By what stands in the text or the code, the more telling first. */
const ROWS: readonly Row[] = [
  [
    /\bID3082\b|\bInvalidScope\b/,
    `Ask ${ADMINISTRATOR} for the relying party trust of Microsoft 365 and its identifier.`,
  ],
  [
    /\bMSIS7068\b|\bMSIS3126\b|\bRequestDenied\b/,
    `Ask ${ADMINISTRATOR} whether its rules let this user sign in from here.`,
  ],
  [
    /\bInvalidSecurity\b|\bMessageExpired\b/,
    'Check the time of this machine: the server takes five minutes of difference.',
  ],
  [
    /\bMSIS3127\b|\bMSIS7012\b|\bRequestFailed\b/,
    `Report the correlation ID to ${ADMINISTRATOR}, whose event log has the reason.`,
  ],
]
const FAILED = /\bID3242\b|\bID3034\b|\bFailedAuthentication\b/

/** The hint; `undefined` where nothing better is known than the one of the error's code. */
export function hintForRefusal(refusal: Refusal): string | undefined {
  const { fault, status, isPassword } = refusal
  const words = `${fault?.code ?? ''} ${fault?.text ?? ''}`
  const known = ROWS.find(([pattern]) => pattern.test(words))?.[1]
  if (known !== undefined) return known
  if (FAILED.test(words)) {
    return isPassword
      ? 'Ask for the user name and the password again; the account may also be locked, or the password expired.'
      : `Ask ${ADMINISTRATOR} whether the account may sign in; it may be locked, disabled or unknown there.`
  }
  if (status === 401 && !isPassword) return hintForNegotiation(refusal)
  if (status === 503) return `Ask ${ADMINISTRATOR} whether this endpoint is enabled and the service runs.`
  if (status === 404) return `Ask ${ADMINISTRATOR} whether this endpoint is enabled: its metadata names it.`
  if (status >= 300 && status < 400)
    return 'Check whether a proxy or a sign-in page stands before the server: no redirect is followed.'
  if (status === 429) return 'Wait until retryAfter of the cause, if it is given, and try again then.'
  if (fault === undefined) {
    return `Ask ${ADMINISTRATOR} whether the service runs, and check whether a proxy answers in its place.`
  }
  // The hint of the code is about passwords.
  return isPassword ? undefined : `Report the correlation ID to ${ADMINISTRATOR}, whose event log has the reason.`
}

/** The hint where a 200 brought no token that can be used. */
export function hintForUnusable(contentType: string | undefined): string {
  return contentType === undefined || /\bxml\b/i.test(contentType)
    ? `Ask ${ADMINISTRATOR} which tokens it issues.`
    : 'Check whether a proxy or a captive portal answers for the federation server.'
}

function hintForNegotiation({ legs, host }: Refusal): string {
  if (!offers({ legs }, 'Negotiate')) {
    return `Ask ${ADMINISTRATOR} to enable Windows authentication for the endpoint windowstransport: it does not offer Negotiate.`
  }
  const service = `HTTP/${host.replace(/:\d+$/, '')}`
  return `Check that ${service} is registered for the account of the service (setspn -Q ${service}), that nothing between here and the server ends TLS (Extended Protection), and the time of this machine.`
}
