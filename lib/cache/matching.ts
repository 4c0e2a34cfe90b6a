/** When two names denote the same tenant, client or set of scopes. */

import { CONSUMERS_TENANT } from '../authority/authority.js'

// Every answer may echo these, so they say nothing about which resource a token is for. (OIDC Core § 5.4, § 11)
const RESERVED: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access'])

/** Compares names ignoring case. */
export function sameName(a: string, b: string): boolean {
  return a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase())
}

/**
 * The spelling of a tenant that is compared. Newer MSAL.NETs file personal accounts under `consumers`, others under the ID
 * of that tenant. Empty for AD FS, which has none.
 */
export function canonicalRealm(realm: string): string {
  const lower = realm.toLowerCase()
  return lower === 'consumers' ? CONSUMERS_TENANT : lower
}

/** The scopes in lower case, without those that every answer may echo. */
export function resourceScopes(scopes: readonly string[]): string[] {
  return scopes.map(scope => scope.toLowerCase()).filter(scope => scope !== '' && !RESERVED.has(scope))
}

/** The scopes of a token. */
export interface TokenScopes {
  /** As they are stored. */
  readonly granted: readonly string[]
  /** In lower case, without those that every answer may echo. */
  readonly resource: readonly string[]
}

/** Reads a `target`. */
export function readScopes(target: string): TokenScopes {
  const granted = target.split(' ').filter(Boolean)
  return { granted, resource: resourceScopes(granted) }
}

/** True when a token with these scopes serves a request for the others. */
export function coversScopes({ granted, resource }: TokenScopes, requested: readonly string[]): boolean {
  for (const scope of requested) {
    // Most callers spell a scope as it was granted.
    if (granted.includes(scope)) continue
    const lower = scope.toLowerCase()
    if (!resource.includes(lower) && !RESERVED.has(lower)) return false
  }
  return true
}

/** True when a token with scopes, as {@link resourceScopes} gives them, replaces this one: they share a scope, or neither names a resource. */
export function overlapsScopes({ resource }: TokenScopes, scopes: readonly string[]): boolean {
  return scopes.length === 0 ? resource.length === 0 : resource.some(scope => scopes.includes(scope))
}
