/** What B2C says where Entra would say an AADSTS number. */
import { timestampOf } from '../clock.js'
import type { EntraError } from '../entra-error.js'
import type { Exchange } from '../exchange.js'
import type { TenantState } from '../tenant-state.js'

interface B2cEntry {
  /** The OAuth `error`; absent: as Entra's. */
  readonly error?: string
  /** The emulator's own sentence; `{0}` is the error's detail. */
  readonly text: string
}

/** By AADB2C number. */
const AADB2C: Readonly<Record<number, B2cEntry>> = {
  90006: { error: 'invalid_request', text: "The redirect URI '{0}' is not registered for the application." },
  90013: { text: "The response type '{0}' is not supported." },
  90014: { text: "The response mode '{0}' is not supported." },
  90035: { error: 'temporarily_unavailable', text: 'The service is unavailable for a moment. Try again.' },
  90043: { error: 'invalid_request', text: "The request has a 'prompt' that is not supported." },
  90058: { error: 'unauthorized_client', text: 'The application is not configured to allow public clients.' },
  90068: { error: 'invalid_request', text: "The application '{0}' was not made for this service." },
  90077: { error: 'login_required', text: 'Nobody is signed in, and the prompt parameter forbids to ask.' },
  90079: { text: 'A confidential client must send its client_secret.' },
  90080: { error: 'invalid_grant', text: 'The grant has expired. Sign in again.' },
  90081: { text: 'The client_secret is not the one of this client.' },
  90083: { error: 'invalid_request', text: "The request lacks the parameter '{0}'." },
  90084: { text: 'A public client must not send a client_secret.' },
  90086: { error: 'unsupported_grant_type', text: 'The grant_type [{0}] is not supported.' },
  90088: { error: 'invalid_grant', text: 'The grant was not issued for this endpoint. {0}' },
  90091: { error: 'access_denied', text: 'The user has cancelled the sign-in.' },
  90111: { error: 'access_denied', text: 'The account is locked.' },
  90114: { error: 'access_denied', text: 'The account is locked for a while.' },
  90117: { error: 'invalid_request', text: "The scope '{0}' is not supported." },
  90118: { error: 'access_denied', text: 'The user has forgotten the password.' },
  90129: { error: 'invalid_grant', text: 'The grant was revoked. Sign in again.' },
  90146: { error: 'invalid_request', text: "The scope '{0}' names more than one resource." },
  90225: { error: 'access_denied', text: 'The username or password provided in the request are invalid.' },
}

/** What a number of Entra's is in B2C. */
const NUMBERS: Readonly<Record<number, number>> = {
  50011: 90006,
  50034: 90225,
  50053: 90114,
  50056: 90225,
  50057: 90111,
  50058: 90077,
  50126: 90225,
  50173: 90129,
  54005: 90080,
  65004: 90091,
  70000: 90080,
  70003: 90086,
  70007: 90014,
  70008: 90080,
  70011: 90117,
  90033: 90035,
  90055: 90035,
  700016: 90068,
  700025: 90084,
  700054: 90013,
  700082: 90080,
  900144: 90083,
  7000215: 90081,
  7000218: 90079,
}

/** The sentence with B2C's number. What the directory says that B2C has no number for is passed on inside another. */
export function b2cErrorText(error: EntraError): string {
  const number = numberOf(error)
  const entry = AADB2C[number ?? 0]
  return entry
    ? `AADB2C${number}: ${entry.text.replaceAll('{0}', () => error.detail)}`
    : `AADB2C90273: The directory answered with an error: ${error.message}`
}

/** OAuth's two fields, and nothing else: no `error_codes`, no `suberror`. */
export function b2cError(error: EntraError, exchange: Exchange, state: TenantState): Record<string, string> {
  const ids = [`Correlation ID: ${exchange.correlationId}`, `Timestamp: ${timestampOf(state.clock.now())}`, '']
  return {
    error: AADB2C[numberOf(error) ?? 0]?.error ?? error.error,
    error_description: [b2cErrorText(error), ...ids].join('\r\n'),
  }
}

function numberOf(error: EntraError): number | undefined {
  return error.aadb2c ?? NUMBERS[error.number]
}
