/** Which user allowed which app which scopes. */
import type { EmulatedUser } from './accounts.js'
import type { App } from './apps.js'
import { BoundedMap } from './bounded.js'
import type { UserSwitches } from './scenario.js'
import { grantedScopes, type ScopeRequest } from './scopes.js'

const MAX_CONSENTS = 10_000

/** The consents given on the consent page; without a switch that demands one, an administrator has consented for all. */
export class Consents {
  readonly #given = new BoundedMap<true>(MAX_CONSENTS)

  give(user: EmulatedUser, app: App, request: ScopeRequest): void {
    for (const scope of qualifiedScopes(request)) this.#given.set(key(user, app, scope), true)
  }

  /** The scopes that the user must still consent to, with their resource. */
  missing(user: EmulatedUser, app: App, request: ScopeRequest, needed: UserSwitches['consentNeeded']): string[] {
    if (!needed) return []
    const asked = qualifiedScopes(request).filter(scope => !this.#given.get(key(user, app, scope)))
    return needed === true
      ? asked
      : asked.filter(scope => needed.some(name => scope === name || scope.endsWith(`/${name}`)))
  }
}

/** Every scope with its resource; signing in alone needs consent too, hence `openid`. */
function qualifiedScopes(request: ScopeRequest): string[] {
  const scopes = request.resources.flatMap(item => grantedScopes(item).map(name => `${item.resource}/${name}`))
  return scopes.length === 0 ? ['openid'] : scopes
}

function key(user: EmulatedUser, app: App, scope: string): string {
  return [user.id, app.clientId, scope].join(' ').toLowerCase()
}
