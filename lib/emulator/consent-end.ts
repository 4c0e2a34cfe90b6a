/** The ends of sign-ins that are about consent: a page that says so, or the app that sent the administrator. */
import { errorAsPage, page } from './answers.js'
import type { App } from './apps.js'
import { answerApp, refuseApp } from './authorize-answer.js'
import type { RedirectTarget } from './authorize-request.js'
import type { Exchange, Reply } from './exchange.js'
import type { FlowEnd, Refusal } from './flow-end.js'
import { noticePage } from './pages/index.js'
import type { TenantState } from './tenant-state.js'

/** The end of an authorize request that names no address to go back to: what counts is that the user consented. */
export function consentEnd(state: TenantState, app: App): FlowEnd {
  return {
    app,
    finish: (_exchange, { authorization }) =>
      granted(state, `${app.name} may now sign in ${authorization.user.username}.`),
    refuse: (exchange, refusal) => refused(state, exchange, app, refusal),
  }
}

/** What an administrator is asked to consent to for everybody. */
export interface AdminConsent {
  readonly app: App
  /** Absent: the last page says that it is done. */
  readonly target: RedirectTarget | undefined
  /** Whatever the app may ask for, not only the scopes of this request. */
  readonly everything: boolean
}

/** The end of an administrator's sign-in: only here is the consent given, for every user of the tenant. */
export function adminConsentEnd(state: TenantState, { app, target, everything }: AdminConsent): FlowEnd {
  return {
    app,
    forEveryone: true,
    finish(_exchange, { authorization }) {
      state.consents.giveForEveryone(app, everything ? 'everything' : authorization.scopes)
      if (!target) return granted(state, `${app.name} may now sign in every user of ${state.name}.`)
      const scope = authorization.scopes.all.join(' ')
      return answerApp(state, target, { admin_consent: 'True', tenant: state.id, ...(everything ? {} : { scope }) })
    },
    refuse: (exchange, refusal) =>
      target ? refuseApp(state, exchange, target, refusal) : refused(state, exchange, app, refusal),
  }
}

function granted(state: TenantState, what: string): Reply {
  const message = `${what} You may close this window.`
  return page(200, noticePage({ tenantName: state.name, title: 'Permissions granted', message }))
}

function refused(state: TenantState, exchange: Exchange, app: App, { error, subcode }: Refusal): Reply {
  if (subcode !== 'cancel') return errorAsPage(error, exchange, state)
  const message = `Nothing was granted to ${app.name}. You may close this window.`
  return page(200, noticePage({ tenantName: state.name, title: 'Permissions not granted', message }))
}
