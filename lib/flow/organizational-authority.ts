/** Which authorities take a password or a Windows sign-in: those where the user is of one tenant, or of any organization. */
import type { Authority } from '../authority/authority.js'
import { isOfAnyAccount } from '../authority/user-realm.js'
import { ClientError } from '../errors.js'
import { AADSTS_HINTS } from '../token/aadsts.js'

/** AADSTS90010, which the service would answer there once it has the credential. */
const NOT_OVER_COMMON = 90010

/**
 * Checks it before anything is sent. `what` is for the message, as `User name and password`.
 *
 * @throws {ClientError} invalid_request – the authority is common or consumers.
 */
export function assertOrganizational(authority: Authority, what: string, correlationId: string): void {
  if (!isOfAnyAccount(authority)) return
  throw new ClientError('invalid_request', `${what} does not work over /${authority.tenant} (AADSTS90010)`, {
    correlationId,
    hint: AADSTS_HINTS.get(NOT_OVER_COMMON)?.hint,
  })
}
