/** The unified token cache schema that the MSAL libraries share: its sections, their fields, and safe ways to read them. */

/**
 * One record of the cache as it came from JSON: snake_case strings, besides whatever another library added.
 * Never changed once it is in a snapshot.
 */
export type Entity = { readonly [field: string]: unknown }

/** The sections whose records belong to a user, in the order MSAL.NET writes them. */
export const ACCOUNT_SECTIONS = ['AccessToken', 'RefreshToken', 'IdToken', 'Account'] as const

export type AccountSection = (typeof ACCOUNT_SECTIONS)[number]

/** All sections, in the order MSAL.NET writes them. */
export const SECTIONS = [...ACCOUNT_SECTIONS, 'AppMetadata'] as const
export type Section = (typeof SECTIONS)[number]

const OWNER = ['home_account_id', 'environment', 'client_info'] as const
const CREDENTIAL = [...OWNER, 'client_id', 'secret', 'credential_type'] as const

/** The fields of each section that are ours to write. All are strings; times are decimal Unix seconds. */
export const FIELDS = {
  AccessToken: [
    ...CREDENTIAL,
    'realm',
    'target',
    'token_type',
    'cached_at',
    'expires_on',
    'extended_expires_on',
    // The older name of the line above: MSAL.NET writes both and reads this one when the other is missing.
    'ext_expires_on',
    'refresh_on',
  ],
  RefreshToken: [...CREDENTIAL, 'family_id', 'target', 'last_modification_time', 'expires_on'],
  IdToken: [...CREDENTIAL, 'realm'],
  Account: [
    ...OWNER,
    'realm',
    'local_account_id',
    'username',
    'name',
    'given_name',
    'family_name',
    'authority_type',
    'account_source',
  ],
  AppMetadata: ['environment', 'client_id', 'family_id'],
} as const satisfies Record<Section, readonly string[]>

export type Field = (typeof FIELDS)[Section][number]

/** What is written into a section: strings only, since MSAL.NET refuses a whole cache for one number. */
export type Written<S extends Section> = { readonly [F in (typeof FIELDS)[S][number]]?: string }

const KNOWN: Record<Section, ReadonlySet<string>> = {
  AccessToken: new Set(FIELDS.AccessToken),
  RefreshToken: new Set(FIELDS.RefreshToken),
  IdToken: new Set(FIELDS.IdToken),
  Account: new Set(FIELDS.Account),
  AppMetadata: new Set(FIELDS.AppMetadata),
}

// A credential with one of these is bound to more than user, client, realm and scopes: a key, a web API's caller, claims.
const QUALIFIERS: ReadonlySet<string> = new Set([
  'kid',
  'key_id',
  'keyid',
  'ext',
  'ext_cache_key',
  'additionalCacheKeyComponents',
  'requestedClaimsHash',
  'user_assertion_hash',
  'userAssertionHash',
])

/** True for a JSON object, which is the only thing that can be a record or a section. */
export function isEntity(value: unknown): value is Entity {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of a field; empty when it is missing, null or of another type. */
export function text(entity: Entity, field: Field): string {
  const value = entity[field]
  return typeof value === 'string' ? value : ''
}

/** Not written as text, but meant as one. */
function isUnquotedText(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean'
}

/** Whose a record is, in the one spelling that is looked up; empty when it does not say it. */
export function homeOf(entity: Entity): string {
  const value = entity.home_account_id
  return typeof value === 'string' || isUnquotedText(value) ? String(value).toLowerCase() : ''
}

/**
 * The tenant of a record as it is stored; empty for AD FS. MSAL Python files what comes of `common` and `organizations`
 * under that word: it is of the tenant where the user is at home.
 */
export function realmOf(entity: Entity): string {
  const realm = text(entity, 'realm')
  if (!/^(?:common|organizations)$/i.test(realm)) return realm
  const homeAccountId = text(entity, 'home_account_id')
  const dot = homeAccountId.lastIndexOf('.')
  return dot === -1 ? realm : homeAccountId.slice(dot + 1)
}

/** A time field in Unix seconds; undefined when there is none or it is not a time. */
export function seconds(entity: Entity, field: Field): number | undefined {
  const value = text(entity, field)
  const number = value === '' ? Number.NaN : Number(value)
  // MSAL.NET writes the year 1 for "unknown"; a Date ends at 8.64e12 seconds.
  return number > 0 && number <= 8.64e12 ? number : undefined
}

/**
 * True when the record is an ordinary one of its section: a credential that any request for its scopes may use, a user who
 * can sign in here.
 */
export function isPlain(section: Section, entity: Entity): boolean {
  if (section === 'AppMetadata') return true
  if (section === 'Account') return /^(?:MSSTS|ADFS)?$/i.test(text(entity, 'authority_type'))
  const type = text(entity, 'credential_type')
  if (type !== '' && type !== section) return false
  if (section === 'AccessToken' && !/^(?:bearer)?$/i.test(text(entity, 'token_type'))) return false
  // Through what there is: to look for what there is not takes longer.
  for (const field in entity) if (QUALIFIERS.has(field) && entity[field]) return false
  return true
}

/** Known fields that another library wrote as numbers or booleans become strings; the rest stays as it is. */
export function withTextFields(section: Section, entity: Entity): Entity {
  let copy: Record<string, unknown> | undefined
  for (const field in entity) {
    const value = entity[field]
    if (!isUnquotedText(value) || !KNOWN[section].has(field)) continue
    copy ??= { ...entity }
    copy[field] = String(value)
  }
  return copy ?? entity
}

/** What another library put into a record besides the fields of the schema. */
export function unknownFields(section: Section, entity: Entity): Entity {
  return Object.fromEntries(Object.entries(entity).filter(([field]) => !KNOWN[section].has(field)))
}
