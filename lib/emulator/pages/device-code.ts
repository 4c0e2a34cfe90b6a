/** The page where the code that a device shows is typed in. */
import { alert, describedBy, type Form, postForm } from './form.js'
import { html } from './html.js'
import { layout, tenantLine } from './layout.js'

/** Asks for `otc`. */
export function deviceCodePage(view: { form: Form; tenantName: string; userCode?: string; error?: string }): string {
  const content = html`${alert(view.error)}<label for="otc">Code</label>
<input id="otc" class="code" name="otc" value="${view.userCode ?? ''}" autocomplete="off" autocapitalize="characters"
 spellcheck="false" required autofocus${describedBy(view.error, 'hint')}>
<p class="hint" id="hint">Only a code from a device of your own. A code that somebody sent you would sign them in as you.</p>
<div class="actions">
<button class="primary">Next</button>
</div>`
  return layout({
    title: 'Enter the code from your device',
    content: html`${tenantLine(view.tenantName)}
<h1>Enter the code from your device</h1>
<p class="lead">It is shown by the app that you want to sign in to.</p>
${postForm(view.form, content)}`,
  })
}
