/** Changing the cache for one client: saving what a token request brought, and signing a user out. */
import { withAdalTokens, withoutAdalUser } from './adal-users.js'
import { type AccountQuery, CacheView } from './cache-view.js'
import { type Item, itemOf } from './item.js'
import { canonicalRealm, overlapsScopes, resourceScopes, sameName } from './matching.js'
import { type Entity, type Section, text, unknownFields } from './schema.js'
import type { Draft } from './snapshot.js'
import { withTenantId } from './tenant-domains.js'
import {
  buildAccessToken,
  buildAccount,
  buildAppMetadata,
  buildIdToken,
  buildRefreshToken,
  type TokensToSave,
} from './tokens-to-save.js'

type Predicate = (item: Item) => boolean

/** A view that can change what it shows. The changes reach the cache all together or not at all. */
export class CacheEdit extends CacheView {
  readonly #draft: Draft
  readonly #keepsAdal: boolean

  /** `now` in milliseconds since 1970; `keepsAdal` where somebody reads what is written for ADAL. */
  constructor(draft: Draft, clientId: string, now: () => number, keepsAdal = false) {
    super(draft, clientId, now)
    this.#draft = draft
    this.#keepsAdal = keepsAdal
  }

  /**
   * Saves the result of a token request. Whatever record of the same credential another library has stored, under
   * whatever key and alias of the environment, gives way to it and hands over the fields that are not ours.
   */
  saveTokens(tokens: TokensToSave): void {
    const clientId = this.clientId
    const clientName = clientId.toLowerCase()
    const realms = [tokens.realm, ...(tokens.realmAliases ?? [])].map(canonicalRealm)
    const inCloud: Predicate = item => tokens.environments.has(item.names.environment)
    const inTenant: Predicate = item => inCloud(item) && realms.includes(item.names.realm)
    const isOwn: Predicate = item => item.isPlain && inTenant(item) && item.names.clientId === clientName

    let bucket = this.#draft.bucket(tokens.homeAccountId) ?? []
    // The reserved scopes do not count: a service that echoes them in every answer would let each resource evict the others.
    const scopes = resourceScopes(tokens.scopes)
    bucket = withRecord(bucket, 'AccessToken', buildAccessToken(tokens, clientId), item => {
      return item.section === 'AccessToken' && isOwn(item) && overlapsScopes(item.scopes, scopes)
    })
    if (tokens.idToken !== undefined) {
      bucket = withRecord(bucket, 'IdToken', buildIdToken(tokens, clientId, tokens.idToken), isOwn)
    }
    if (tokens.refreshToken !== undefined) {
      const familyId = tokens.familyId ?? ''
      bucket = withRecord(bucket, 'RefreshToken', buildRefreshToken(tokens, clientId, tokens.refreshToken), item => {
        const isOfKind = item.section === 'RefreshToken' && item.familyId === familyId
        return isOfKind && inCloud(item) && item.isPlain && (familyId !== '' || item.names.clientId === clientName)
      })
      // Only an answer with a refresh token says whether the client is in a family. One entry only, whatever alias it was
      // under: msal-node refuses a cache with two.
      this.#draft.appMetadata = withRecord(
        this.#draft.appMetadata,
        'AppMetadata',
        buildAppMetadata(tokens, clientId),
        item => inCloud(item) && item.names.clientId === clientName,
      )
    }
    bucket = withRecord(bucket, 'Account', buildAccount(tokens), inTenant)
    this.#draft.setBucket(tokens.homeAccountId, bucket)
    this.#saveForAdal(tokens)
    const { environment, realm, tenantDomain } = tokens
    if (tenantDomain !== undefined) {
      this.#draft.unknownSections = withTenantId(this.#draft.unknownSections, environment, tenantDomain, realm)
    }
  }

  /** A copy of the refresh token where ADAL v3 finds it. ADAL knows neither families nor users without a client info. */
  #saveForAdal({ adalAuthority, refreshToken, clientInfo, familyId, scopes, account }: TokensToSave): void {
    if (!this.#keepsAdal || adalAuthority === undefined || familyId !== undefined) return
    if (refreshToken === undefined || clientInfo === undefined) return
    this.#draft.adal = withAdalTokens(this.#draft.adal, {
      authority: adalAuthority,
      scopes,
      clientId: this.clientId,
      uniqueId: account.localAccountId,
      username: account.username,
      clientInfo,
      refreshToken,
    })
  }

  /**
   * Signs a user out of this client: removes its tokens of the user in the cloud. A family refresh token signs a user in to
   * all apps of the family, so where there is one the tokens of all apps go. The account itself goes unless another client
   * still has tokens of it. Of an ADAL v3 cache the client's entries of the user go.
   *
   * @see MSAL.NET's RemoveAccount, which draws the same line at the family refresh token.
   */
  removeAccount(query: AccountQuery & { readonly username?: string | undefined }): void {
    this.#draft.adal = withoutAdalUser(this.#draft.adal, { ...query, clientId: this.clientId.toLowerCase() })
    const bucket = this.#draft.bucket(query.homeAccountId)
    if (bucket === undefined) return
    const clientName = this.clientId.toLowerCase()
    const inCloud: Predicate = item => query.environments.has(item.names.environment)
    const isFamily: Predicate = item => item.section === 'RefreshToken' && item.familyId !== ''
    const signsInFamily = bucket.some(item => inCloud(item) && isFamily(item))
    const goes: Predicate = item =>
      item.section !== 'Account' && inCloud(item) && (signsInFamily || item.names.clientId === clientName)
    let left = bucket.filter(item => !goes(item))
    const isStillUsed = left.some(item => item.section !== 'Account' && inCloud(item))
    if (!isStillUsed) left = left.filter(item => !inCloud(item))
    if (left.length < bucket.length) this.#draft.setBucket(query.homeAccountId, left)
  }
}

/** The items with the new record in place of all that denote the same; it takes over what they had besides our fields. */
function withRecord(items: readonly Item[], section: Section, written: Entity, isSame: Predicate): Item[] {
  const kept: Item[] = []
  let previous: Entity | undefined
  for (const item of items) {
    if (item.section !== section || !isSame(item)) kept.push(item)
    // Of the access tokens that give way only the one for the very same scopes is the predecessor.
    else if (section !== 'AccessToken' || sameName(text(item.entity, 'target'), text(written, 'target'))) {
      previous = item.entity
    }
  }
  // A user keeps what an earlier sign-in told about him; a token's own fields end with the token.
  const inherited = previous && (section === 'Account' ? previous : unknownFields(section, previous))
  const entity: Entity = { ...inherited, ...written }
  return [...kept, itemOf(section, entity)]
}
