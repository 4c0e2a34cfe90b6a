/** Decides what a sign-in needs next: a page, a refusal, or nothing more. */
import { EntraError } from './entra-error.js'
import type { Refusal } from './flow-end.js'
import type { Flow, Step } from './flows.js'
import { assertUsable } from './policies.js'
import type { Authentication, Session } from './sessions.js'
import type { TenantState } from './tenant-state.js'

/** A page to show, a dead end to explain to the user, a refusal to hand to the app, or a user who is done. */
export type Next = { show: Step } | { block: EntraError } | { refuse: Refusal } | { finish: Authentication }

/** Goes through a sign-in's conditions in order: who, second factor, conditional access, profile, consent. */
export function nextStep(state: TenantState, flow: Flow, session: Session | undefined): Next {
  const { request } = flow
  flow.authentication ??= signedInAs(state, flow, session)
  const { authentication } = flow
  if (!authentication) return { show: flow.signingUp ? 'signUp' : hasChoice(flow, session) ? 'pickAccount' : 'signIn' }

  const { user, mfa } = authentication
  const switches = state.switches(user)
  const needsSecondFactor = switches.mfa || request.claims.policy || request.claims.contexts.length > 0
  if (needsSecondFactor && !mfa) return { show: 'mfa' }
  if (switches.conditionalAccess === 'block') return { block: new EntraError(53003, { error: 'interaction_required' }) }
  if (flow.end.forEveryone && !user.admin) return { block: new EntraError(90094) }
  if (switches.declines) return { refuse: { error: new EntraError(65004), subcode: 'cancel' } }
  const missing = state.consents.missing(user, flow.end.app, request.scopes, switches.consentNeeded)
  const mustAsk = missing.length > 0 || request.prompt === 'consent' || flow.end.forEveryone
  if (state.b2cPolicies.get(flow.place.policy ?? '')?.kind === 'editProfile' && !flow.edited) {
    return { show: 'editProfile' }
  }
  if (flow.consented) return { finish: authentication }
  if (mustAsk) return { show: 'consent' }
  // The consent page has named the app already.
  return flow.end.userCode === undefined ? { finish: authentication } : { show: 'confirm' }
}

/** What prompt=none answers instead of a page. (OIDC Core § 3.1.2.6) */
export function silentRefusal(step: Step): EntraError {
  // B2C has one number for a policy that needs somebody.
  if (step === 'signIn' || step === 'editProfile') return new EntraError(50058)
  if (step === 'pickAccount') return new EntraError(16000)
  if (step === 'mfa') return new EntraError(50076, { error: 'interaction_required' })
  return new EntraError(65001, { error: 'consent_required' })
}

/** Single sign-on: the account of this browser's session that the request means, if it is clear which. */
function signedInAs(state: TenantState, flow: Flow, session: Session | undefined): Authentication | undefined {
  const { prompt, loginHint } = flow.request
  if (prompt === 'login' || prompt === 'create' || prompt === 'select_account' || flow.otherAccount) return undefined
  const accounts = [...(session?.accounts.values() ?? [])]
  const meant = loginHint === undefined ? accounts : accounts.filter(({ user }) => isSameName(user.username, loginHint))
  const [only] = meant
  return only && meant.length === 1 && isStillGood(state, only) ? only : undefined
}

/** May the account go on without its password: not locked out, and within the sign-in frequency? */
export function isStillGood(state: TenantState, { user, at }: Authentication): boolean {
  try {
    assertUsable(state, user)
  } catch {
    return false
  }
  const { signInFrequencySeconds } = state.switches(user)
  const ageMs = state.clock.now().getTime() - at.getTime()
  return signInFrequencySeconds === undefined || ageMs < signInFrequencySeconds * 1000
}

function hasChoice(flow: Flow, session: Session | undefined): boolean {
  const known = session?.accounts.size ?? 0
  const { prompt, loginHint } = flow.request
  if (known === 0 || flow.otherAccount || prompt === 'login' || prompt === 'create') return false
  return prompt === 'select_account' || (loginHint === undefined && known > 1)
}

function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.trim().toLowerCase()
}
