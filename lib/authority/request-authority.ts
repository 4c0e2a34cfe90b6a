/** Which authority a single request goes to: the application's, the request's, or the account's home tenant. */
import { ClientError } from '../errors.js'
import { type Authority, hasTenants, isMultiTenant, parseAuthority, withTenant, withUserFlow } from './authority.js'
import type { Cloud } from './known-clouds.js'

/** The authority of one request and the cloud it is in. */
export interface Target {
  readonly authority: Authority
  readonly cloud: Cloud
  /** Who issues its ID tokens, where that was discovered. */
  readonly issuer?: string | undefined
  /** Whether its authorization responses always name that issuer. */
  readonly namesIssuerInAnswers?: boolean | undefined
}

/** What decides about the authority of one request. */
export interface AuthorityChoice {
  readonly application: Authority
  /** `authority` of the request. */
  readonly requested: string | undefined
  /** `tenantId` of the request. */
  readonly tenantId: string | undefined
  /** Tenant that the account is at home in; takes the place of common and organizations. */
  readonly homeTenant: string | undefined
  /** B2C user flow that the account signed in with, which alone renews its tokens. */
  readonly userFlow?: string | undefined
}

/**
 * Decides on the authority of one request.
 *
 * A request's authority of common or organizations says nothing and leaves the application's in force, as in MSAL.NET.
 *
 * @throws {ClientError} authority_type_mismatch – the request names an authority of another kind.
 * @throws {ClientError} authority_host_mismatch, B2C_authority_host_mismatch – the request names a host of another cloud.
 * @throws {ClientError} tenant_override_non_aad – the authority has no tenant that another could take the place of.
 * @throws {ClientError} invalid_authority – the request's authority is not one.
 */
export function chooseAuthority(choice: AuthorityChoice, cloudOf: (authority: Authority) => Cloud): Authority {
  let authority = choice.application
  if (choice.requested !== undefined) {
    const requested = parseAuthority(choice.requested, authority.kind === 'oidc' ? 'OIDC' : 'AAD')
    assertSameService(authority, requested, cloudOf)
    // A user flow of B2C is a part of the authority; everywhere else only the tenant can differ.
    if (!isMultiTenant(requested)) authority = { ...requested, host: authority.host }
  }
  if (choice.tenantId !== undefined) {
    if (!hasTenants(authority)) throw new ClientError('tenant_override_non_aad')
    authority = withTenant(authority, choice.tenantId)
  }
  if (authority.kind === 'b2c' && choice.requested === undefined && choice.userFlow !== undefined) {
    authority = withUserFlow(authority, choice.userFlow)
  }
  if (isMultiTenant(authority) && choice.homeTenant !== undefined && choice.homeTenant !== '') {
    authority = withTenant(authority, choice.homeTenant)
  }
  return authority
}

function assertSameService(application: Authority, requested: Authority, cloudOf: (authority: Authority) => Cloud) {
  if (requested.kind !== application.kind) throw new ClientError('authority_type_mismatch')
  if (requested.host === application.host || cloudOf(application).aliases.has(requested.host)) return
  throw new ClientError(
    requested.kind === 'b2c' ? 'B2C_authority_host_mismatch' : 'authority_host_mismatch',
    `The request is for ${requested.host}, the application for ${application.host}`,
  )
}
