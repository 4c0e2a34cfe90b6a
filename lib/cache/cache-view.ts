/** Looking things up: what a flow can find in the cache for one client. All of it is synchronous and changes nothing. */
import type { AccountInfo } from '../request/result.js'
import { type AccountsQuery, accountOf, type Listing, listAccounts } from './accounts.js'
import { type CachedAccessToken, describeAccessToken } from './cached-access-token.js'
import type { AccessTokenItem, Item, RefreshTokenItem } from './item.js'
import { canonicalRealm, coversScopes } from './matching.js'
import { seconds, text } from './schema.js'
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

/** A refresh token of the cache. */
export interface CachedRefreshToken {
  readonly refreshToken: string
  /** The client that it was issued to; for a family token, whichever of its apps stored it last. */
  readonly clientId: string
  readonly familyId: string | undefined
}

/** No service issues tokens for longer; such a record is damaged. */
const LONGEST_LIFETIME_SECONDS = 3650 * 24 * 60 * 60

export class CacheView {
  readonly records: Records
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
    let best: AccessTokenItem | undefined
    let bestExpiry = -1
    for (const item of this.records.bucket(query.homeAccountId) ?? []) {
      if (item.section !== 'AccessToken' || !this.#isOwnIn(item, query)) continue
      const { scopes, expiresOn } = item
      if (item.secret === undefined || !coversScopes(scopes, query.scopes)) continue
      // Of two that expire together the one stored last: that is where other libraries add theirs.
      if (expiresOn < bestExpiry || expiresOn > now + LONGEST_LIFETIME_SECONDS) continue
      best = item
      bestExpiry = expiresOn
    }
    return best?.secret === undefined ? undefined : describeAccessToken(best, best.secret, now)
  }

  /**
   * The refresh token of this client: one of its own or, failing that, a family token that was issued to it. Of several
   * that other libraries left behind, the one stored last.
   */
  findRefreshToken(query: AccountQuery): CachedRefreshToken | undefined {
    return this.#newestRefreshToken(
      query,
      item => item.clientId === this.#clientName,
      item => item.familyId === '',
    )
  }

  /** The refresh token of the app family, whichever client stored it. */
  findFamilyRefreshToken(query: AccountQuery & { readonly familyId?: string }): CachedRefreshToken | undefined {
    return this.#newestRefreshToken(query, item => item.familyId === (query.familyId ?? '1'))
  }

  /** The raw ID token of this client. */
  findIdToken(query: TenantQuery): string | undefined {
    const bucket = this.records.bucket(query.homeAccountId)
    return bucket?.findLast(item => item.section === 'IdToken' && this.#isOwnIn(item, query))?.secret
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
    const usesFamily = () => {
      const metadata = this.findAppMetadata({ environments })
      // A client that nothing is known about may be a member: its first refresh will tell.
      return metadata === undefined || metadata.familyId !== undefined
    }
    return { environments, environment, filter, clientId: this.#clientName, usesFamily }
  }

  #isOwn(item: Item, { environments }: { readonly environments: ReadonlySet<string> }): boolean {
    return item.clientId === this.#clientName && environments.has(item.environment) && item.isPlain
  }

  #isOwnIn(item: Item, query: TenantQuery): boolean {
    const isInTenant = query.realms.some(realm => realm === item.realm || canonicalRealm(realm) === item.realm)
    return isInTenant && this.#isOwn(item, query)
  }

  #newestRefreshToken(
    query: AccountQuery,
    isWanted: (item: RefreshTokenItem) => boolean,
    isPreferred: (item: RefreshTokenItem) => boolean = () => true,
  ): CachedRefreshToken | undefined {
    const candidates: RefreshTokenItem[] = []
    for (const item of this.records.bucket(query.homeAccountId) ?? []) {
      if (item.section !== 'RefreshToken' || !item.isPlain || item.secret === undefined) continue
      if (query.environments.has(item.environment) && isWanted(item)) candidates.push(item)
    }
    const newest = newestOf(candidates.filter(isPreferred)) ?? newestOf(candidates)
    if (newest?.secret === undefined) return undefined
    return {
      refreshToken: newest.secret,
      clientId: text(newest.entity, 'client_id'),
      familyId: newest.familyId || undefined,
    }
  }
}

/** Of records without a time, which most libraries do not write, the last one: that is where libraries add. */
function newestOf(items: readonly RefreshTokenItem[]): RefreshTokenItem | undefined {
  let newest: RefreshTokenItem | undefined
  for (const item of items) if (newest === undefined || savedOn(item) >= savedOn(newest)) newest = item
  return newest
}

function savedOn({ entity }: Item): number {
  return seconds(entity, 'last_modification_time') ?? 0
}
