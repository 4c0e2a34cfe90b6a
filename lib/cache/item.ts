/** A record with what look-ups ask of it, read once when it enters the cache: names in the one spelling that is compared. */
import { Interned } from './intern.js'
import { keyOf } from './keys.js'
import { canonicalRealm, sameName, type TokenScopes } from './matching.js'
import { type Entity, isPlain, realmOf, type Section, seconds, text } from './schema.js'

interface AnyItem {
  readonly section: Section
  /** Host of the cloud, in lower case. */
  readonly environment: string
  /** In lower case; empty for a user. */
  readonly clientId: string
  /** Tenant as `canonicalRealm` spells it; empty for AD FS. */
  readonly realm: string
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

/** Wraps a record. Without a key it gets the one that MSAL.NET would give it. */
export function itemOf(
  section: Section,
  entity: Entity,
  key = keyOf(section, entity),
  interned = new Interned(),
): Item {
  const common = {
    environment: interned.text(text(entity, 'environment').toLowerCase()),
    clientId: interned.text(text(entity, 'client_id').toLowerCase()),
    realm: interned.text(canonicalRealm(realmOf(entity))),
    isPlain: isPlain(section, entity),
    secret: text(entity, 'secret') || undefined,
    entity,
    key,
  }
  switch (section) {
    case 'AccessToken':
      return {
        section,
        ...common,
        scopes: interned.scopes(text(entity, 'target')),
        expiresOn: seconds(entity, 'expires_on') ?? 0,
        extendedExpiresOn: seconds(entity, 'extended_expires_on') ?? seconds(entity, 'ext_expires_on'),
        refreshOn: seconds(entity, 'refresh_on'),
      }
    case 'RefreshToken':
      return { section, ...common, familyId: text(entity, 'family_id') }
    case 'Account':
      return { section, ...common, ...accountOf(entity) }
    default:
      return { section, ...common }
  }
}

function accountOf(entity: Entity): Omit<AccountItem, keyof AnyItem> {
  const homeAccountId = text(entity, 'home_account_id')
  const tenantId = tenantIdOf(entity)
  const homeTenant = homeAccountId.slice(homeAccountId.lastIndexOf('.') + 1)
  return {
    homeAccountId,
    localAccountId: text(entity, 'local_account_id') || objectIdOf(homeAccountId),
    host: text(entity, 'environment'),
    tenantId,
    username: text(entity, 'username'),
    name: text(entity, 'name') || undefined,
    isHome: canonicalRealm(homeTenant) === canonicalRealm(tenantId),
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
