/** Which authority a single request goes to: the application's, the request's, or the account's home tenant. */
import { ClientError } from '../errors.js'
import { type Authority, isMultiTenant, parseAuthority, withTenant } from './authority.js'
import type { Cloud } from './known-clouds.js'

/** What decides about the authority of one request. */
export interface AuthorityChoice {
  readonly application: Authority
  /** `authority` of the request. */
  readonly requested: string | undefined
  /** `tenantId` of the request. */
  readonly tenantId: string | undefined
  /** Tenant that the account is at home in; takes the place of common and organizations. */
  readonly homeTenant: string | undefined
}

/**
 * Decides on the authority of one request.
 *
 * A request's authority of common or organizations says nothing and leaves the application's in force, as in MSAL.NET.
 *
 * @throws {ClientError} authority_host_mismatch – the request names a host of another cloud.
 * @throws {ClientError} invalid_authority – the request's authority is not one.
 */
export function chooseAuthority(choice: AuthorityChoice, cloudOf: (authority: Authority) => Cloud): Authority {
  let authority = choice.application
  if (choice.requested !== undefined) {
    const requested = parseAuthority(choice.requested)
    if (requested.host !== authority.host && !cloudOf(authority).aliases.has(requested.host)) {
      throw new ClientError(
        'authority_host_mismatch',
        `The request is for ${requested.host}, the application for ${authority.host}`,
      )
    }
    if (!isMultiTenant(requested)) authority = withTenant(authority, requested.tenant)
  }
  if (choice.tenantId !== undefined) authority = withTenant(authority, choice.tenantId)
  if (isMultiTenant(authority) && choice.homeTenant !== undefined && choice.homeTenant !== '') {
    authority = withTenant(authority, choice.homeTenant)
  }
  return authority
}
