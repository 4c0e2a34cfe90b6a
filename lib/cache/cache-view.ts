/** Looking things up: what a flow can find in the cache for one client. All of it is synchronous and changes nothing. */
import type { AccountInfo } from '../request/result.js'
import { type AccountsQuery, accountOf, type Listing, listAccounts } from './accounts.js'
import type { Item } from './item.js'
import { canonicalRealm, coversScopes, resourceScopes } from './matching.js'
import { type Entity, realmOf, seconds, text } from './schema.js'
import type { Records } from './snapshot.js'

/** Whose record. */
export interface AccountQuery {
  readonly homeAccountId: string
  /** Every host name of one cloud, as in `Cloud.aliases`. */
  readonly environments: ReadonlySet<string>
}

/** Whose record, in which tenant. */
export interface TenantQuery extends AccountQuery {
  /** Every name the tenant goes by: its ID and, where known, its domain. For AD FS `['', 'adfs']`. */
  readonly realms: readonly string[]
}

export interface AccessTokenQuery extends TenantQuery {
  /** Scopes that the token must have. Reserved ones (openid, profile, email, offline_access) are not looked at. */
  readonly scopes: readonly string[]
}

/** An access token of the cache. */
export interface CachedAccessToken {
  readonly accessToken: string
  /** All scopes that were granted. */
  readonly scopes: string[]
  /** Tenant as stored: an ID or, from another library, a name. Empty for AD FS. */
  readonly realm: string
  readonly expiresOn: Date
  readonly extendedExpiresOn: Date | undefined
  readonly refreshOn: Date | undefined
  readonly cachedAt: Date | undefined
  /**
   * `valid`: works for more than five minutes. `extended`: expired, but a resource may still accept it for more than five
   * minutes, should the service be down. `expired`: neither.
   */
  readonly lifetime: 'valid' | 'extended' | 'expired'
}

/** A refresh token of the cache. */
export interface CachedRefreshToken {
  readonly refreshToken: string
  /** The client that it was issued to; for a family token, whichever of its apps stored it last. */
  readonly clientId: string
  readonly familyId: string | undefined
}

/** A token with less time than this left may expire on its way. */
const EXPIRY_BUFFER_SECONDS = 300
/** No service issues tokens for longer; such a record is damaged. */
const LONGEST_LIFETIME_SECONDS = 3650 * 24 * 60 * 60

export class CacheView {
  protected readonly records: Records
  /** In the spelling of the application, which is the one that is written. */
  protected readonly clientId: string
  readonly #clientName: string
  readonly #now: () => number

  /** `now` in milliseconds since 1970. */
  constructor(records: Records, clientId: string, now: () => number) {
    this.records = records
    this.clientId = clientId
    this.#clientName = clientId.toLowerCase()
    this.#now = now
  }

  /** The access token with these scopes or more that lives longest, whether it has expired or not. */
  findAccessToken(query: AccessTokenQuery): CachedAccessToken | undefined {
    const now = this.#now() / 1000
    const requested = resourceScopes(query.scopes)
    let best: Entity | undefined
    let bestExpiry = -1
    const realms = query.realms.map(canonicalRealm)
    for (const item of this.records.bucket(query.homeAccountId)?.AccessToken ?? []) {
      if (!this.#isOwn(item, query) || !realms.includes(item.realm)) continue
      const { entity } = item
      if (text(entity, 'secret') === '' || !coversScopes(text(entity, 'target'), requested)) continue
      const expiry = seconds(entity, 'expires_on') ?? 0
      if (expiry <= bestExpiry || expiry > now + LONGEST_LIFETIME_SECONDS) continue
      best = entity
      bestExpiry = expiry
    }
    return best && describeAccessToken(best, now)
  }

  /**
   * The refresh token of this client: one of its own or, failing that, a family token that was issued to it. Of several
   * that other libraries left behind, the one stored last.
   */
  findRefreshToken(query: AccountQuery): CachedRefreshToken | undefined {
    return this.#newestRefreshToken(
      query,
      item => item.clientId === this.#clientName,
      item => text(item.entity, 'family_id') === '',
    )
  }

  /** The refresh token of the app family, whichever client stored it. */
  findFamilyRefreshToken(query: AccountQuery & { readonly familyId?: string }): CachedRefreshToken | undefined {
    return this.#newestRefreshToken(query, item => text(item.entity, 'family_id') === (query.familyId ?? '1'))
  }

