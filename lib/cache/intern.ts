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
  // By what the records say themselves, which is alike in most: environment, client, realm.
  readonly #names = new Map<string, Map<string, Map<string, Names>>>()
  readonly #canonicalNames = new Map<string, Names>()
  readonly #scopes = new Map<string, TokenScopes>()

  /** Where a record belongs. */
  names(entity: Entity): Names {
    const written = text(entity, 'environment')
    const clientId = text(entity, 'client_id')
    const realm = realmOf(entity)
    const ofEnvironment = remembered(this.#names, written, () => new Map<string, Map<string, Names>>())
    const ofClient = remembered(ofEnvironment, clientId, () => new Map<string, Names>())
    return remembered(ofClient, realm, () => this.#canonical(written, clientId, realm))
  }

  #canonical(written: string, writtenId: string, writtenRealm: string): Names {
    const environment = written.toLowerCase()
    const clientId = writtenId.toLowerCase()
    const realm = canonicalRealm(writtenRealm)
    const key = JSON.stringify([environment, clientId, realm])
    return remembered(this.#canonicalNames, key, () => ({ environment, clientId, realm }))
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
