/** The checked form of a user name and password request. */
import { ClientError } from '../errors.js'
import type { UsernamePasswordRequest } from '../request/requests.js'
import { validScopes } from '../request/scopes.js'
import { optionalText, requiredText, type ValidCommon, validCommon } from '../request/validate.js'

/** What the password flow works from. */
export interface ValidPasswordRequest extends ValidCommon {
  readonly scopes: readonly string[]
  readonly username: string
  readonly password: string
  readonly federationMetadata: string | undefined
}

/** Longer than any that Entra or AD FS takes. */
export const MAX_USERNAME = 1_024
const MAX_PASSWORD = 1_024
/** What the reader of XML takes. */
export const MAX_METADATA = 1_048_576

/**
 * Checks a request of acquireTokenByUsernamePassword.
 *
 * @throws {ClientError} unknown_user – the user name is empty.
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 */
export function validPasswordRequest(request: UsernamePasswordRequest): ValidPasswordRequest {
  const common = validCommon(request)
  const { username } = request
  if (typeof username === 'string' && username.trim() === '') {
    throw new ClientError('unknown_user', undefined, { correlationId: common.correlationId })
  }
  return Object.freeze({
    ...common,
    scopes: validScopes(request.scopes),
    username: wellFormed(requiredText(username, 'username', MAX_USERNAME).trim(), 'username'),
    password: wellFormed(passwordText(request.password), 'password'),
    federationMetadata: optionalText(request.federationMetadata, 'federationMetadata', MAX_METADATA),
  })
}

/** A form is text, so bytes become that here. They are decoded where they are: no copy is left that nobody wipes. */
function passwordText(password: unknown): string {
  return requiredText(password instanceof Uint8Array ? decode(password) : password, 'password', MAX_PASSWORD)
}

function decode(password: Uint8Array): string {
  // Checked here too: a wrong buffer may be of any size.
  if (password.length > MAX_PASSWORD * 3) throw new ClientError('invalid_request', 'password is too long')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(password)
  } catch {
    // The decoder's own error is left out: nothing about a password belongs into an error.
    throw new ClientError('invalid_request', 'password is not UTF-8')
  }
}

/**
 * Half of a surrogate pair has no UTF-8; something else would be sent in its place.
 *
 * @throws {ClientError} invalid_request – the text has one.
 */
export function wellFormed(text: string, field: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new ClientError('invalid_request', `${field} is not well-formed text`)
  return text
}
