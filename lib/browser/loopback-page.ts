/** What the browser is shown at the end of a sign-in: a page of ours or of the app's, or another place to go. */
import type { SystemBrowserOptions } from '../request/web-ui.js'
import { APP_PAGE_HEADERS, failurePage, PAGE_HEADERS, successPage, undecidedPage } from './pages.js'

/** How the sign-in ended, as far as the person at the browser is concerned. */
export type LoopbackOutcome = { outcome: 'success' } | { outcome: 'failure'; error: string; description: string }

/** Either a redirect to `location`, or a page that is served under the clean path `path`. */
export type LoopbackEnd =
  | { readonly location: string }
  | { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }

/** The app's redirects go before its HTML, and that before ours, as in MSAL. */
export function endOf(page: LoopbackOutcome, options: SystemBrowserOptions, appName: string | undefined): LoopbackEnd {
  const isSuccess = page.outcome === 'success'
  const redirect = isSuccess ? options.browserRedirectSuccess : options.browserRedirectError
  if (redirect !== undefined) return { location: redirect.href }
  const message = isSuccess ? options.htmlMessageSuccess : options.htmlMessageError
  const view = { appName, message }
  return {
    path: isSuccess ? '/signed-in' : '/not-signed-in',
    headers: message === undefined ? PAGE_HEADERS : APP_PAGE_HEADERS,
    body: isSuccess ? successPage(view) : failurePage({ ...view, error: page.error, description: page.description }),
  }
}

/** For when the outcome is not known in time: it promises nothing. */
export function undecidedEnd(appName: string | undefined): LoopbackEnd {
  return {
    path: '/return',
    headers: PAGE_HEADERS,
    body: undecidedPage({ appName }),
  }
}
