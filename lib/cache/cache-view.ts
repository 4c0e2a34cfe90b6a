/** Looking things up: what a flow can find in the cache for one client. All of it is synchronous and changes nothing. */
import type { AccountInfo } from '../request/result.js'
import { type AccountsQuery, accountOf, describeAccount, type Listing, listAccounts } from './accounts.js'
import { findAdalRefreshToken, listAdalUsers } from './adal-users.js'
import { type CachedAccessToken, describeAccessToken } from './cached-access-token.js'
import type { AccessTokenItem, AccountItem, Item, RefreshTokenItem } from './item.js'
import { canonicalRealm, coversScopes } from './matching.js'
import { seconds, text } from './schema.js'
import type { Records } from './snapshot.js'
import { findTenantId } from './tenant-domains.js'

/** Whose record. */
export interface AccountQuery {
  readonly homeAccountId: string
  /** Every host name of one cloud, as in `Cloud.aliases`. */
  readonly environments: ReadonlySet<string>
}

/** Tokens for what. */
export interface TokensQuery extends AccountQuery {
  /** Every name the tenant goes by: its ID and, where known, its domain. For AD FS `['', 'adfs']`. */
  readonly realms: readonly string[]
  /** Scopes that the token must have. Reserved ones (openid, profile, email, offline_access) are not looked at. */
  readonly scopes: readonly string[]
}

/** An access token and what belongs to it. */
export interface CachedTokens {
  readonly token: CachedAccessToken
  readonly idToken: string | undefined
  /** Undefined when there is a token of the user but no record of him. */
  readonly account: AccountInfo | undefined
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

  /**
   * What there is for a request: the access token with these scopes or more that lives longest, whether it has expired or
   * not, and what belongs to it. Looks at each record of the user once, since with many users that is what takes the time.
   */
  findTokens(query: TokensQuery): CachedTokens | undefined {
    const { environments } = query
    const now = this.#now() / 1000
    const bucket = this.records.bucket(query.homeAccountId) ?? []
    let token: AccessTokenItem | undefined
    let idToken: string | undefined
    let account: AccountItem | undefined
    for (const item of bucket) {
      if (!item.isPlain || !environments.has(item.names.environment)) continue
      switch (item.section) {
        case 'AccessToken':
          if (this.#isOwnIn(item, query) && coversScopes(item.scopes, query.scopes)) {
            // Of two that expire together the one stored last: that is where other libraries add theirs.
            const isBetter = item.expiresOn >= (token?.expiresOn ?? 0)
            if (isBetter && item.expiresOn <= now + LONGEST_LIFETIME_SECONDS && item.secret !== undefined) token = item
          }
          break
        case 'IdToken':
          if (this.#isOwnIn(item, query)) idToken = item.secret
          break
        case 'Account':
          if (account === undefined || item.isHome) account = item
      }
    }
    if (token?.secret === undefined) return undefined
    return {
      token: describeAccessToken(token, token.secret, now),
      idToken,
      account:
        account &&
        describeAccount(account, bucket, { environments, environment: undefined, clientId: this.#clientName }),
    }
  }

  /**
   * The refresh token of this client: one of its own or, failing that, a family token that was issued to it. Of several
   * that other libraries left behind, the one stored last.
   */
  findRefreshToken(query: AccountQuery): CachedRefreshToken | undefined {
    return this.#newestRefreshToken(
      query,
      item => item.names.clientId === this.#clientName,
      item => item.familyId === '',
    )
  }

  /** The refresh token of the app family, whichever client stored it. */
  findFamilyRefreshToken(query: AccountQuery & { readonly familyId?: string }): CachedRefreshToken | undefined {
    return this.#newestRefreshToken(query, item => item.familyId === (query.familyId ?? '1'))
  }

  /** The refresh token that the client has of a user in an ADAL v3 cache. Good at the same endpoint, for any scopes. */
  findAdalRefreshToken(query: AccountQuery & { readonly username?: string | undefined }): string | undefined {
    const { adal } = this.records
    return adal.length === 0 ? undefined : findAdalRefreshToken(adal, { ...query, clientId: this.#clientName })
  }

  /** What is known about this client: in which family it is. Undefined when nothing is known, families included. */
  findAppMetadata(query: { readonly environments: ReadonlySet<string> }): { readonly familyId?: string } | undefined {
    const found = this.records.appMetadata.findLast(
      ({ names }) => names.clientId === this.#clientName && query.environments.has(names.environment),
    )
    if (found === undefined) return undefined
    const familyId = text(found.entity, 'family_id')
    return familyId === '' ? {} : { familyId }
  }

  /** The ID of the tenant that has a domain, in lower case, as an earlier answer told; `environment` is `Cloud.preferredCache`. */
  findTenantId(environment: string, domain: string): string | undefined {
    return findTenantId(this.records.unknownSections, environment, domain)
  }

  /** Every user once whom this client has, or had, a token of; in no particular order. */
  accounts(query: AccountsQuery): AccountInfo[] {
    return listAccounts(this.records, this.#listing(query))
  }

  /** One account; like {@link accounts} for one user, without looking at the others. */
  account(query: AccountQuery & AccountsQuery): AccountInfo | undefined {
    const bucket = this.records.bucket(query.homeAccountId)
    const listing = this.#listing(query)
    const account = bucket && accountOf(bucket, listing)
    if (account !== undefined || this.records.adal.length === 0) return account
    const home = query.homeAccountId.toLowerCase()
    const [fromAdal] = listAdalUsers(this.records.adal, listing, other => other !== home)
    return fromAdal
  }

  #listing({ environments, environment, filter }: AccountsQuery): Listing {
    const usesFamily = () => {
      const metadata = this.findAppMetadata({ environments })
      // A client that nothing is known about may be a member: its first refresh will tell.
      return metadata === undefined || metadata.familyId !== undefined
    }
    return { environments, environment, filter, clientId: this.#clientName, usesFamily }
  }

  #isOwnIn({ names }: Item, { realms }: TokensQuery): boolean {
    if (names.clientId !== this.#clientName) return false
    for (const realm of realms) if (realm === names.realm || canonicalRealm(realm) === names.realm) return true
    return false
  }

  #newestRefreshToken(
    query: AccountQuery,
    isWanted: (item: RefreshTokenItem) => boolean,
    isPreferred: (item: RefreshTokenItem) => boolean = () => true,
  ): CachedRefreshToken | undefined {
    const candidates: RefreshTokenItem[] = []
    for (const item of this.records.bucket(query.homeAccountId) ?? []) {
      if (item.section !== 'RefreshToken' || !item.isPlain || item.secret === undefined) continue
      if (query.environments.has(item.names.environment) && isWanted(item)) candidates.push(item)
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
