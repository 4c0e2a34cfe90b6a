/** Who is signed in in which browser: what makes a second authorize need no password. */
import type { EmulatedUser } from './accounts.js'
import { BoundedMap } from './bounded.js'
import { randomSecret } from './identifiers.js'

/** How and when a user proved who they are. */
export interface Authentication {
  readonly user: EmulatedUser
  readonly at: Date
  /** A second factor was passed. */
  readonly mfa: boolean
}

/** The accounts signed in in one browser, by lower-case user name. */
export interface Session {
  readonly id: string
  readonly accounts: Map<string, Authentication>
}

const MAX_SESSIONS = 1000
const MAX_ACCOUNTS = 20

/** All browsers' sessions, by cookie value. */
export class Sessions {
  readonly #sessions = new BoundedMap<Session>(MAX_SESSIONS)

  find(id: string | undefined): Session | undefined {
    return id === undefined ? undefined : this.#sessions.get(id)
  }

  /** Adds an account under a new cookie value, so that a value known from before the sign-in is worth nothing after it. */
  signIn(previous: Session | undefined, authentication: Authentication): Session {
    const key = authentication.user.username.toLowerCase()
    const others = [...(previous?.accounts ?? [])].filter(([name]) => name !== key)
    const accounts = new Map([...others.slice(1 - MAX_ACCOUNTS), [key, authentication] as const])
    if (previous) this.#sessions.delete(previous.id)
    const session = { id: randomSecret(), accounts }
    this.#sessions.set(session.id, session)
    return session
  }

  end(session: Session): void {
    this.#sessions.delete(session.id)
  }

  /** Signs a user out in every browser. */
  signOutEverywhere(username: string): void {
    for (const session of this.#sessions.values()) session.accounts.delete(username.toLowerCase())
  }
}
