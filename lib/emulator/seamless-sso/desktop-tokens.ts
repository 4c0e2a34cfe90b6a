/** The tokens of seamless single sign-on: opaque, for one sign-in, for a short while. */
import type { EmulatedUser } from '../accounts.js'
import { BoundedMap } from '../bounded.js'
import { EntraError } from '../entra-error.js'
import { randomSecret } from '../identifiers.js'

const MAX_TOKENS = 1000

/** How long a token can be brought to the token endpoint. */
export const DESKTOP_TOKEN_LIFE_MS = 10 * 60 * 1000

interface Issued {
  readonly user: EmulatedUser
  readonly expiresAt: Date
}

/** The tokens of a tenant. */
export class DesktopTokens {
  readonly #issued = new BoundedMap<Issued>(MAX_TOKENS)

  issue(user: EmulatedUser, now: Date): string {
    const token = randomSecret()
    this.#issued.set(token, { user, expiresAt: new Date(now.getTime() + DESKTOP_TOKEN_LIFE_MS) })
    return token
  }

  /**
   * The user of a token, once.
   *
   * @throws {EntraError} 50013 unknown, or used before · 500133 expired.
   */
  redeem(token: string, now: Date): EmulatedUser {
    const issued = this.#issued.get(token)
    if (!issued) throw new EntraError(50013, { detail: 'it was not issued here, or was used before.' })
    this.#issued.delete(token)
    if (now >= issued.expiresAt) throw new EntraError(500133)
    return issued.user
  }
}
