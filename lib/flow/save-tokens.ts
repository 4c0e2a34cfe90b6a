/** Accepts a token answer: holds it against what was asked for, then files it in the cache. */
import { type Authority, hasTenants, realmsOf } from '../authority/authority.js'
import type { Target } from '../authority/request-authority.js'
import type { CacheEdit } from '../cache/cache-edit.js'
import type { CacheView } from '../cache/cache-view.js'
import { ClientError } from '../errors.js'
import type { AccountInfo } from '../request/result.js'
import { homeAccountIdOf } from '../token/client-info.js'
import { checkIdToken } from '../token/id-token.js'
import type { TokenResponse } from '../token/token-response.js'
import type { FlowContext } from './flow-context.js'
import { signedInAccount } from './signed-in-account.js'

/** An answer and what it answers. */
export interface AnsweredRequest {
  readonly target: Target
  readonly tokens: TokenResponse
  readonly request: { readonly scopes: readonly string[]; readonly correlationId: string }
  /** Whose tokens were asked for; `undefined` when anybody could sign in. */
  readonly account: AccountInfo | undefined
  readonly nonce?: string | undefined
}

/**
 * Checks that the answer is for this application and this user. Only then may anything in it be kept or handed out.
 *
 * @throws {ClientError} invalid_audience, invalid_issuer, nonce_mismatch – the ID token was not issued for this request.
 * @throws {ClientError} user_mismatch – the answer is about somebody else.
 */
export function checkTokens(
  context: Pick<FlowContext, 'clientId' | 'clock' | 'logger'>,
  answered: AnsweredRequest,
): void {
  const { target, tokens, request, account, nonce } = answered
  const { clientId, clock, logger } = context
  const { correlationId } = request
  const { idTokenClaims } = tokens
  if (idTokenClaims !== undefined) {
    const { authority, cloud } = target
    checkIdToken(idTokenClaims, {
      clientId,
      authority,
      cloud,
      issuer: target.issuer,
      nonce,
      nowMs: clock.now(),
      correlationId,
      logger,
    })
  }
  if (account !== undefined && isAboutSomebodyElse(tokens, account)) {
    throw new ClientError('user_mismatch', undefined, { correlationId })
  }
}

/** By client_info; where the answer has none, by the ID token, as far as the account can be told from its claims. */
function isAboutSomebodyElse({ clientInfo, idTokenClaims }: TokenResponse, account: AccountInfo): boolean {
  const homeAccountId = account.homeAccountId.toLowerCase()
  if (clientInfo !== undefined) return userOf(homeAccountIdOf(clientInfo).toLowerCase()) !== userOf(homeAccountId)
  const { oid, tid, sub } = idTokenClaims ?? {}
  const [uid = '', homeTenant] = homeAccountId.split('.')
  if (homeTenant === undefined) return sub !== undefined && sub.toLowerCase() !== homeAccountId
  if (oid === undefined || tid === undefined) return false
  // B2C puts the user flow behind the object ID.
  if (tid.toLowerCase() === homeTenant) return !uid.startsWith(oid.toLowerCase())
  const isGuestThere = tid.toLowerCase() === account.tenantId?.toLowerCase()
  return isGuestThere && oid.toLowerCase() !== account.localAccountId?.toLowerCase()
}

/** B2C puts the user flow behind the object ID: the user of another flow, say to edit the profile, is the same user. */
function userOf(homeAccountId: string): string {
  return homeAccountId.replace(/-b2c_1a?_[\w-]+(?=\.|$)/, '')
}

/** How an answer is saved. */
export interface SaveOptions {
  /** Ends the wait for the cache's lock. */
  readonly signal: AbortSignal | undefined
  /** Asked when the turn to be saved has come; for a renewal. Default: it is, since somebody has just signed in. */
  readonly isStillWanted?: (view: CacheView) => boolean
}

/**
 * Saves an answer that {@link checkTokens} has let pass, if it is still wanted when its turn to be saved has come.
 *
 * @throws {ClientError} invalid_token_response – it does not say who signed in; nothing is saved.
 * @throws {ClientError} cache_write_failed, cache_lock_timeout, cache_read_failed, secret_store_locked,
 *   secret_store_unavailable – saved in memory only.
 * @throws the signal's reason when it fires – saved in memory only.
 */
export async function saveTokens(
  context: FlowContext,
  answered: AnsweredRequest,
  { signal, isStillWanted }: SaveOptions,
): Promise<void> {
  const { target, tokens, request } = answered
  const claims = tokens.idTokenClaims
  const account = signedInAccount(target, tokens, answered.account, request.correlationId)
  const { tenant } = target.authority
  const tenantDomain = tenant.includes('.') && account.tenantId === claims?.tid ? tenant : undefined
  const save = (edit: CacheEdit): void => {
    if (isStillWanted?.(edit) === false) return
    edit.saveTokens({
      homeAccountId: account.homeAccountId,
      environment: target.cloud.preferredCache,
      environments: target.cloud.aliases,
      realm: account.tenantId,
      realmAliases: otherRealms(target.authority),
      tenantDomain,
      clientInfo: tokens.clientInfo?.raw,
      scopes: tokens.scopes ?? request.scopes,
      accessToken: tokens.accessToken,
      cachedAt: tokens.receivedOn,
      expiresOn: tokens.expiresOn,
      extendedExpiresOn: tokens.extendedExpiresOn,
      refreshOn: tokens.refreshOn,
      refreshToken: tokens.refreshToken,
      refreshTokenExpiresOn: tokens.refreshTokenExpiresOn,
      familyId: tokens.familyId,
      idToken: tokens.idToken,
      account: {
        username: account.username,
        localAccountId: account.localAccountId,
        name: account.name,
        givenName: claims?.given_name,
        familyName: claims?.family_name,
        authorityType: target.authority.kind === 'adfs' ? 'ADFS' : 'MSSTS',
      },
      adalAuthority:
        target.authority.kind === 'aad' ? `https://${target.cloud.preferredCache}/${account.tenantId}/` : undefined,
    })
  }
  const { homeAccountId } = answered.account ?? {}
  const isNewSignIn = isStillWanted === undefined
  await context.cache.update(save, { account, homeAccountId, request, signal, isNewSignIn })
}

/** Under which names another MSAL may have filed the tokens that these replace. */
function otherRealms(authority: Authority): readonly string[] | undefined {
  if (!hasTenants(authority)) return realmsOf(authority)
  // MSAL.NET files tokens under the tenant as the authority spells it.
  return authority.tenant.includes('.') ? [authority.tenant] : undefined
}
