/** The question before a device is signed in: is this the app that the user meant? */
import { type Form, postForm } from './form.js'
import { html } from './html.js'
import { layout, userLine } from './layout.js'

/** Submits `ucaccept=yes` or `ucaccept=no`. */
export function confirmPage(view: { form: Form; appName: string; username: string; userCode: string }): string {
  const content = html`<div class="actions">
<button class="primary" name="ucaccept" value="yes" autofocus>Continue</button>
<button name="ucaccept" value="no">Cancel</button>
</div>`
  return layout({
    title: 'Sign in on your device?',
    content: html`${userLine(view.username)}
<h1>Sign in on your device?</h1>
<p class="lead"><b>${view.appName}</b>, on the device that shows <b>${view.userCode}</b>, will be signed in as you. Continue
only if you started this yourself.</p>
${postForm(view.form, content)}`,
  })
}
