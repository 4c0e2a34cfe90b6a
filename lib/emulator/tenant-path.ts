/** The first segment of an endpoint's path: a tenant by id or domain, or an alias for many. */
import { EntraError } from './entra-error.js'
import { firstLabel } from './hosts.js'
import type { TenantState } from './tenant-state.js'

/** Whom an endpoint is for: this tenant's users, or everybody's. */
export type TenantSegment = 'tenant' | 'common' | 'organizations' | 'consumers'

/** The tenant of personal Microsoft accounts. */
export const CONSUMERS_TENANT_ID = '9188040d-6c67-4c5b-b112-36a304b66dad'

/**
 * Tells whom a path is for.
 *
 * @throws {EntraError} 90002 – the tenant is not known.
 */
export function resolveTenant(state: TenantState, segment: string): TenantSegment {
  const name = segment.toLowerCase()
  if (name === state.id || name === state.domain || name === state.federatedDomain) return 'tenant'
  if (name === 'common' || name === 'organizations' || name === 'consumers') return name
  if (name === CONSUMERS_TENANT_ID) return 'consumers'
  throw new EntraError(90002, { detail: segment })
}

/**
 * Takes only the tenant's own names, where there is no alias for many: its id, its domain, and the onmicrosoft.com name
 * that its B2C and CIAM hosts go with.
 *
 * @throws {EntraError} 90002 – it is none of them.
 */
export function assertTenantName(state: TenantState, segment: string): void {
  const names = [state.id, state.domain, `${firstLabel(state.domain)}.onmicrosoft.com`]
  if (!names.includes(segment.toLowerCase())) throw new EntraError(90002, { detail: segment })
}

/** The tenant as it stands in the URLs of an openid-configuration: the id where there is one. */
export function canonicalSegment(state: TenantState, tenant: TenantSegment): string {
  return tenant === 'tenant' ? state.id : tenant
}
