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
}

/** Longer than any that Entra or AD FS takes. */
const MAX_PASSWORD = 1_024

/**
 * Checks a request of acquireTokenByUsernamePassword.
 *
 * @throws {ClientError} unknown_user – the user name is empty.
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 */
export function validPasswordRequest(request: UsernamePasswordRequest): ValidPasswordRequest {
  const common = validCommon(request)
  const { username } = request
  if (typeof username === 'string' && username.trim() === '') throw new ClientError('unknown_user')
  return Object.freeze({
    ...common,
    scopes: validScopes(request.scopes),
    username: requiredText(optionalText(username, 'username', 1_024)?.trim(), 'username'),
    password: textOf(request.password),
  })
}

/** A form can only be made of text, so bytes become one here and are left to their owner to wipe. */
function textOf(password: unknown): string {
  if (!(password instanceof Uint8Array)) return requiredText(password, 'password', MAX_PASSWORD)
  try {
    return requiredText(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(password),
      'password',
      MAX_PASSWORD,
    )
  } catch (error) {
    // The decoder's own error would be all that is known about a wrong password.
    throw error instanceof ClientError ? error : new ClientError('invalid_request', 'password is not UTF-8')
  }
}
