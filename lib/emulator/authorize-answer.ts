/** The answer to the app: parameters on the redirect URI, or a form that posts them. */
import { page, redirect } from './answers.js'
import type { AuthorizeRequest, RedirectTarget } from './authorize-request.js'
import { dialectOf } from './dialects/index.js'
import type { Exchange, Reply } from './exchange.js'
import type { FlowEnd, Refusal, SignedIn } from './flow-end.js'
import { stableGuid } from './identifiers.js'
import { FORM_POST_HEADERS, formPostPage } from './pages/index.js'
import { editAnswer } from './scenario.js'
import type { TenantState } from './tenant-state.js'

/** The end of an authorize request: a code, or an error, for the app. */
export function redirectEnd(state: TenantState, target: RedirectTarget, request: AuthorizeRequest): FlowEnd {
  return {
    app: target.app,
    finish: (_exchange, outcome) => answerCode(state, target, request, outcome),
    refuse: (exchange, refusal) => refuseApp(state, exchange, target, refusal),
  }
}

function answerCode(state: TenantState, target: RedirectTarget, request: AuthorizeRequest, outcome: SignedIn): Reply {
  const { authorization, session } = outcome
  const { place, user } = authorization
  const clientInfo = request.clientInfo ? dialectOf(place).clientInfo(state, place, user) : undefined
  const code = state.codes.issue({
    authorization: { ...authorization, ...(request.nonce === undefined ? {} : { nonce: request.nonce }) },
    redirectUri: target.redirectUri,
    codeChallenge: request.codeChallenge,
    expiresAt: new Date(state.clock.now().getTime() + state.scenario.codeLifetimeSeconds * 1000),
  })
  return answerApp(state, target, {
    code: state.keepSecret(code),
    ...(clientInfo === undefined ? {} : { client_info: clientInfo }),
    ...(session ? { session_state: stableGuid(session.id) } : {}),
  })
}

/**
 * Hands fields to the app in the response mode that it asked for; `state` goes with them.
 *
 * @see [OAuth 2.0 Multiple Response Types § 2.1](https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes)
 */
export function answerApp(state: TenantState, target: RedirectTarget, fields: Record<string, string>): Reply {
  const withState = { ...fields, ...(target.state === undefined ? {} : { state: target.state }) }
  const edited = Object.entries(editAnswer(withState, state.scenario.authorizeAnswer))
  const answer = Object.fromEntries(edited.map(([name, value]) => [name, String(value)]))
  if (target.responseMode === 'form_post') {
    return page(200, formPostPage({ action: target.redirectUri, fields: answer }), FORM_POST_HEADERS)
  }
  const url = new URL(target.redirectUri)
  const encoded = new URLSearchParams(answer)
  if (target.responseMode === 'fragment') {
    url.hash = encoded.toString()
  } else {
    // RFC 6749 § 3.1.2: a query that the redirect URI has "MUST be retained when adding additional query parameters".
    for (const [name, value] of encoded) url.searchParams.append(name, value)
  }
  return redirect(url.href)
}

/** Hands an error to the app. */
export function refuseApp(state: TenantState, exchange: Exchange, target: RedirectTarget, refusal: Refusal): Reply {
  return answerApp(state, target, dialectOf(exchange.place).errorRedirect(refusal, exchange, state))
}
