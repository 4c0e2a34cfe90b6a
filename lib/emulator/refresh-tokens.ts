/** Refresh tokens: what keeps an app signed in, and everything that ends it. */
import type { Authorization } from './authorization.js'
import { BoundedMap } from './bounded.js'
import { EntraError } from './entra-error.js'
import { randomSecret } from './identifiers.js'

interface IssuedRefreshToken {
  readonly authorization: Authorization
  /** Any app of the family may use it. */
  readonly family: boolean
  /** When the token was issued or last used. */
  lastUsedAt: Date
  /** The AADSTS number that it now answers with. */
  deadBecause: typeof REVOKED | typeof REUSED | undefined
}

const REVOKED = 50173
const REUSED = 70000
const MAX_TOKENS = 100_000

/** The refresh tokens of a tenant. */
export class RefreshTokens {
  readonly #tokens = new BoundedMap<IssuedRefreshToken>(MAX_TOKENS)

  issue(authorization: Authorization, family: boolean, now: Date): string {
    const text = randomSecret('1.A')
    this.#tokens.set(text, { authorization, family, lastUsedAt: now, deadBecause: undefined })
    return text
  }

  /**
   * The authorization that a refresh token stands for.
   *
   * @throws {EntraError} 70000 unknown, or another app's (`client_mismatch`) · 700082 unused for too long ·
   *   50173 revoked.
   */
  use(
    token: string,
    use: { app: Authorization['app']; family: boolean; now: Date; lifetimeSeconds: number },
  ): Authorization {
    const issued = this.#tokens.get(token)
    if (!issued) throw new EntraError(70000, { detail: 'the refresh token is malformed or was not issued here.' })
    const sameApp = issued.authorization.app.clientId.toLowerCase() === use.app.clientId.toLowerCase()
    if (!sameApp && !(issued.family && use.family)) {
      throw new EntraError(70000, { detail: 'it was issued to another application.', suberror: 'client_mismatch' })
    }
    if (issued.deadBecause === REUSED) {
      // RFC 9700 § 4.14.2: of a rotated token that comes again, one of the two users stole it; neither may go on.
      this.revokeGrant(issued.authorization.grantId)
      throw new EntraError(70000, { detail: 'the refresh token was used before.', suberror: 'bad_token' })
    }
    if (issued.deadBecause !== undefined) throw new EntraError(issued.deadBecause)
    if (use.now.getTime() - issued.lastUsedAt.getTime() >= use.lifetimeSeconds * 1000) throw new EntraError(700082)
    issued.lastUsedAt = use.now
    return issued.authorization
  }

  /** Ends a token that another has taken the place of. */
  retire(token: string): void {
    const issued = this.#tokens.get(token)
    if (issued) issued.deadBecause ??= REUSED
  }

  /** Ends every token that came of one sign-in. */
  revokeGrant(grantId: string): void {
    this.#revokeWhere(authorization => authorization.grantId === grantId)
  }

  /** Ends every token of a user. */
  revokeUser(userId: string): void {
    this.#revokeWhere(authorization => authorization.user.id === userId)
  }

  #revokeWhere(matches: (authorization: Authorization) => boolean): void {
    for (const issued of this.#tokens.values()) {
      if (matches(issued.authorization)) issued.deadBecause ??= REVOKED
    }
  }
}
