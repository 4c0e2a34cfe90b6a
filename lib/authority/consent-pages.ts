/** The pages on which somebody can consent to what a program asks for. */
import { type Authority, CONSUMERS_TENANT, isMultiTenant } from './authority.js'
import type { Endpoints } from './endpoints.js'

/** Links to give to a person. */
export interface ConsentPages {
  /** For the user: signs in, consents, and stays on the page. */
  readonly user: URL
  /** For an administrator, who consents for everybody in the tenant; absent for personal accounts, which have none. */
  readonly admin: URL | undefined
}

/** Who asks, and for what. */
export interface ConsentRequest {
  readonly authority: Authority
  readonly endpoints: Endpoints
  readonly clientId: string
  readonly scope: string
}

/**
 * The pages of an authority; `undefined` where consent is not given on such pages: with B2C and Entra External ID
 * administrators give it in the portal, AD FS knows none, and what other services do is not known.
 *
 * @see [Admin consent](https://learn.microsoft.com/entra/identity-platform/v2-admin-consent)
 */
export function consentPages({ authority, endpoints, clientId, scope }: ConsentRequest): ConsentPages | undefined {
  const { kind, tenant } = authority
  if (kind !== 'aad') return undefined
  const user = new URL(endpoints.authorize)
  // Without a redirect URI the user stays there when it is done.
  user.search = new URLSearchParams({ client_id: clientId, response_type: 'code', scope }).toString()
  if (tenant === 'consumers' || tenant === CONSUMERS_TENANT) return { user, admin: undefined }
  // An administrator belongs to a tenant of work accounts; which one, the sign-in there tells.
  const admin = new URL(`/${isMultiTenant(authority) ? 'organizations' : tenant}/adminconsent`, endpoints.authorize)
  admin.search = new URLSearchParams({ client_id: clientId }).toString()
  return { user, admin }
}
