/** Users that an ADAL v3 cache knows: finding their refresh tokens, listing them, and changing their entries. */
import type { AccountFilter } from '../request/requests.js'
import type { AccountInfo } from '../request/result.js'
import { adalEntryOf } from './adal-blob.js'
import { type AdalEntry, type AdalFields, type AdalTokens, buildAdalEntry } from './adal-entry.js'
import { sameName } from './matching.js'

/** Whose entries. */
export interface AdalQuery {
  /** In lower case. */
  readonly clientId: string
  /** Every host name of one cloud, as in `Cloud.aliases`. */
  readonly environments: ReadonlySet<string>
  readonly homeAccountId: string
  readonly username?: string | undefined
}

/** Which users, as `Listing` has it. */
interface AdalListing extends Pick<AdalQuery, 'clientId' | 'environments'> {
  readonly environment?: string | undefined
  readonly filter?: AccountFilter | undefined
}

/**
 * The refresh token of a user, one for any resource before one for a single resource. Found by the home account ID; where
 * an entry does not say that, as those of ADAL v3, by object ID and user name together.
 */
export function findAdalRefreshToken(entries: readonly AdalEntry[], query: AdalQuery): string | undefined {
  let found: AdalFields | undefined
  for (const { fields } of entries) {
    if (fields.refreshToken === '' || !fields.isUsers || !isOfClient(fields, query) || !isOfUser(fields, query))
      continue
    if (found === undefined || (fields.isForAnyResource && !found.isForAnyResource)) found = fields
  }
  return found?.refreshToken
}

/** The users who have a refresh token, each once, but for those that `isListed` already. */
export function* listAdalUsers(
  entries: readonly AdalEntry[],
  listing: AdalListing,
  isListed: (homeAccountId: string) => boolean,
): Generator<AccountInfo> {
  const { username, tenantId, userFlow } = listing.filter ?? {}
  if (userFlow !== undefined) return
  const seen = new Set<string>()
  for (const { fields } of entries) {
    const { homeAccountId } = fields
    if (homeAccountId === '' || fields.refreshToken === '' || !fields.isUsers || !isOfClient(fields, listing)) continue
    if (username !== undefined && !sameName(fields.username, username)) continue
    if (tenantId !== undefined && !sameName(fields.tenantId, tenantId)) continue
    if (seen.has(homeAccountId) || isListed(homeAccountId)) continue
    seen.add(homeAccountId)
    yield describe(fields, listing.environment)
  }
}

/** The entries without those of a user of this client and cloud: by the home account ID, and by the user name. */
export function withoutAdalUser(entries: readonly AdalEntry[], query: AdalQuery): readonly AdalEntry[] {
  const { username = '' } = query
  const left = entries.filter(({ fields }) => {
    const isSameName = username !== '' && sameName(fields.username, username)
    return !(isOfClient(fields, query) && (isSameName || isOfUser(fields, query)))
  })
  return left.length === entries.length ? entries : left
}

/**
 * The entries with a new one in place of that for the same user, client and scopes. Entries for other resources stay, each:
 * MSAL.NET from 4.15 on folds them into one, and with it ADAL's access tokens are lost.
 */
export function withAdalTokens(entries: readonly AdalEntry[], tokens: AdalTokens): readonly AdalEntry[] {
  const written = adalEntryOf(buildAdalEntry(tokens))
  const { fields } = written
  const others = entries.filter(({ fields: other }) => {
    const isSameKey =
      other.authority === fields.authority &&
      sameName(other.resource, fields.resource) &&
      other.clientId === fields.clientId &&
      other.isUsers
    return !(isSameKey && other.uniqueId === fields.uniqueId && sameName(other.username, fields.username))
  })
  return [...others, written]
}

function isOfClient(fields: AdalFields, of: Pick<AdalQuery, 'clientId' | 'environments'>): boolean {
  return fields.clientId === of.clientId && of.environments.has(fields.host)
}

function isOfUser(fields: AdalFields, { homeAccountId, username = '' }: AdalQuery): boolean {
  const home = homeAccountId.toLowerCase()
  if (fields.homeAccountId !== '') return fields.homeAccountId === home
  return fields.uniqueId !== '' && fields.uniqueId === home.split('.')[0] && sameName(fields.username, username)
}

function describe(fields: AdalFields, environment: string | undefined): AccountInfo {
  return {
    homeAccountId: fields.homeAccountId,
    localAccountId: fields.uniqueId,
    environment: environment ?? fields.host,
    tenantId: fields.tenantId,
    username: fields.username,
    ...(fields.name !== '' && { name: fields.name }),
  }
}
