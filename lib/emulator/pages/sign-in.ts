/** The sign-in page: user name and password. */
import { alert, describedBy, type Form, postForm } from './form.js'
import { html, verbatim } from './html.js'
import { layout, tenantLine } from './layout.js'

/**
 * Asks for `loginfmt` and `passwd`; a tick at *Stay signed in*, for which Entra has a page of its own, is `KMSI=true`.
 * The primary button has no name; Cancel submits `cancelName=1`.
 * The focus is on the password once a user name is known.
 */
export function signInPage(view: {
  form: Form
  appName: string
  tenantName: string
  username?: string
  error?: string
  cancelName: string
  /** The name of a button for users who forgot their password; without it there is none. */
  forgotName?: string
}): string {
  const focus = html` autofocus`
  const forgot =
    view.forgotName === undefined
      ? undefined
      : html`<button name="${verbatim(view.forgotName)}" value="1" formnovalidate>Forgot password</button>
`
  // The primary button comes first in the document: Enter in a field presses the first submit button there is.
  const content = html`${alert(view.error)}<label for="loginfmt">User name</label>
<input id="loginfmt" name="loginfmt" value="${view.username ?? ''}" inputmode="email" autocomplete="username"
 autocapitalize="none" spellcheck="false" required${describedBy(view.error)}${view.username ? undefined : focus}>
<label for="passwd">Password</label>
<input id="passwd" name="passwd" type="password" autocomplete="current-password"
 required${describedBy(view.error)}${view.username ? focus : undefined}>
<div class="tick"><input id="KMSI" name="KMSI" type="checkbox" value="true"><label for="KMSI">Stay signed in</label></div>
<div class="actions">
<button class="primary">Sign in</button>
<button name="${verbatim(view.cancelName)}" value="1" formnovalidate>Cancel</button>
${forgot}</div>`
  return layout({
    title: 'Sign in',
    content: html`${tenantLine(view.tenantName)}
<h1>Sign in</h1>
<p class="lead">to continue to <b>${view.appName}</b></p>
${postForm(view.form, content)}`,
  })
}
