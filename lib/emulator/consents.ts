/** Which user, or all users, allowed which app which scopes. */
import type { EmulatedUser } from './accounts.js'
import type { App } from './apps.js'
import { BoundedMap } from './bounded.js'
import type { UserSwitches } from './scenario.js'
import { grantedScopes, type ScopeRequest } from './scopes.js'

const MAX_CONSENTS = 10_000
/** In the place of a user, or of scopes: all of them. */
const ALL = '*'

/** The consents given in the browser; without a switch that demands one, an administrator has consented for all. */
export class Consents {
  readonly #given = new BoundedMap<true>(MAX_CONSENTS)

  give(user: EmulatedUser, app: App, request: ScopeRequest): void {
    for (const scope of qualifiedScopes(request)) this.#given.set(key(user.id, app, scope), true)
  }

  /** An administrator's consent. `.default` stands for all scopes of its resource. */
  giveForEveryone(app: App, request: ScopeRequest | 'everything'): void {
    const scopes = request === 'everything' ? [ALL] : [...qualifiedScopes(request), ...wholeResources(request)]
    for (const scope of scopes) this.#given.set(key(ALL, app, scope), true)
  }

  /** The scopes that the user must still consent to, with their resource. */
  missing(user: EmulatedUser, app: App, request: ScopeRequest, needed: UserSwitches['consentNeeded']): string[] {
    if (!needed) return []
    const asked = qualifiedScopes(request).filter(scope => !this.#isGiven(user, app, scope))
    return needed === true
      ? asked
      : asked.filter(scope => needed.some(name => scope === name || scope.endsWith(`/${name}`)))
  }

  #isGiven(user: EmulatedUser, app: App, scope: string): boolean {
    const wholeResource = `${scope.slice(0, scope.lastIndexOf('/'))}/${ALL}`
    const byAdministrator = [scope, wholeResource, ALL].map(covering => key(ALL, app, covering))
    return [key(user.id, app, scope), ...byAdministrator].some(name => this.#given.get(name))
  }
}

/** Every scope with its resource; signing in alone needs consent too, hence `openid`. */
function qualifiedScopes(request: ScopeRequest): string[] {
  const scopes = request.resources.flatMap(item => grantedScopes(item).map(name => `${item.resource}/${name}`))
  return scopes.length === 0 ? ['openid'] : scopes
}

function wholeResources(request: ScopeRequest): string[] {
  return request.resources
    .filter(({ scopes }) => scopes.includes('.default'))
    .map(({ resource }) => `${resource}/${ALL}`)
}

function key(userId: string, app: App, scope: string): string {
  return [userId, app.clientId, scope].join(' ').toLowerCase()
}