  /** The raw ID token of this client. */
  findIdToken(query: TenantQuery): string | undefined {
    const realms = query.realms.map(canonicalRealm)
    const items = this.records.bucket(query.homeAccountId)?.IdToken
    const found = items?.findLast(item => this.#isOwn(item, query) && realms.includes(item.realm))
    return found && (text(found.entity, 'secret') || undefined)
  }

  /** What is known about this client: in which family it is. Undefined when nothing is known, families included. */
  findAppMetadata(query: { readonly environments: ReadonlySet<string> }): { readonly familyId?: string } | undefined {
    const found = this.records.appMetadata.findLast(item => this.#isOwn(item, query))
    if (found === undefined) return undefined
    const familyId = text(found.entity, 'family_id')
    return familyId === '' ? {} : { familyId }
  }

  /** Every user once whom this client has, or had, a token of; in no particular order. */
  accounts(query: AccountsQuery): AccountInfo[] {
    return listAccounts(this.records, this.#listing(query))
  }

  /** One account; like {@link accounts} for one user, without looking at the others. */
  account(query: AccountQuery & AccountsQuery): AccountInfo | undefined {
    const bucket = this.records.bucket(query.homeAccountId)
    return bucket && accountOf(bucket, this.#listing(query))
  }

  #listing({ environments, environment, filter }: AccountsQuery): Listing {
    const metadata = this.findAppMetadata({ environments })
    // A client that nothing is known about may be a member: its first refresh will tell.
    const usesFamily = metadata === undefined || metadata.familyId !== undefined
    return { environments, environment, filter, clientId: this.#clientName, usesFamily }
  }

  #isOwn(item: Item, { environments }: { readonly environments: ReadonlySet<string> }): boolean {
    return item.clientId === this.#clientName && environments.has(item.environment) && item.isPlain
  }

  #newestRefreshToken(
    query: AccountQuery,
    isWanted: (item: Item) => boolean,
    isPreferred: (item: Item) => boolean = () => true,
  ): CachedRefreshToken | undefined {
    const candidates = this.records
      .bucket(query.homeAccountId)
      ?.RefreshToken.filter(
        item =>
          query.environments.has(item.environment) &&
          isWanted(item) &&
          item.isPlain &&
          text(item.entity, 'secret') !== '',
      )
    if (candidates === undefined) return undefined
    const newest = newestOf(candidates.filter(isPreferred)) ?? newestOf(candidates)
    if (newest === undefined) return undefined
    return {
      refreshToken: text(newest, 'secret'),
      clientId: text(newest, 'client_id'),
      familyId: text(newest, 'family_id') || undefined,
    }
  }
}

/** Of records without a time, which most libraries do not write, the last one: that is where libraries add. */
function newestOf(items: readonly Item[]): Entity | undefined {
  let newest: Entity | undefined
  for (const { entity } of items) {
    const isOlder =
      newest !== undefined &&
      (seconds(entity, 'last_modification_time') ?? 0) < (seconds(newest, 'last_modification_time') ?? 0)
    if (!isOlder) newest = entity
  }
  return newest
}

function describeAccessToken(entity: Entity, now: number): CachedAccessToken {
  const expiresOn = seconds(entity, 'expires_on') ?? 0
  const extendedExpiresOn = seconds(entity, 'extended_expires_on') ?? seconds(entity, 'ext_expires_on')
  const limit = now + EXPIRY_BUFFER_SECONDS
  const isExtended = extendedExpiresOn !== undefined && extendedExpiresOn > limit
  return {
    accessToken: text(entity, 'secret'),
    scopes: text(entity, 'target').split(' ').filter(Boolean),
    realm: realmOf(entity),
    expiresOn: toDate(expiresOn),
    extendedExpiresOn: extendedExpiresOn === undefined ? undefined : toDate(extendedExpiresOn),
    refreshOn: optionalDate(seconds(entity, 'refresh_on')),
    cachedAt: optionalDate(seconds(entity, 'cached_at')),
    lifetime: expiresOn > limit ? 'valid' : isExtended ? 'extended' : 'expired',
  }
}

function toDate(unixSeconds: number): Date {
  return new Date(unixSeconds * 1000)
}

function optionalDate(unixSeconds: number | undefined): Date | undefined {
  return unixSeconds === undefined ? undefined : toDate(unixSeconds)
}
