/** What a grant is: from the form of a token request to an authorization, or an error. */
import type { App } from '../apps.js'
import type { Authorization } from '../authorization.js'
import { EntraError } from '../entra-error.js'
import type { Exchange } from '../exchange.js'
import type { TenantSegment } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'

/** A token request whose client is already known. */
export interface GrantRequest {
  readonly exchange: Exchange
  readonly state: TenantState
  readonly tenant: TenantSegment
  readonly app: App
}

/** What to issue tokens from. */
export interface GrantOutcome {
  readonly authorization: Authorization
  /** The refresh token that was redeemed. */
  readonly spentRefreshToken?: string
}

/** One grant type; one file each. */
export type Grant = (request: GrantRequest) => GrantOutcome | Promise<GrantOutcome>

/**
 * A form field that the grant cannot do without.
 *
 * @throws {EntraError} 900144 – it is absent or empty.
 */
export function requireField(exchange: Exchange, name: string): string {
  const value = exchange.form.get(name)
  if (value === undefined) throw new EntraError(900144, { detail: name })
  return value
}
