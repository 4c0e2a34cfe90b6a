/** What a flow hands to the cache after a token request, and the records that become of it. */
import type { Entity, Written } from './schema.js'

/** The user that tokens belong to. */
export interface AccountToSave {
  /** Object ID of the user in the tenant, else `sub`. */
  readonly localAccountId: string
  readonly username: string
  readonly name?: string | undefined
  readonly givenName?: string | undefined
  readonly familyName?: string | undefined
  readonly authorityType: 'MSSTS' | 'ADFS'
  /** How the user signed in, as MSAL Python names it: the grant type. */
  readonly source?: string | undefined
}

/** The result of one token request. */
export interface TokensToSave {
  /** `<uid>.<utid>` of the client info; for AD FS the `sub` of the ID token. */
  readonly homeAccountId: string
  /** The host that the cloud is stored under (`preferred_cache`); of an unknown host the host, with its port if not 443. */
  readonly environment: string
  /** Every host name of the cloud, as in `Cloud.aliases`. */
  readonly environments: ReadonlySet<string>
  /** Tenant ID of the token; empty for AD FS. */
  readonly realm: string
  /** Further names of the tenant, under which another library may have stored it. For AD FS `['adfs']`. */
  readonly realmAliases?: readonly string[] | undefined
  /** The domain by which the authority named the tenant, in lower case, where the answer told the ID. It is remembered. */
  readonly tenantDomain?: string | undefined
  /** `client_info` of the answer, as it came. */
  readonly clientInfo?: string | undefined
  /** Scopes that the service granted, in its spelling. */
  readonly scopes: readonly string[]
  readonly accessToken: string
  readonly cachedAt: Date
  readonly expiresOn: Date
  readonly extendedExpiresOn?: Date | undefined
  readonly refreshOn?: Date | undefined
  /** Left out, the one in the cache stays. */
  readonly refreshToken?: string | undefined
  /** When the refresh token ends, where the service says so. */
  readonly refreshTokenExpiresOn?: Date | undefined
  /** `foci` of the answer: the app family that the refresh token serves. */
  readonly familyId?: string | undefined
  /** Left out, the one in the cache stays. */
  readonly idToken?: string | undefined
  readonly account: AccountToSave
  /** Where ADAL v3 would look for the refresh token: `https://<preferred_cache>/<tenant>/`. Only for Entra ID. */
  readonly adalAuthority?: string | undefined
}

/** The record of the access token. */
export function buildAccessToken(tokens: TokensToSave, clientId: string): Written<'AccessToken'> & Entity {
  const expiresOn = unixSeconds(tokens.expiresOn)
  const extendedExpiresOn = tokens.extendedExpiresOn === undefined ? expiresOn : unixSeconds(tokens.extendedExpiresOn)
  return {
    ...present({
      ...credential(tokens, clientId, 'AccessToken', tokens.accessToken),
      realm: tokens.realm,
      token_type: 'Bearer',
      cached_at: unixSeconds(tokens.cachedAt),
      expires_on: expiresOn,
      extended_expires_on: extendedExpiresOn,
      ext_expires_on: extendedExpiresOn,
      refresh_on: tokens.refreshOn && unixSeconds(tokens.refreshOn),
    }),
    // In MSAL.NET's order, so that both give the record the same key. Even when empty: msal-node does not take a record
    // without it for an access token.
    target: [...tokens.scopes].sort(ignoringCase).join(' '),
  }
}

/** The record of the refresh token. */
export function buildRefreshToken(
  tokens: TokensToSave,
  clientId: string,
  refreshToken: string,
): Written<'RefreshToken'> & Entity {
  return present({
    ...credential(tokens, clientId, 'RefreshToken', refreshToken),
    family_id: tokens.familyId,
    expires_on: tokens.refreshTokenExpiresOn && unixSeconds(tokens.refreshTokenExpiresOn),
  })
}

/** The record of the ID token. */
export function buildIdToken(tokens: TokensToSave, clientId: string, idToken: string): Written<'IdToken'> & Entity {
  return present({ ...credential(tokens, clientId, 'IdToken', idToken), realm: tokens.realm })
}

/** The record of the user. */
export function buildAccount(tokens: TokensToSave): Written<'Account'> & Entity {
  const { account } = tokens
  return {
    ...present({
      ...owner(tokens),
      realm: tokens.realm,
      local_account_id: account.localAccountId,
      name: account.name,
      given_name: account.givenName,
      family_name: account.familyName,
      authority_type: account.authorityType,
      account_source: account.source,
    }),
    // Even when empty: other libraries do not accept a user without one.
    username: account.username,
  }
}

/** The record of the client. */
export function buildAppMetadata(tokens: TokensToSave, clientId: string): Written<'AppMetadata'> & Entity {
  return present({ environment: tokens.environment, client_id: clientId, family_id: tokens.familyId })
}

function owner(tokens: TokensToSave) {
  return {
    home_account_id: tokens.homeAccountId,
    environment: tokens.environment,
    client_info: tokens.clientInfo,
  }
}

function credential(tokens: TokensToSave, clientId: string, type: string, secret: string) {
  return { ...owner(tokens), client_id: clientId, secret, credential_type: type }
}

/** Leaves out what is not known: a null or an empty text is a value to some readers. */
function present(fields: { readonly [field: string]: string | undefined }): { readonly [field: string]: string } {
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => Boolean(field[1])))
}

function unixSeconds(date: Date): string {
  return String(Math.floor(date.getTime() / 1000))
}

function ignoringCase(a: string, b: string): number {
  const [upperA, upperB] = [a.toUpperCase(), b.toUpperCase()]
  return upperA < upperB ? -1 : upperA > upperB ? 1 : 0
}
