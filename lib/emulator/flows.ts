/** Sign-ins under way in browsers, between one page and the next. */
import { timingSafeEqual } from 'node:crypto'
import type { AuthorizeRequest } from './authorize-request.js'
import { BoundedMap } from './bounded.js'
import { EntraError } from './entra-error.js'
import type { FlowEnd } from './flow-end.js'
import { randomSecret } from './identifiers.js'
import type { Place } from './place.js'
import type { Authentication } from './sessions.js'

/** The page that the user is at. */
export type Step = 'pickAccount' | 'signIn' | 'signUp' | 'mfa' | 'consent' | 'confirm' | 'editProfile'

/** What every sign-in is asked for, whoever asks. */
type FlowRequest = Pick<AuthorizeRequest, 'scopes' | 'claims' | 'prompt' | 'loginHint'>

/** One sign-in under way; its pages carry only its token and its canary. */
export interface Flow {
  readonly token: string
  /** Proves that a form was sent by a page of this flow. */
  readonly canary: string
  readonly startedAt: Date
  /** Where the user signs in, and where the pages' forms go. */
  readonly place: Place
  readonly request: FlowRequest
  readonly end: FlowEnd
  step: Step
  /** Who the user is, once that is known. */
  authentication: Authentication | undefined
  /** The user has no account yet, and makes one. */
  signingUp: boolean
  /** The user wants neither of the accounts that are signed in. */
  otherAccount: boolean
  /** The user said yes on the consent page, or on the one that asks whether this app is meant. */
  consented: boolean
  /** The user has gone through the form of the profile. */
  edited: boolean
  /** What to fill into the user name field. */
  username: string | undefined
  /** The user wants to be signed in still when the browser is started again. */
  staysSignedIn: boolean
  /** What to fill into the field for the display name. */
  displayName: string | undefined
}

const MAX_FLOWS = 500
const FLOW_LIFETIME_MS = 60 * 60 * 1000

/** The flows of a tenant; the oldest are forgotten first. */
export class Flows {
  readonly #flows = new BoundedMap<Flow>(MAX_FLOWS)

  start(start: Pick<Flow, 'startedAt' | 'place' | 'request' | 'end'>): Flow {
    const flow: Flow = {
      ...start,
      token: randomSecret(),
      canary: randomSecret(),
      step: 'signIn',
      authentication: undefined,
      signingUp: start.request.prompt === 'create',
      otherAccount: false,
      consented: false,
      edited: false,
      username: start.request.loginHint,
      staysSignedIn: false,
      displayName: undefined,
    }
    this.#flows.set(flow.token, flow)
    return flow
  }

  /**
   * The flow that a posted form belongs to.
   *
   * @throws {EntraError} 50089 – over, forgotten or too old · 165000 – the canary is not this flow's.
   */
  resume(token: string | undefined, canary: string | undefined, now: Date): Flow {
    const flow = this.#flows.get(token ?? '')
    if (!flow || now.getTime() - flow.startedAt.getTime() > FLOW_LIFETIME_MS) throw new EntraError(50089)
    if (!isSame(canary ?? '', flow.canary)) throw new EntraError(165000)
    return flow
  }

  end(flow: Flow): void {
    this.#flows.delete(flow.token)
  }
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}
