/** The answer by response_mode=form_post: a form that submits itself to the app's redirect URI. */
import { hiddenInputs } from './form.js'
import { html, trusted, verbatim } from './html.js'
import { layout } from './layout.js'

/** Through the prototype, since a field named `submit` would hide the form's own method. */
export const SUBMIT_SCRIPT = 'HTMLFormElement.prototype.submit.call(document.forms[0])'

/**
 * The self-submitting form; without script, a button does it. Send it with `FORM_POST_HEADERS`.
 *
 * @see [OAuth 2.0 Form Post Response Mode § 2](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html)
 */
export function formPostPage(view: { action: string; fields: Record<string, string> }): string {
  return layout({
    title: 'Returning to the app',
    content: html`<h1>Returning to the app…</h1>
<form method="post" action="${verbatim(view.action)}">
${hiddenInputs(view.fields)}<noscript>
<p class="lead">Your browser does not run scripts here. Continue by hand.</p>
<div class="actions"><button class="primary" autofocus>Continue</button></div>
</noscript>
</form>
<script>${trusted(SUBMIT_SCRIPT)}</script>`,
  })
}
