/** What a sign-in resolves with: the token, the account it belongs to, and the claims about the user. */

/** The payload of an ID token. Claims beyond the common ones are kept as they came. (OIDC Core § 2) */
export interface IdTokenClaims {
  iss?: string
  sub?: string
  aud?: string
  exp?: number
  nbf?: number
  iat?: number
  nonce?: string
  /** Object ID of the user in the tenant. */
  oid?: string
  /** Tenant ID. */
  tid?: string
  preferred_username?: string
  upn?: string
  email?: string
  name?: string
  given_name?: string
  family_name?: string
  [claim: string]: unknown
}

/** A user who has signed in. Plain data: it may be stored and passed back later. */
export interface AccountInfo {
  /** `<uid>.<utid>`; for AD FS the `sub` of the ID token. */
  homeAccountId: string
  /** Object ID of the user in the tenant that issued the token, else `sub`. */
  localAccountId: string
  /** Host of the cloud, for example `login.microsoftonline.com`. */
  environment: string
  /** Tenant that issued the token; empty for AD FS. */
  tenantId: string
  /** User principal name, or what the tenant uses in its place. */
  username: string
  /** Display name. */
  name?: string
  /** Claims of the cached ID token, decoded when first read. */
  idTokenClaims?: IdTokenClaims
}

/** What every `acquireToken…` method resolves with. */
export interface AuthenticationResult {
  accessToken: string
  tokenType: 'Bearer'
  /** When the token stops working. */
  expiresOn: Date
  /** Until when a resource may accept the token while the service is down. */
  extendedExpiresOn?: Date
  /** From when on the service would like it to be renewed. */
  refreshOn?: Date
  /** The scopes the service granted, which may be more or fewer than were asked for. */
  scopes: string[]
  account: AccountInfo
  /** The raw ID token. */
  idToken?: string
  idTokenClaims?: IdTokenClaims
  tenantId: string
  /** Object ID of the user, else `sub`. */
  uniqueId: string
  correlationId: string
  /** True when no token request was made for this call. */
  fromCache: boolean
  /** `Bearer <token>`, ready for the Authorization header. */
  authorizationHeader: string
}
