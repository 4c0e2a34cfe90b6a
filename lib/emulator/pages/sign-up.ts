/** The page to sign up: display name, address, password. */
import { alert, describedBy, type Form, postForm } from './form.js'
import { html, verbatim } from './html.js'
import { layout, tenantLine } from './layout.js'

/**
 * Asks for `displayName`, `email` and `newPassword`. The primary button has no name; the others submit `hasAccountName=1`
 * and `cancelName=1`. The focus is on the first field that is still empty.
 */
export function signUpPage(view: {
  form: Form
  appName: string
  tenantName: string
  username: string
  displayName: string
  error?: string
  cancelName: string
  hasAccountName: string
}): string {
  const typed = { displayName: view.displayName, email: view.username }
  const empty = Object.entries(typed).find(([, text]) => text === '')?.[0] ?? 'newPassword'
  const focusOn = (field: string) => (field === empty ? html` autofocus` : undefined)
  const content = html`${alert(view.error)}<label for="displayName">Display name</label>
<input id="displayName" name="displayName" value="${view.displayName}" autocomplete="name" spellcheck="false"
 maxlength="256" required${describedBy(view.error)}${focusOn('displayName')}>
<label for="email">E-mail address</label>
<input id="email" name="email" value="${view.username}" inputmode="email" autocomplete="username" autocapitalize="none"
 spellcheck="false" maxlength="256" required${describedBy(view.error)}${focusOn('email')}>
<label for="newPassword">Password</label>
<input id="newPassword" name="newPassword" type="password" autocomplete="new-password" maxlength="256"
 required${describedBy(view.error, 'hint')}${focusOn('newPassword')}>
<p class="hint" id="hint">8 characters at least, of three kinds: small and capital letters, digits, others.</p>
<div class="actions">
<button class="primary">Create account</button>
<button name="${verbatim(view.cancelName)}" value="1" formnovalidate>Cancel</button>
<button name="${verbatim(view.hasAccountName)}" value="1" formnovalidate>I have an account</button>
</div>`
  return layout({
    title: 'Create account',
    content: html`${tenantLine(view.tenantName)}
<h1>Create account</h1>
<p class="lead">to continue to <b>${view.appName}</b></p>
${postForm(view.form, content)}`,
  })
}
