/** One copy of what many records say alike: it is read once, and stays in the processor's cache. */
import { canonicalRealm, readScopes, type TokenScopes } from './matching.js'
import { type Entity, realmOf, text } from './schema.js'

/** Where a record belongs, in the one spelling that is compared. */
export interface Names {
  /** Host of the cloud, in lower case. */
  readonly environment: string
  /** In lower case; empty for a user. */
  readonly clientId: string
  /** Tenant as `canonicalRealm` spells it; empty for AD FS. */
  readonly realm: string
}

/** The copies for the records of one load. */
export class Interned {
  readonly #names = new Map<string, Names>()
  readonly #scopes = new Map<string, TokenScopes>()

  /** Where a record belongs. */
  names(entity: Entity): Names {
    const environment = text(entity, 'environment').toLowerCase()
    const clientId = text(entity, 'client_id').toLowerCase()
    const realm = canonicalRealm(realmOf(entity))
    return remembered(this.#names, JSON.stringify([environment, clientId, realm]), () => ({
      environment,
      clientId,
      realm,
    }))
  }

  /** The scopes of a `target`. */
  scopes(target: string): TokenScopes {
    return remembered(this.#scopes, target, () => readScopes(target))
  }
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  let value = known.get(key)
  if (value === undefined) {
    value = make()
    known.set(key, value)
  }
  return value
}
