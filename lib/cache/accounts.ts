/** Who is signed in: the accounts of the cache that this client can use. */
import type { AccountFilter } from '../request/requests.js'
import type { AccountInfo } from '../request/result.js'
import { addLazyClaims } from './id-token-claims.js'
import type { Item } from './item.js'
import { canonicalRealm, sameName } from './matching.js'
import { type Entity, realmOf, text } from './schema.js'
import type { Bucket, Records } from './snapshot.js'

/** One for each cloud that an application asks about. */
const MOST_LISTINGS = 8

/** Which accounts. */
export interface AccountsQuery {
  /** Every host name of one cloud, as in `Cloud.aliases`. */
  readonly environments: ReadonlySet<string>
  /** The host that the accounts say they are of. Default: the one they are stored under, another alias perhaps. */
  readonly environment?: string | undefined
  readonly filter?: AccountFilter | undefined
}

/** For whom, on top of the query. */
export interface Listing extends AccountsQuery {
  /** In lower case. */
  readonly clientId: string
  /** Whether refresh tokens of an app family are of use to this client. */
  readonly usesFamily: boolean
}

/**
 * Lists every user once whom this client can get a token for, or once could: somebody with a refresh token of the client
 * or of its family, or with an access or ID token of the client, expired or not – an app that was never granted a
 * refresh token still knows who signed in. Of several tenants of a user the home tenant is listed, unless the filter names
 * another.
 */
export function listAccounts(records: Records, listing: Listing): AccountInfo[] {
  const { filter } = listing
  if (filter?.environment !== undefined && !listing.environments.has(filter.environment.toLowerCase())) return []
  if ((filter?.username ?? filter?.tenantId ?? filter?.userFlow) !== undefined) return collect(records, listing)
  // Kept until the records change: who has many accounts often asks for all of them, and 10 000 objects take a while.
  const question = [listing.clientId, listing.usesFamily, listing.environment, ...listing.environments].join(' ')
  let accounts = records.listings.get(question)
  if (accounts === undefined) {
    accounts = collect(records, listing)
    if (records.listings.size >= MOST_LISTINGS) records.listings.clear()
    records.listings.set(question, accounts)
  }
  return [...accounts]
}

function collect(records: Records, listing: Listing): AccountInfo[] {
  const accounts: AccountInfo[] = []
  for (const bucket of records.buckets()) {
    const account = accountOf(bucket, listing)
    if (account !== undefined) accounts.push(account)
  }
  return accounts
}

/** The account of one user, under the same conditions as in {@link listAccounts}. */
export function accountOf(bucket: Bucket, listing: Listing): AccountInfo | undefined {
  let chosen: Item | undefined
  for (const item of bucket.Account) {
    if (isListed(item, listing) && (chosen === undefined || isHome(item))) chosen = item
  }
  return chosen !== undefined && isUsable(bucket, listing) ? describe(chosen, bucket, listing) : undefined
}

function isListed(item: Item, { environments, filter }: Listing): boolean {
  const { entity, realm } = item
  if (!environments.has(item.environment) || !item.isPlain) return false
  if (filter === undefined) return true
  const { username, tenantId, userFlow } = filter
  if (username !== undefined && !sameName(text(entity, 'username'), username)) return false
  if (tenantId !== undefined && ![realm, canonicalRealm(tenantOf(item))].includes(canonicalRealm(tenantId)))
    return false
  // B2C puts the user flow at the end of the object ID: `<object ID>-<user flow>.<tenant ID>`.
  return userFlow === undefined || objectIdOf(entity).toLowerCase().endsWith(userFlow.toLowerCase())
}

function isUsable(bucket: Bucket, listing: Listing): boolean {
  return (
    hasOne(bucket.RefreshToken, listing, listing.usesFamily) ||
    hasOne(bucket.AccessToken, listing, false) ||
    hasOne(bucket.IdToken, listing, false)
  )
}

function hasOne(items: readonly Item[], { environments, clientId }: Listing, orOfFamily: boolean): boolean {
  for (const item of items) {
    const isOurs = item.clientId === clientId || (orOfFamily && text(item.entity, 'family_id') !== '')
    if (isOurs && environments.has(item.environment)) return true
  }
  return false
}

function describe(described: Item, bucket: Bucket, { environments, environment, clientId }: Listing): AccountInfo {
  const { entity, realm } = described
  const account: AccountInfo = {
    homeAccountId: text(entity, 'home_account_id'),
    localAccountId: text(entity, 'local_account_id') || objectIdOf(entity),
    environment: environment ?? text(entity, 'environment'),
    tenantId: tenantOf(described),
    username: text(entity, 'username'),
  }
  const name = text(entity, 'name')
  if (name !== '') account.name = name
  const idToken = bucket.IdToken.findLast(
    item => item.realm === realm && item.clientId === clientId && environments.has(item.environment) && item.isPlain,
  )
  if (idToken !== undefined) addLazyClaims(account, text(idToken.entity, 'secret'))
  // Several callers may hold the same object.
  return Object.freeze(account)
}

/**
 * The tenant ID of an account. AD FS has no tenant; MSAL Python writes the word there. MSAL.NET writes the tenant as the
 * authority spells it: where that is a domain, the ID is known for users who are at home there and so have one object ID.
 */
function tenantOf({ entity, realm }: Item): string {
  if (realm === 'adfs') return ''
  const [objectId = '', homeTenant = ''] = text(entity, 'home_account_id').split('.')
  const isHomeByName = realm.includes('.') && homeTenant !== '' && sameName(text(entity, 'local_account_id'), objectId)
  return isHomeByName ? homeTenant : realmOf(entity)
}

function isHome(item: Item): boolean {
  const homeAccountId = text(item.entity, 'home_account_id')
  return canonicalRealm(homeAccountId.slice(homeAccountId.lastIndexOf('.') + 1)) === canonicalRealm(tenantOf(item))
}

function objectIdOf(entity: Entity): string {
  return text(entity, 'home_account_id').split('.')[0] ?? ''
}
