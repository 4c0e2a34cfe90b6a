/** The shapes of @azure/core-auth, written out so that these types need no package of Azure's. */
import type { InteractionRequiredError } from '../errors.js'
import type { SilentRequest } from '../request/requests.js'
import type { AccountInfo, AuthenticationResult } from '../request/result.js'

/** What the Azure SDKs want to know of a token. Times are milliseconds since 1970. */
export interface AccessToken {
  token: string
  expiresOnTimestamp: number
  /** From when on a new token should be asked for, though this one still works. */
  refreshAfterTimestamp?: number
  tokenType?: 'Bearer'
}

/** Older than AbortSignal: it has no reason and cannot throw. */
export interface AbortSignalLike {
  /** As AbortSignal has it. */
  readonly aborted: boolean
  /** As AbortSignal has it. */
  addEventListener(type: 'abort', listener: (this: AbortSignalLike, event: unknown) => unknown): void
  /** As AbortSignal has it. */
  removeEventListener(type: 'abort', listener: (this: AbortSignalLike, event: unknown) => unknown): void
}

/** What the SDKs pass along with a request for a token. */
export interface GetTokenOptions {
  abortSignal?: AbortSignalLike
  /** Of these only the time limit is used, in milliseconds. */
  requestOptions?: { timeout?: number }
  tracingOptions?: object
  /** Claims of a challenge, as JSON text. */
  claims?: string
  /** Say that the caller answers claims challenges (capability `cp1`). */
  enableCae?: boolean
  tenantId?: string
}

/** Satisfies `TokenCredential` of @azure/core-auth. */
export interface TokenCredential {
  /** Gets a token, from the cache where that is possible. */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>
}

/** As much of a PublicClientApplication as a credential needs. */
export interface SilentApplication {
  /** As PublicClientApplication has it. */
  acquireTokenSilent(request: SilentRequest): Promise<AuthenticationResult>
  /** As PublicClientApplication has it. */
  getAccounts(): Promise<AccountInfo[]>
}

/** What `whenInteractionRequired` passes on to a sign-in method. */
export interface TokenRequest {
  scopes: string[]
  claims?: string
  clientCapabilities?: string[]
  tenantId?: string
}

/** Options of {@link tokenCredential}. */
export interface TokenCredentialOptions {
  /** Whose tokens. Default: the only account there is. */
  account?: AccountInfo
  /** Tenant of the tokens where the SDK names none. Default: that of the application, or of the account. */
  tenantId?: string
  /**
   * Signs the user in, for example with acquireTokenInteractive or a device code. Called once for all callers who wait
   * for the same token. Default: the error goes to the caller.
   */
  whenInteractionRequired?: (request: TokenRequest, error: InteractionRequiredError) => Promise<AuthenticationResult>
}
