/** What differs from one service to the other; everything else the emulator does the same for all. */
import type { AccountKind, EmulatedUser } from '../accounts.js'
import type { App } from '../apps.js'
import type { EntraError } from '../entra-error.js'
import type { Exchange } from '../exchange.js'
import type { Refusal } from '../flow-end.js'
import type { Place } from '../place.js'
import type { ScopeRequest } from '../scopes.js'
import type { TenantSegment } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'
import type { Issue } from '../tokens.js'

/** One service, as it sounds on the wire. */
export interface Dialect {
  /** Whose passwords its token endpoint takes. */
  readonly passwordsOf: readonly AccountKind[]
  /** Who may sign in on its pages. */
  readonly pagesFor: readonly AccountKind[]
  /** The name of the cookie that keeps a browser signed in. */
  readonly sessionCookie: string
  /** Its sign-in page has a button for users who forgot their password. */
  readonly forgotPassword: boolean
  /** The fields of a device code answer that say where the user types the code in. */
  readonly verificationFields: readonly string[]

  /**
   * Tells whom a place is for.
   *
   * @throws {EntraError} 90002 tenant, 90023 policy – there is no such place.
   */
  resolve(state: TenantState, place: Place): TenantSegment
  /**
   * Refuses a kind of sign-in that this place does not offer: a grant type, or `pages`.
   *
   * @throws {EntraError} 70003, 90023, 901002 – it is not offered.
   */
  assertOffered(exchange: Exchange, state: TenantState, what: string): void
  /** @throws {EntraError} 70011 – scopes that the service does not know. */
  assertScopes(scopes: ScopeRequest, app: App): void
  /**
   * Does `prompt=create` show the page to sign up here? Where it does not, the parameter counts for nothing.
   *
   * @throws {EntraError} 90023 – the service does not know the value.
   */
  offersSignUp(state: TenantState, place: Place): boolean
  /** The path, from the root, of the page where a user types in what a device shows. */
  devicePage(place: Place): string
  /** `iss` of ID tokens, and `issuer` of the openid-configuration. */
  issuer(exchange: Exchange, tenantId: string): string
  /** The openid-configuration. */
  configuration(exchange: Exchange, state: TenantState): Record<string, unknown>
  /** The user's home account, base64url JSON; `undefined` where the service tells none. */
  clientInfo(state: TenantState, place: Place, user: EmulatedUser): string | undefined
  /** The fields of a successful token answer. */
  tokenAnswer(issue: Issue): Promise<Record<string, unknown>>
  /** The sentence of an error for a person, under the service's own number. */
  errorText(error: EntraError): string
  /** The JSON body of an error. */
  errorBody(error: EntraError, exchange: Exchange, state: TenantState): Record<string, unknown>
  /** The fields of an error on the redirect URI. */
  errorRedirect(refusal: Refusal, exchange: Exchange, state: TenantState): Record<string, string>
}
