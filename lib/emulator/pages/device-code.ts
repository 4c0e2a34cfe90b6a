/** The page on which a person types the code that a program on another device shows. */
import { alert, describedBy, type Form, postForm } from './form.js'
import { html } from './html.js'
import { layout, tenantLine } from './layout.js'

/** Asks for `otc`, Entra's name for the field; `code` is filled in when it came with the address. */
export function deviceCodePage(view: { form: Form; tenantName: string; code?: string; error?: string }): string {
  const content = html`${alert(view.error)}<label for="otc">Code</label>
<input id="otc" class="code" name="otc" value="${view.code ?? ''}" autocomplete="off" autocapitalize="characters"
 spellcheck="false" maxlength="20" required autofocus${describedBy(view.error, 'hint')}>
<p class="hint" id="hint">Go on only if you started this yourself: whoever gave you the code will be signed in as you.</p>
<div class="actions">
<button class="primary">Next</button>
</div>`
  return layout({
    title: 'Enter the code',
    content: html`${tenantLine(view.tenantName)}
<h1>Enter the code</h1>
<p class="lead">that your app or device shows</p>
${postForm(view.form, content)}`,
  })
}
