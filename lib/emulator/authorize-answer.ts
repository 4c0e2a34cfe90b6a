/** The answer to the app: parameters on the redirect URI, or a form that posts them. */
import { describeError, page, redirect } from './answers.js'
import type { RedirectTarget } from './authorize-request.js'
import type { EntraError } from './entra-error.js'
import type { Exchange, Reply } from './exchange.js'
import { FORM_POST_HEADERS, formPostPage } from './pages/index.js'
import { editAnswer } from './scenario.js'
import type { TenantState } from './tenant-state.js'

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
  const { error, subcode } = refusal
  return answerApp(state, target, {
    error: error.error,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    error_description: describeError(error, exchange, state),
    error_uri: `${exchange.origin}/error?code=${error.number}`,
    ...(error.claims === undefined ? {} : { claims: error.claims }),
  })
}

/** Why the app gets no code; `cancel` when it was the user who said no. */
export interface Refusal {
  error: EntraError
  subcode?: 'cancel'
}
