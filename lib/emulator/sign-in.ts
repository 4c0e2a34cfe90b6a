/** The sign-in in the browser: takes what a page posted, and goes on to the next page or back to the app. */
import { randomUUID } from 'node:crypto'
import { errorAsPage } from './answers.js'
import { dialectOf } from './dialects/index.js'
import { EntraError } from './entra-error.js'
import { cookie, type Exchange, type Reply } from './exchange.js'
import type { Flow } from './flows.js'
import { isStillGood, nextStep, silentRefusal } from './next-step.js'
import type { Place } from './place.js'
import { assertUsable } from './policies.js'
import { editProfile } from './profile.js'
import type { Authentication, Session } from './sessions.js'
import { signUp } from './sign-up.js'
import { CANCEL, FORGOT, HAS_ACCOUNT, showStep } from './step-pages.js'
import type { TenantState } from './tenant-state.js'

/** Goes on with a flow as far as it goes without the user. */
export function proceed(state: TenantState, exchange: Exchange, flow: Flow, session: Session | undefined): Reply {
  const next = nextStep(state, flow, session)
  const silent = flow.request.prompt === 'none'
  if ('show' in next && !silent) {
    flow.step = next.show
    return showStep(state, flow, session)
  }
  state.flows.end(flow)
  if ('finish' in next) return finish(exchange, flow, next.finish, session)
  if ('block' in next && !silent) return errorAsPage(next.block, exchange, state)
  if ('refuse' in next) return flow.end.refuse(exchange, next.refuse)
  const error = 'block' in next ? next.block : silentRefusal(next.show)
  return flow.end.refuse(exchange, { error })
}

/** Takes a posted page. A form of an earlier page, sent again with Back, shows the present page again. */
export function takeStep(state: TenantState, exchange: Exchange, flow: Flow, session: Session | undefined): Reply {
  const { form } = exchange
  if (form.has(CANCEL) || form.get('ucaccept') === 'no') {
    state.flows.end(flow)
    return flow.end.refuse(exchange, { error: new EntraError(65004), subcode: 'cancel' })
  }
  if (form.has(FORGOT)) {
    state.flows.end(flow)
    return flow.end.refuse(exchange, { error: new EntraError(65004, { aadb2c: 90118 }) })
  }
  try {
    const authentication = STEPS[flow.step](state, exchange, flow, session)
    const current = authentication ? state.sessions.signIn(session, authentication) : session
    const reply = proceed(state, exchange, flow, current)
    if (current && current !== session) reply.headers['Set-Cookie'] = flowCookie(flow, current)
    return reply
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    return showStep(state, flow, session, dialectOf(flow.place).errorText(error))
  }
}

/** The session of this browser with the service that is asked. */
export function findSession(exchange: Exchange, state: TenantState): Session | undefined {
  return state.sessions.find(cookie(exchange, dialectOf(exchange.place).sessionCookie))
}

// As long as Entra's.
const STAYS_SIGNED_IN_SECONDS = 90 * 24 * 60 * 60

function flowCookie({ place, staysSignedIn }: Flow, { id }: Session): string {
  return sessionCookie(place, id) + (staysSignedIn ? `; Max-Age=${STAYS_SIGNED_IN_SECONDS}` : '')
}

/** A cookie for the browser's life. `None`, since a form_post answer makes the next visit a cross-site one. */
export function sessionCookie(place: Place, value: string): string {
  return `${dialectOf(place).sessionCookie}=${value}; Path=/; Secure; HttpOnly; SameSite=None`
}

/** Takes one page's fields; returns how the user proved who they are, when the page was about that. */
type TakeStep = (
  state: TenantState,
  exchange: Exchange,
  flow: Flow,
  session: Session | undefined,
) => Authentication | undefined

const STEPS: Record<Flow['step'], TakeStep> = {
  pickAccount(state, { form }, flow, session) {
    if (!form.has('account')) return undefined
    const picked = session?.accounts.get(form.get('account')?.toLowerCase() ?? '')
    if (picked && isStillGood(state, picked)) flow.authentication = picked
    else flow.otherAccount = true
    flow.username = picked?.user.username
    return undefined
  },

  signIn(state, { form }, flow) {
    const username = form.get('loginfmt')
    const password = form.get('passwd')
    if (!form.has('loginfmt') || !form.has('passwd')) return undefined
    flow.username = username
    flow.staysSignedIn = form.has('KMSI')
    const user = username === undefined ? undefined : state.findUser(username)
    if (!user || !dialectOf(flow.place).pagesFor.includes(user.kind))
      throw new EntraError(50034, { detail: username ?? '' })
    if (flow.place.tenant === 'consumers') throw new EntraError(50020, { detail: user.username })
    if (state.switches(user).locked) throw new EntraError(50053)
    if (!state.checkPassword(user, password ?? '')) throw new EntraError(50126)
    assertUsable(state, user)
    flow.authentication = { user, at: state.clock.now(), mfa: false }
    return flow.authentication
  },

  signUp(state, { form }, flow) {
    if (form.has(HAS_ACCOUNT)) flow.signingUp = false
    if (!flow.signingUp || !form.has('email')) return undefined
    flow.username = form.get('email')
    flow.displayName = form.get('displayName')
    flow.authentication = { user: signUp(state, form), at: state.clock.now(), mfa: false }
    return flow.authentication
  },

  editProfile(_state, { form }, flow) {
    if (!form.has('displayName') || !flow.authentication) return undefined
    editProfile(flow.authentication.user, form)
    flow.edited = true
    return undefined
  },

  mfa(_state, { form }, flow) {
    const otc = form.get('otc')?.replaceAll(' ', '')
    if (otc === undefined || !flow.authentication) return undefined
    if (otc !== flow.authentication.user.otc) throw new EntraError(500121)
    flow.authentication = { ...flow.authentication, mfa: true }
    return flow.authentication
  },

  consent(state, { form }, flow) {
    if (form.get('ucaccept') !== 'yes' || !flow.authentication) return undefined
    state.consents.give(flow.authentication.user, flow.end.app, flow.request.scopes)
    flow.consented = true
    return undefined
  },

  confirm(_state, { form }, flow) {
    flow.consented = form.get('ucaccept') === 'yes'
    return undefined
  },
}

function finish(
  exchange: Exchange,
  flow: Flow,
  { user, at, mfa }: Authentication,
  session: Session | undefined,
): Reply {
  const { scopes, claims } = flow.request
  const policySatisfied = claims.policy && mfa
  const proof = { authenticatedAt: at, mfa, policySatisfied, grantId: randomUUID() }
  const authorization = { user, app: flow.end.app, place: flow.place, scopes, claims, ...proof }
  return flow.end.finish(exchange, { authorization, session })
}
