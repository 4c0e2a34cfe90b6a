/** An authority URL taken apart: which host, which tenant, which kind. */
import { ClientError } from '../errors.js'

/** The tenant of personal Microsoft accounts, which `consumers` stands for. */
export const CONSUMERS_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Entra, Azure AD B2C, AD FS, Entra External ID, dSTS, or any other OpenID provider. */
export type AuthorityKind = 'aad' | 'b2c' | 'adfs' | 'ciam' | 'dsts' | 'oidc'

/** An authority that has been checked. */
export interface Authority {
  readonly kind: AuthorityKind
  /** Lower-case, with its port unless that is 443. */
  readonly host: string
  /** Lower-case; empty where the kind has none: AD FS and other OpenID providers. */
  readonly tenant: string
  /** Path with `{tenant}` in the tenant's place, as `/tfp/{tenant}/b2c_1_signin`, without a slash at the end. */
  readonly path: string
}

const MULTI_TENANT: ReadonlySet<string> = new Set(['common', 'organizations'])
const TENANT = /^[a-z0-9][a-z0-9._-]{0,254}$/
const USER_FLOW = /^[a-z0-9][\w-]{0,254}$/
/** What B2C's user flows and custom policies are called, whatever domain the tenant goes by. */
const B2C_USER_FLOW = /^b2c_1a?_/
const CIAM_HOST = /^([a-z0-9-]+)\.ciamlogin\.com$/
const TENANT_IS_NEEDED =
  'Add a tenant, as in https://login.microsoftonline.com/contoso.com; for an OpenID provider without tenants set protocolMode to OIDC.'

/**
 * Takes an authority URL apart. With the protocol mode `OIDC` any https URL is one.
 *
 * @throws {ClientError} invalid_authority – not https, no tenant, or a path that no kind of authority has.
 */
export function parseAuthority(text: string, protocolMode: 'AAD' | 'OIDC' = 'AAD'): Authority {
  const url = parseUrl(text)
  const host = url.host.toLowerCase()
  const segments = url.pathname.split('/').filter(Boolean)
  // The case of a foreign provider's path may matter.
  if (protocolMode === 'OIDC') return { kind: 'oidc', host, tenant: '', path: ['', ...segments].join('/') }
  const lower = segments.map(segment => segment.toLowerCase())
  // The v2.0 suffix is what people copy from an issuer or a portal page.
  if (lower.length > 1 && lower.at(-1) === 'v2.0') lower.pop()
  const { kind, tenant = '', userFlow, path } = recognize(url, lower)
  const length = path.split('/').length - 1
  if (path.includes('{tenant}') && tenant === '') refuse(`has no tenant in its path: ${url.href}`, TENANT_IS_NEEDED)
  if (tenant !== '' && !TENANT.test(tenant)) refuse('has something in its path that is not a tenant')
  if (kind === 'b2c' && !USER_FLOW.test(userFlow ?? '')) refuse(`names no user flow: ${url.pathname}`)
  if (Math.max(lower.length, 1) !== length) refuse(`has more in its path than its kind has: ${url.pathname}`)
  return { kind, host, tenant, path }
}

interface Recognized {
  readonly kind: AuthorityKind
  readonly tenant?: string | undefined
  readonly userFlow?: string | undefined
  readonly path: string
}

function recognize({ hostname }: URL, [first, second, third]: readonly string[]): Recognized {
  if (first === 'adfs') return { kind: 'adfs', path: '/adfs' }
  if (first === 'dstsv2') return { kind: 'dsts', tenant: second, path: '/dstsv2/{tenant}' }
  if (first === 'tfp') return { kind: 'b2c', tenant: second, userFlow: third, path: `/tfp/{tenant}/${third}` }
  const name = hostname.toLowerCase()
  if (name.endsWith('.b2clogin.com') || B2C_USER_FLOW.test(second ?? '')) {
    return { kind: 'b2c', tenant: first, userFlow: second, path: `/{tenant}/${second}` }
  }
  const ciam = CIAM_HOST.exec(name)?.[1]
  if (ciam !== undefined) return { kind: 'ciam', tenant: first ?? `${ciam}.onmicrosoft.com`, path: '/{tenant}' }
  return { kind: 'aad', tenant: first, path: '/{tenant}' }
}

function parseUrl(text: string): URL {
  if (typeof text !== 'string') refuse('must be a string')
  if (!URL.canParse(text.trim())) refuse('is not a URL')
  const url = new URL(text.trim())
  if (url.protocol !== 'https:') refuse('must be an https URL')
  if (url.username !== '' || url.password !== '') refuse('must not hold a user name or password')
  if (url.search !== '' || url.hash !== '') refuse('must have neither a query nor a fragment')
  return url
}

function refuse(why: string, hint?: string): never {
  throw new ClientError('invalid_authority', `The authority ${why}`, { hint })
}

/**
 * The URL of an authority on the host that requests go to, without a slash at the end.
 *
 * @throws {ClientError} invalid_authority – what stands for the tenant, perhaps a part of an account's id, cannot be one.
 */
export function authorityUrl(authority: Authority, networkHost: string = authority.host): string {
  const { tenant, path } = authority
  if (hasTenants(authority) && !TENANT.test(tenant)) refuse('would get a tenant that cannot be one')
  return `https://${networkHost}${path.replace('{tenant}', tenant)}`
}

/** Does this kind of authority have tenants, so that a request may name another one? */
export function hasTenants({ kind }: Authority): boolean {
  return kind !== 'adfs' && kind !== 'oidc'
}

/** Is this one of Microsoft's services, which understand more than OpenID Connect? */
export function isMicrosofts({ kind }: Authority): boolean {
  return kind !== 'oidc'
}

/** The same B2C authority with another user flow, which is the end of its path. */
export function withUserFlow(authority: Authority, userFlow: string): Authority {
  return { ...authority, path: authority.path.replace(/[^/]+$/, userFlow.toLowerCase()) }
}

/** The same authority with another tenant. */
export function withTenant(authority: Authority, tenant: string): Authority {
  return { ...authority, tenant: tenant.toLowerCase() }
}

/** True when the tenant is decided only when somebody signs in. */
export function isMultiTenant({ kind, tenant }: Authority): boolean {
  return kind === 'aad' && MULTI_TENANT.has(tenant)
}

/** The names under which tokens of this authority's tenant may be filed. */
export function realmsOf({ kind, tenant }: Authority): readonly string[] {
  // AD FS has no tenants, and its tokens are filed under none; MSAL Python takes the path in its place.
  if (kind === 'adfs') return ['', 'adfs']
  return tenant === 'consumers' || tenant === CONSUMERS_TENANT ? ['consumers', CONSUMERS_TENANT] : [tenant]
}
