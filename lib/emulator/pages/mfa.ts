/** The second factor: a one-time code. */
import { alert, describedBy, type Form, postForm } from './form.js'
import { html } from './html.js'
import { layout } from './layout.js'

/** Asks for `otc`; Cancel submits `cancel=1`. `codeHint` says where the code is to be found. */
export function mfaPage(view: {
  form: Form
  appName: string
  username: string
  error?: string
  codeHint?: string
}): string {
  const hint = view.codeHint === undefined ? undefined : html`<p class="hint" id="hint">${view.codeHint}</p>\n`
  const content = html`${alert(view.error)}<label for="otc">Code</label>
<input id="otc" class="code" name="otc" inputmode="numeric" autocomplete="one-time-code" spellcheck="false"
 required autofocus${describedBy(view.error, hint && 'hint')}>
${hint}<div class="actions">
<button class="primary">Verify</button>
<button name="cancel" value="1" formnovalidate>Cancel</button>
</div>`
  return layout({
    title: 'Enter your code',
    content: html`<p class="tenant"><span>${view.username}</span></p>
<h1>Enter your code</h1>
<p class="lead">to continue to <b>${view.appName}</b></p>
${postForm(view.form, content)}`,
  })
}
