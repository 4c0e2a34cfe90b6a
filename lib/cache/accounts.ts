/** Who is signed in: the accounts of the cache that this client can use. */
import type { AccountFilter } from '../request/requests.js'
import type { AccountInfo } from '../request/result.js'
import { withLazyClaims } from './id-token-claims.js'
import { canonicalRealm, sameName } from './matching.js'
import { type Entity, isPlain, text } from './schema.js'
import type { Bucket, Records } from './snapshot.js'

/** Which accounts. */
export interface AccountsQuery {
  /** The hosts of one cloud in lower case, with and without port: what `environmentsOf` gives. */
  readonly environments: ReadonlySet<string>
  /** The host that the accounts say they are of. Default: the one they are stored under, another alias perhaps. */
  readonly environment?: string | undefined
  readonly filter?: AccountFilter | undefined
}

/** For whom, on top of the query. */
export interface Listing extends AccountsQuery {
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
  const wanted = listing.filter?.environment
  if (wanted !== undefined && !listing.environments.has(wanted.toLowerCase())) return []
  const accounts: AccountInfo[] = []
  for (const bucket of records.buckets()) {
    const account = accountOf(bucket, listing)
    if (account !== undefined) accounts.push(account)
  }
  return accounts
}

/** The account of one user, under the same conditions as in {@link listAccounts}. */
export function accountOf(bucket: Bucket, listing: Listing): AccountInfo | undefined {
  let chosen: Entity | undefined
  for (const { entity } of bucket.Account) {
    if (!isListed(entity, listing)) continue
    if (chosen === undefined || isHome(entity)) chosen = entity
  }
  return chosen !== undefined && isUsable(bucket, listing) ? describe(chosen, bucket, listing) : undefined
}

function isListed(entity: Entity, { environments, filter }: Listing): boolean {
  if (!environments.has(text(entity, 'environment').toLowerCase())) return false
  if (!/^(?:MSSTS|ADFS)?$/i.test(text(entity, 'authority_type'))) return false
  if (filter === undefined) return true
  const { username, tenantId, userFlow } = filter
  if (username !== undefined && !sameName(text(entity, 'username'), username)) return false
  if (tenantId !== undefined && canonicalRealm(tenantOf(entity)) !== canonicalRealm(tenantId)) return false
  // B2C puts the user flow at the end of the object ID: `<object ID>-<user flow>.<tenant ID>`.
  return userFlow === undefined || objectIdOf(entity).toLowerCase().endsWith(userFlow.toLowerCase())
}

function isUsable(bucket: Bucket, { environments, clientId, usesFamily }: Listing): boolean {
  const isMine = ({ entity }: { entity: Entity }): boolean =>
    sameName(text(entity, 'client_id'), clientId) && environments.has(text(entity, 'environment').toLowerCase())
  const isOurs = ({ entity }: { entity: Entity }): boolean =>
    text(entity, 'family_id') !== '' && environments.has(text(entity, 'environment').toLowerCase())
  return (
    bucket.RefreshToken.some(isMine) ||
    bucket.AccessToken.some(isMine) ||
    bucket.IdToken.some(isMine) ||
    (usesFamily && bucket.RefreshToken.some(isOurs))
  )
}

function describe(entity: Entity, bucket: Bucket, listing: Listing): AccountInfo {
  const homeAccountId = text(entity, 'home_account_id')
  const account: AccountInfo = {
    homeAccountId,
    localAccountId: text(entity, 'local_account_id') || objectIdOf(entity),
    environment: listing.environment ?? text(entity, 'environment'),
    tenantId: tenantOf(entity),
    username: text(entity, 'username'),
  }
  const name = text(entity, 'name')
  if (name !== '') account.name = name
  const realm = canonicalRealm(text(entity, 'realm'))
  const idToken = bucket.IdToken.findLast(
    item =>
      canonicalRealm(text(item.entity, 'realm')) === realm &&
      sameName(text(item.entity, 'client_id'), listing.clientId) &&
      listing.environments.has(text(item.entity, 'environment').toLowerCase()) &&
      isPlain('IdToken', item.entity),
  )
  return idToken === undefined ? account : withLazyClaims(account, text(idToken.entity, 'secret'))
}

/** AD FS has no tenant; MSAL Python writes the word `adfs` there. */
function tenantOf(entity: Entity): string {
  const realm = text(entity, 'realm')
  return sameName(realm, 'adfs') ? '' : realm
}

function isHome(entity: Entity): boolean {
  const homeAccountId = text(entity, 'home_account_id')
  const homeTenant = homeAccountId.slice(homeAccountId.lastIndexOf('.') + 1)
  return canonicalRealm(homeTenant) === canonicalRealm(text(entity, 'realm'))
}

function objectIdOf(entity: Entity): string {
  return text(entity, 'home_account_id').split('.')[0] ?? ''
}
