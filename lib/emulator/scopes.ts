/** Scope lists: which resource they ask for, and what the answer says was granted. */
import { EntraError } from './entra-error.js'

/** The resource of scopes that name none. */
export const GRAPH_RESOURCE = 'https://graph.microsoft.com'

const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access']
const MAX_SCOPES = 100

/** The scopes of one resource, without its name. */
export interface ResourceScopes {
  readonly resource: string
  readonly scopes: readonly string[]
}

/** A scope parameter, taken apart. */
export interface ScopeRequest {
  /** As asked for, in order, without repeats. */
  readonly all: readonly string[]
  /** Of `openid profile email offline_access`, those asked for. */
  readonly oidc: readonly string[]
  /** By resource, in the order of first mention. */
  readonly resources: readonly ResourceScopes[]
}

/**
 * Takes a scope parameter apart.
 *
 * @throws {EntraError} 70011 – malformed, too many, or `.default` beside other scopes of its resource.
 */
export function parseScopes(scope: string): ScopeRequest {
  const all = [...new Set(scope.split(' ').filter(item => item !== ''))]
  // RFC 6749 § 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
  const malformed = all.find(item => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(item) || item.endsWith('/'))
  if (all.length === 0 || all.length > MAX_SCOPES || malformed)
    throw new EntraError(70011, { detail: malformed ?? scope })

  const resources = new Map<string, string[]>()
  for (const item of all) {
    if (OIDC_SCOPES.includes(item.toLowerCase())) continue
    const { resource, name } = splitScope(item)
    resources.set(resource, [...(resources.get(resource) ?? []), name])
  }
  for (const [resource, scopes] of resources) {
    if (scopes.length > 1 && scopes.includes('.default')) {
      throw new EntraError(70011, { detail: `${resource}/.default ${resource}/…` })
    }
  }
  return {
    all,
    oidc: all.filter(item => OIDC_SCOPES.includes(item.toLowerCase())).map(item => item.toLowerCase()),
    resources: [...resources].map(([resource, scopes]) => ({ resource, scopes })),
  }
}

/** `https://vault.azure.net//.default` is the resource `https://vault.azure.net/`: only the last slash divides. */
function splitScope(item: string): { resource: string; name: string } {
  const slash = item.lastIndexOf('/')
  if (slash <= 0) return { resource: GRAPH_RESOURCE, name: item }
  return { resource: item.slice(0, slash), name: item.slice(slash + 1) }
}

/** The one resource that a token is for: the first that is mentioned. */
export function firstResource(request: ScopeRequest): ResourceScopes {
  return request.resources[0] ?? { resource: GRAPH_RESOURCE, scopes: [] }
}

/** What `.default` stands for: the permissions that were consented to beforehand. */
export function grantedScopes({ resource, scopes }: ResourceScopes): string[] {
  if (!scopes.includes('.default')) return [...scopes]
  return [resource === GRAPH_RESOURCE ? 'User.Read' : 'user_impersonation']
}

/**
 * The `scope` of the token answer: what the token is for, written as it was asked for, then the OpenID scopes.
 * `offline_access` is never listed.
 */
export function answeredScope(request: ScopeRequest): string {
  const { resource, scopes } = firstResource(request)
  const asked = request.all.filter(
    item => !OIDC_SCOPES.includes(item.toLowerCase()) && splitScope(item).resource === resource,
  )
  const standsFor = scopes.includes('.default')
    ? grantedScopes({ resource, scopes }).map(name => `${resource}/${name}`)
    : []
  return [...standsFor, ...asked, ...request.oidc.filter(item => item !== 'offline_access')].join(' ')
}
