/** A record with what look-ups ask of it, read once when it enters the cache. */
import { Interned, type Names } from './intern.js'
import { keyOf } from './keys.js'
import { canonicalRealm, sameName, type TokenScopes } from './matching.js'
import { type Entity, isPlain, realmOf, type Section, seconds, text } from './schema.js'

interface AnyItem {
  readonly section: Section
  readonly names: Names
  /** Whether an ordinary request may use it. */
  readonly isPlain: boolean
  /** The token, where there is one. */
  readonly secret: string | undefined
  readonly entity: Entity
  /** The key it is stored under, which may be another library's. */
  readonly key: string
}

/** Times are Unix seconds. */
export interface AccessTokenItem extends AnyItem {
  readonly section: 'AccessToken'
  readonly scopes: TokenScopes
  /** Zero when the record does not say it. */
  readonly expiresOn: number
  readonly extendedExpiresOn: number | undefined
  readonly refreshOn: number | undefined
}

export interface RefreshTokenItem extends AnyItem {
  readonly section: 'RefreshToken'
  /** Empty when it is the client's own. */
  readonly familyId: string
}

/** A user in one tenant; the fields are those of `AccountInfo`. */
export interface AccountItem extends AnyItem {
  readonly section: 'Account'
  readonly homeAccountId: string
  readonly localAccountId: string
  /** Host of the cloud as it is stored. */
  readonly host: string
  readonly tenantId: string
  readonly username: string
  readonly name: string | undefined
  /** Whether the tenant is the one where the user is at home. */
  readonly isHome: boolean
}

interface OtherItem extends AnyItem {
  readonly section: 'IdToken' | 'AppMetadata'
}

export type Item = AccessTokenItem | RefreshTokenItem | AccountItem | OtherItem

/**
 * Wraps a record. Without a key it gets the one that MSAL.NET would give it.
 *
 * The fields are named one by one, since V8 keeps those that come of spreading somewhere else in memory.
 */
export function itemOf(
  section: Section,
  entity: Entity,
  key = keyOf(section, entity),
  interned = new Interned(),
): Item {
  const names = interned.names(entity)
  const plain = isPlain(section, entity)
  const secret = text(entity, 'secret') || undefined
  switch (section) {
    case 'AccessToken': {
      const scopes = interned.scopes(text(entity, 'target'))
      const expiresOn = seconds(entity, 'expires_on') ?? 0
      const extendedExpiresOn = seconds(entity, 'extended_expires_on') ?? seconds(entity, 'ext_expires_on')
      const refreshOn = seconds(entity, 'refresh_on')
      return { section, names, isPlain: plain, secret, scopes, expiresOn, extendedExpiresOn, refreshOn, entity, key }
    }
    case 'RefreshToken':
      return { section, names, isPlain: plain, secret, familyId: text(entity, 'family_id'), entity, key }
    case 'Account':
      return accountItemOf(entity, key, names, plain)
    default:
      return { section, names, isPlain: plain, secret, entity, key }
  }
}

function accountItemOf(entity: Entity, key: string, names: Names, plain: boolean): AccountItem {
  const homeAccountId = text(entity, 'home_account_id')
  const tenantId = tenantIdOf(entity)
  const homeTenant = homeAccountId.slice(homeAccountId.lastIndexOf('.') + 1)
  return {
    section: 'Account',
    names,
    isPlain: plain,
    secret: undefined,
    homeAccountId,
    localAccountId: text(entity, 'local_account_id') || objectIdOf(homeAccountId),
    host: text(entity, 'environment'),
    tenantId,
    username: text(entity, 'username'),
    name: text(entity, 'name') || undefined,
    isHome: canonicalRealm(homeTenant) === canonicalRealm(tenantId),
    entity,
    key,
  }
}

/** The part of a home account ID that names the user. */
export function objectIdOf(homeAccountId: string): string {
  return homeAccountId.split('.')[0] ?? ''
}

/**
 * The tenant ID of an account. AD FS has no tenant; MSAL Python writes the word there. MSAL.NET writes the tenant as the
 * authority spells it: where that is a domain, the ID is known for users who are at home there and so have one object ID.
 */
function tenantIdOf(entity: Entity): string {
  const realm = realmOf(entity)
  if (canonicalRealm(realm) === 'adfs') return ''
  const [objectId = '', homeTenant = ''] = text(entity, 'home_account_id').split('.')
  const isHomeByName = realm.includes('.') && homeTenant !== '' && sameName(text(entity, 'local_account_id'), objectId)
  return isHomeByName ? homeTenant : realm
}
