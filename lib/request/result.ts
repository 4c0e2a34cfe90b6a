/** What a sign-in resolves with: the token, the account it belongs to, and the claims about the user. */

/** The payload of an ID token. Claims beyond the common ones are kept as they came. (OIDC Core § 2) */
export interface IdTokenClaims {
  /** Issuer. */
  iss?: string
  /** The user, as this application knows them; another value in another application. */
  sub?: string
  /** The client ID that it is for. */
  aud?: string
  /** When it expires, in seconds since 1970. */
  exp?: number
  /** From when on it is valid, in seconds since 1970. */
  nbf?: number
  /** When it was issued, in seconds since 1970. */
  iat?: number
  /** The nonce of the request. */
  nonce?: string
  /** Object ID of the user in the tenant. */
  oid?: string
  /** Tenant ID. */
  tid?: string
  /** What the user is called at the sign-in; it can change. */
  preferred_username?: string
  /** User principal name. */
  upn?: string
  /** Address for mail, not verified. */
  email?: string
  /** Display name. */
  name?: string
  /** First name. */
  given_name?: string
  /** Last name. */
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
  /** For the Authorization header of the API; opaque to the application. */
  accessToken: string
  /** How the API wants the token. (RFC 6750) */
  tokenType: 'Bearer'
  /** When the token stops working. */
  expiresOn: Date
  /** Until when a resource may accept the token while the service is down. */
  extendedExpiresOn?: Date
  /** From when on the service would like it to be renewed. */
  refreshOn?: Date
  /** The scopes the service granted, which may be more or fewer than were asked for. */
  scopes: string[]
  /** Whose token it is. Pass it to `acquireTokenSilent` next time. */
  account: AccountInfo
  /** The raw ID token. */
  idToken?: string
  /** The payload of the ID token. */
  idTokenClaims?: IdTokenClaims
  /** Tenant that issued the token; empty for AD FS. */
  tenantId: string
  /** Object ID of the user, else `sub`. */
  uniqueId: string
  /** Id of the request, which Microsoft's support asks for. */
  correlationId: string
  /** True when no token request was made for this call. */
  fromCache: boolean
  /** `Bearer <token>`, ready for the Authorization header. */
  authorizationHeader: string
}
