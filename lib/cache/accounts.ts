/** Who is signed in: the accounts of the cache that this client can use. */
import type { AccountFilter } from '../request/requests.js'
import type { AccountInfo } from '../request/result.js'
import { listAdalUsers } from './adal-users.js'
import { addLazyClaims } from './id-token-claims.js'
import { type AccountItem, objectIdOf } from './item.js'
import { canonicalRealm, sameName } from './matching.js'
import type { Bucket, Records } from './snapshot.js'

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
  /** Whether refresh tokens of an app family are of use to this client. Asked only where nothing else decides. */
  readonly usesFamily: () => boolean
}

/**
 * Lists every user once whom this client can get a token for, or once could: somebody with a refresh token of the client
 * or of its family, or with an access or ID token of the client, expired or not – an app that was never granted a
 * refresh token still knows who signed in. Users of an ADAL v3 cache beside it come last. Of several tenants of a user the home tenant is listed, unless the filter names
 * another.
 */
export function listAccounts(records: Records, listing: Listing): AccountInfo[] {
  const { filter } = listing
  if (filter?.environment !== undefined && !listing.environments.has(filter.environment.toLowerCase())) return []
  const accounts: AccountInfo[] = []
  for (const bucket of records.buckets()) {
    const account = accountOf(bucket, listing)
    if (account !== undefined) accounts.push(account)
  }
  if (records.adal.length > 0) {
    const listed = new Set(accounts.map(({ homeAccountId }) => homeAccountId.toLowerCase()))
    accounts.push(...listAdalUsers(records.adal, listing, homeAccountId => listed.has(homeAccountId)))
  }
  return accounts
}

/** The account of one user, under the same conditions as in {@link listAccounts}. */
export function accountOf(bucket: Bucket, listing: Listing): AccountInfo | undefined {
  let chosen: AccountItem | undefined
  for (const item of bucket) {
    if (item.section === 'Account' && isListed(item, listing) && (chosen === undefined || item.isHome)) chosen = item
  }
  return chosen !== undefined && isUsable(bucket, listing) ? describeAccount(chosen, bucket, listing) : undefined
}

function isListed(account: AccountItem, { environments, filter }: Listing): boolean {
  if (!environments.has(account.names.environment) || !account.isPlain) return false
  if (filter === undefined) return true
  const { username, tenantId, userFlow } = filter
  if (username !== undefined && !sameName(account.username, username)) return false
  const realms = [account.names.realm, canonicalRealm(account.tenantId)]
  if (tenantId !== undefined && !realms.includes(canonicalRealm(tenantId))) return false
  // B2C puts the user flow at the end of the object ID: `<object ID>-<user flow>.<tenant ID>`.
  return userFlow === undefined || objectIdOf(account.homeAccountId).toLowerCase().endsWith(userFlow.toLowerCase())
}

function isUsable(bucket: Bucket, { environments, clientId, usesFamily }: Listing): boolean {
  let isFamilyOnly = false
  for (const item of bucket) {
    if (item.section === 'Account' || !environments.has(item.names.environment)) continue
    if (item.names.clientId === clientId) return true
    if (item.section === 'RefreshToken' && item.familyId !== '') isFamilyOnly = true
  }
  return isFamilyOnly && usesFamily()
}

/** Describes an account for a client, with the claims of the ID token that the client has of it. */
export function describeAccount(
  chosen: AccountItem,
  bucket: Bucket,
  { environments, environment, clientId }: Pick<Listing, 'environments' | 'environment' | 'clientId'>,
): AccountInfo {
  // No literal: of a long listing V8 would conclude that these live long, and from then on make them where that takes three
  // times as long and only a full collection frees them.
  const account = {} as AccountInfo
  account.homeAccountId = chosen.homeAccountId
  account.localAccountId = chosen.localAccountId
  account.environment = environment ?? chosen.host
  account.tenantId = chosen.tenantId
  account.username = chosen.username
  if (chosen.name !== undefined) account.name = chosen.name
  let idToken: string | undefined
  for (const { section, names, isPlain, secret } of bucket) {
    if (section !== 'IdToken' || !isPlain || secret === undefined) continue
    const isOurs = names.clientId === clientId && environments.has(names.environment)
    if (isOurs && names.realm === chosen.names.realm) idToken = secret
  }
  if (idToken !== undefined) addLazyClaims(account, idToken)
  return account
}
