/** Which authorities take a password or a Windows sign-in: those where the user is of one tenant, or of any organization. */
import { type Authority, CONSUMERS_TENANT } from '../authority/authority.js'
import { ClientError } from '../errors.js'
import { AADSTS_HINTS } from '../token/aadsts.js'

/** AADSTS90010, which the service would answer there once it has the credential. */
const NOT_OVER_COMMON = 90010
const TOO_WIDE: ReadonlySet<string> = new Set(['common', 'consumers', CONSUMERS_TENANT])

/**
 * Checks it before anything is sent. `what` is for the message, as `User name and password`.
 *
 * @throws {ClientError} invalid_request – the authority is common or consumers.
 */
export function assertOrganizational({ kind, tenant }: Authority, what: string, correlationId: string): void {
  if (kind !== 'aad' || !TOO_WIDE.has(tenant)) return
  throw new ClientError('invalid_request', `${what} does not work over /${tenant} (AADSTS90010)`, {
    correlationId,
    hint: AADSTS_HINTS.get(NOT_OVER_COMMON)?.hint,
  })
}
