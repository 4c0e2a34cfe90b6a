/** An authority URL taken apart: which host, which tenant, which kind; and the endpoints computed from it. */
import { ClientError } from '../errors.js'

/** The tenant of personal Microsoft accounts, which `consumers` stands for. */
export const CONSUMERS_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Only Entra so far; the other kinds of authority have paths or endpoints of their own. */
export type AuthorityKind = 'aad'

/** An authority that has been checked. Host and tenant are lower-case; the host has its port unless that is 443. */
export interface Authority {
  readonly kind: AuthorityKind
  readonly host: string
  readonly tenant: string
}

/** The endpoints of one tenant. Computed, never discovered, so that a typing error cannot send a password elsewhere. */
export interface Endpoints {
  readonly authorize: URL
  readonly token: URL
}

const MULTI_TENANT: ReadonlySet<string> = new Set(['common', 'organizations'])
const TENANT = /^[a-z0-9][a-z0-9._-]{0,254}$/
const NOT_YET: ReadonlyMap<string, string> = new Map([
  ['adfs', 'AD FS'],
  ['tfp', 'B2C'],
  ['dstsv2', 'dSTS'],
])

/**
 * Takes an authority URL apart.
 *
 * @throws {ClientError} invalid_authority – not https, no tenant, or a kind that is not supported.
 */
export function parseAuthority(text: string): Authority {
  const refuse = (why: string, cause?: unknown): never => {
    throw new ClientError('invalid_authority', `The authority ${why}`, { cause })
  }
  if (typeof text !== 'string') return refuse('must be a string')
  let url: URL
  try {
    url = new URL(text.trim())
  } catch (cause) {
    return refuse('is not a URL', cause)
  }
  if (url.protocol !== 'https:') refuse('must be an https URL')
  if (url.username !== '' || url.password !== '') refuse('must not hold a user name or password')
  if (url.search !== '' || url.hash !== '') refuse('must have neither a query nor a fragment')
  const [tenant, ...rest] = url.pathname.toLowerCase().split('/').filter(Boolean)
  if (tenant === undefined) return refuse(`has no tenant in its path: ${url.origin}/<tenant> is needed`)
  const unsupported = NOT_YET.get(tenant)
  if (unsupported !== undefined) return refuse(`is of kind ${unsupported}, which this version does not support`)
  if (!TENANT.test(tenant)) refuse('has something in its path that is not a tenant')
  // The v2.0 suffix is what people copy from an issuer or a portal page.
  if (rest.length > 0 && rest.join('/') !== 'v2.0') refuse(`has more than a tenant in its path: ${url.pathname}`)
  return { kind: 'aad', host: url.host.toLowerCase(), tenant }
}

/** The same authority with another tenant. */
export function withTenant(authority: Authority, tenant: string): Authority {
  return { ...authority, tenant: tenant.toLowerCase() }
}

/** True when the tenant is decided only when somebody signs in. */
export function isMultiTenant(authority: Authority): boolean {
  return MULTI_TENANT.has(authority.tenant)
}

/** The names under which tokens of this authority's tenant may be filed. */
export function realmsOf(authority: Authority): readonly string[] {
  return authority.tenant === 'consumers' || authority.tenant === CONSUMERS_TENANT
    ? ['consumers', CONSUMERS_TENANT]
    : [authority.tenant]
}

/**
 * The endpoints of a tenant on the host that requests go to.
 *
 * @throws {ClientError} invalid_authority – what stands for the tenant, perhaps a part of an account's id, cannot be one.
 */
export function endpointsOf(authority: Authority, networkHost: string): Endpoints {
  const { tenant } = authority
  if (!TENANT.test(tenant)) throw new ClientError('invalid_authority', 'The tenant of the account cannot be one')
  const base = `https://${networkHost}/${tenant}/oauth2/v2.0/`
  return { authorize: new URL(`${base}authorize`), token: new URL(`${base}token`) }
}
