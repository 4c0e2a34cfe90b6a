/** What AD FS says where Entra would say an AADSTS number. */
import type { EntraError } from '../entra-error.js'

interface AdfsEntry {
  /** The OAuth `error`; absent: as Entra's. */
  readonly error?: string
  /** The emulator's own sentence, after the number; `{0}` is the error's detail. */
  readonly text: string
}

/** Never tells whether it was the name or the password, nor that the account exists but may not be used. */
const WRONG_PASSWORD: AdfsEntry = { text: "MSIS9659: Invalid 'username' or 'password'." }
const WRONG_CODE: AdfsEntry = { text: 'MSIS9612: The authorization code is not valid, or was used before.' }
const WRONG_SECRET: AdfsEntry = { error: 'invalid_client', text: 'MSIS9622: The client could not be authenticated.' }
const WRONG_REFRESH_TOKEN: AdfsEntry = { text: 'MSIS9615: The refresh token is not valid, or has expired.' }

/** By AADSTS number. */
const ENTRIES: Readonly<Record<number, AdfsEntry>> = {
  50034: WRONG_PASSWORD,
  50053: WRONG_PASSWORD,
  50055: WRONG_PASSWORD,
  50056: WRONG_PASSWORD,
  50057: WRONG_PASSWORD,
  50126: WRONG_PASSWORD,
  50173: WRONG_REFRESH_TOKEN,
  54005: WRONG_CODE,
  70000: WRONG_REFRESH_TOKEN,
  70003: { text: "MSIS9611: The grant type '{0}' is not supported." },
  70008: WRONG_CODE,
  500112: WRONG_CODE,
  501481: WRONG_CODE,
  700016: { error: 'invalid_client', text: "MSIS9607: The client '{0}' is not registered." },
  700025: WRONG_SECRET,
  700082: WRONG_REFRESH_TOKEN,
  7000215: WRONG_SECRET,
  7000218: WRONG_SECRET,
}

/** The sentence, with AD FS's number where it is known. */
export function adfsErrorText(error: EntraError): string {
  const entry = ENTRIES[error.number]
  return entry?.text.replaceAll('{0}', () => error.detail) ?? error.message.replaceAll(/AADSTS\d+: /g, '')
}

/** The OAuth `error`. */
export function adfsErrorName(error: EntraError): string {
  return ENTRIES[error.number]?.error ?? error.error
}
