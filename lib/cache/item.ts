/** A record with the names it is looked up by, spelled the one way that is compared. */
import { keyOf } from './keys.js'
import { canonicalRealm } from './matching.js'
import { type Entity, isPlain, realmOf, type Section, text } from './schema.js'

export interface Item {
  /** The key it is stored under, which may be another library's. */
  readonly key: string
  readonly entity: Entity
  /** Host of the cloud, in lower case. */
  readonly environment: string
  /** In lower case; empty for a user. */
  readonly clientId: string
  /** Tenant as `canonicalRealm` spells it; empty for AD FS. */
  readonly realm: string
  /** Whether an ordinary request may use it. */
  readonly isPlain: boolean
}

/** Gives equal texts one copy, which look-ups then compare by reference and find in the processor's cache. */
export type Intern = (text: string) => string

export function internInto(known: Map<string, string>): Intern {
  return text => {
    const first = known.get(text)
    if (first === undefined) known.set(text, text)
    return first ?? text
  }
}

/** Wraps a record. Without a key it gets the one that MSAL.NET would give it. */
export function itemOf(section: Section, entity: Entity, key?: string, intern: Intern = same): Item {
  return {
    key: key ?? keyOf(section, entity),
    entity,
    environment: intern(text(entity, 'environment').toLowerCase()),
    clientId: intern(text(entity, 'client_id').toLowerCase()),
    realm: intern(canonicalRealm(realmOf(entity))),
    isPlain: isPlain(section, entity),
  }
}

function same(text: string): string {
  return text
}
