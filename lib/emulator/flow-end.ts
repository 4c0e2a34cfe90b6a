/** How a sign-in in the browser ends: back at the app, or at a page that says so. */
import type { App } from './apps.js'
import type { Authorization } from './authorization.js'
import type { EntraError } from './entra-error.js'
import type { Exchange, Reply } from './exchange.js'
import type { Session } from './sessions.js'

/** What a sign-in is for; each kind of sign-in brings its own. */
export interface FlowEnd {
  /** The application that the user signs in to. */
  readonly app: App
  /** The code that a device shows; the user is then asked whether this device is meant. */
  readonly userCode?: string
  /** An administrator consents for all users of the tenant. */
  readonly forEveryone?: true
  /** The user has passed every page. */
  finish(exchange: Exchange, outcome: SignedIn): Reply
  /** The user, or the tenant, said no. */
  refuse(exchange: Exchange, refusal: Refusal): Reply
}

/** What the user authorized, in which browser. */
export interface SignedIn {
  authorization: Authorization
  session: Session | undefined
}

/** Why the app gets nothing; `cancel` when it was the user who said no. */
export interface Refusal {
  error: EntraError
  subcode?: 'cancel'
}
