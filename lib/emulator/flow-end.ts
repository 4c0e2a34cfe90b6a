/** Where a sign-in in the browser leads once it is over: back to the app, or to a page that says so. */
import { page } from './answers.js'
import type { App } from './apps.js'
import type { Authorization } from './authorization.js'
import { answerApp, type Refusal, refuseApp } from './authorize-answer.js'
import type { AuthorizeRequest, RedirectTarget } from './authorize-request.js'
import type { Exchange, Reply } from './exchange.js'
import { stableGuid } from './identifiers.js'
import { donePage } from './pages/index.js'
import type { Session } from './sessions.js'
import type { TenantState } from './tenant-state.js'
import { clientInfo } from './tokens.js'

/** The two ways in which a sign-in ends, and the app that it was for. */
export interface FlowEnd {
  readonly app: App
  finish(state: TenantState, authorization: Authorization, session: Session | undefined): Reply
  refuse(state: TenantState, exchange: Exchange, refusal: Refusal): Reply
}

/** Ends at the app's redirect URI, with a code. */
export function endAtApp(target: RedirectTarget, request: AuthorizeRequest): FlowEnd {
  return {
    app: target.app,
    finish(state, authorization, session) {
      const code = state.codes.issue({
        authorization,
        redirectUri: target.redirectUri,
        codeChallenge: request.codeChallenge,
        expiresAt: new Date(state.clock.now().getTime() + state.scenario.codeLifetimeSeconds * 1000),
      })
      return answerApp(state, target, {
        code: state.keepSecret(code),
        ...(request.clientInfo ? { client_info: clientInfo(state.id, authorization.user.id) } : {}),
        ...(session ? { session_state: stableGuid(session.id) } : {}),
      })
    },
    refuse: (state, exchange, refusal) => refuseApp(state, exchange, target, refusal),
  }
}

/** Ends on a page: somebody followed a link to consent, and no program waits for a code. */
export function endOnPage(app: App): FlowEnd {
  return {
    app,
    finish: (_state, { user }) =>
      page(
        200,
        donePage({ title: 'Done', message: `${user.username} is signed in and has consented to ${app.name}.` }),
      ),
    refuse: (_state, _exchange, { error }) => page(200, donePage({ title: 'Not done', message: error.message })),
  }
}
