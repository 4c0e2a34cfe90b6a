/** The account picker: which of the known accounts, or another one. */
import { type Form, postForm } from './form.js'
import { html, verbatim } from './html.js'
import { layout, tenantLine } from './layout.js'

/** Submits `account` with the user name picked, or empty for another account; Cancel submits `cancel=1`. */
export function accountPickerPage(view: {
  form: Form
  appName: string
  tenantName: string
  accounts: { username: string; name: string; signedIn: boolean }[]
}): string {
  const focus = (index: number) => (index === 0 ? html` autofocus` : undefined)
  const accounts = view.accounts.map(
    (account, index) => html`<li><button name="account" value="${verbatim(account.username)}"${focus(index)}>
<span class="face" aria-hidden="true">${initial(account.name || account.username)}</span>
<span><b>${account.name || account.username}</b><small>${account.username}</small></span>
${account.signedIn ? html`<span class="tag">Signed in</span>` : undefined}</button></li>
`,
  )
  const content = html`<ul class="accounts">
${accounts}<li><button name="account" value=""${focus(accounts.length)}>
<span class="face" aria-hidden="true">+</span>
<span><b>Use another account</b></span></button></li>
</ul>
<div class="actions"><button name="cancel" value="1">Cancel</button></div>`
  return layout({
    title: 'Pick an account',
    content: html`${tenantLine(view.tenantName)}
<h1>Pick an account</h1>
<p class="lead">to continue to <b>${view.appName}</b></p>
${postForm(view.form, content)}`,
  })
}

function initial(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? ''
}
