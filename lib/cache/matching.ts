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
