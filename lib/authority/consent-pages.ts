/** The pages on which somebody can consent to what a program asks for. */
import { type Authority, authorityUrl, isMultiTenant } from './authority.js'
import type { Endpoints } from './endpoints.js'

/** Links to give to a person. */
export interface ConsentPages {
  /** For the user: signs in, consents, and stays on the page. */
  readonly user: URL
  /** For an administrator, who consents for everybody in the tenant. */
  readonly admin: URL
}

/** Who asks, and for what. */
export interface ConsentRequest {
  readonly authority: Authority
  readonly endpoints: Endpoints
  readonly clientId: string
  readonly scope: string
}

/** The pages of an authority; `undefined` where consent is not given on such pages. */
export function consentPages({ authority, endpoints, clientId, scope }: ConsentRequest): ConsentPages | undefined {
  if (authority.kind !== 'aad' && authority.kind !== 'ciam' && authority.kind !== 'dsts') return undefined
  const user = new URL(endpoints.authorize)
  // Without a redirect URI the user stays there when it is done.
  user.search = new URLSearchParams({ client_id: clientId, response_type: 'code', scope }).toString()
  // An administrator belongs to a tenant of work accounts.
  const isOpen = isMultiTenant(authority) || authority.tenant === 'consumers'
  const tenanted = isOpen ? { ...authority, tenant: 'organizations' } : authority
  const admin = new URL(`${authorityUrl(tenanted, endpoints.authorize.host)}/adminconsent`)
  admin.search = new URLSearchParams({ client_id: clientId }).toString()
  return { user, admin }
}
