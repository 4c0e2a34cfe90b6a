/** The page after signing out. */
import { html } from './html.js'
import { layout, tenantLine } from './layout.js'

/** Says that the browser's session with the tenant has ended. */
export function signedOutPage(view: { tenantName: string }): string {
  return layout({
    title: 'Signed out',
    content: html`${tenantLine(view.tenantName)}
<h1>You are signed out</h1>
<p class="lead">Your session in this browser has ended. You may close this window.</p>`,
  })
}
