/** When two names denote the same host, tenant, client or set of scopes. */

/** The tenant of personal Microsoft accounts; newer MSAL.NETs store it under its name. */
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad'

// Every answer may echo these, so they say nothing about which resource a token is for.
const RESERVED: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access'])

/** Compares names ignoring case. */
export function sameName(a: string, b: string): boolean {
  return a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase())
}

/** The spelling of a tenant that is compared. Empty for AD FS, which has none. */
export function canonicalRealm(realm: string): string {
  const lower = realm.toLowerCase()
  return lower === 'consumers' ? CONSUMERS : lower
}

/**
 * The set of environments that one cloud is known under: every host in lower case, with and without its port,
 * because MSAL.NET stores a host without its port and msal-node with it.
 */
export function environmentsOf(hosts: Iterable<string>): ReadonlySet<string> {
  const environments = new Set<string>()
  for (const host of hosts) {
    const lower = host.toLowerCase()
    environments.add(lower).add(lower.replace(/:\d+$/, ''))
  }
  return environments
}

/** The scopes in lower case, without those that every answer may echo. */
export function resourceScopes(scopes: Iterable<string>): string[] {
  const resource: string[] = []
  for (const scope of scopes) {
    const lower = scope.toLowerCase()
    if (lower !== '' && !RESERVED.has(lower)) resource.push(lower)
  }
  return resource
}

/** True when a token for `target` serves a request for these scopes, which are as {@link resourceScopes} gives them. */
export function coversScopes(target: string, requested: readonly string[]): boolean {
  if (requested.length === 0) return true
  const granted = target.toLowerCase().split(' ')
  return requested.every(scope => granted.includes(scope))
}

/** True when a token with these scopes replaces one for `target`: they share a scope, or neither names a resource. */
export function overlapsScopes(target: string, scopes: readonly string[]): boolean {
  const stored = resourceScopes(target.split(' '))
  return scopes.length === 0 ? stored.length === 0 : stored.some(scope => scopes.includes(scope))
}
