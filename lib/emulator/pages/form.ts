/** The form every page of the sign-in is built round: where it posts to and what it carries unseen. */
import { html, type Markup, verbatim } from './html.js'

/** Where a page's form posts to, and the hidden fields (`canary`, `flowToken`, …) that go with it. */
export interface Form {
  action: string
  hidden: Record<string, string>
}

/** Wraps the visible part of a page in its form. Names and values of hidden fields come back unchanged. */
export function postForm(form: Form, content: Markup): Markup {
  return html`<form method="post" action="${verbatim(form.action)}">
${hiddenInputs(form.hidden)}${content}
</form>`
}

/** One `<input type="hidden">` for each field, in the order given. */
export function hiddenInputs(fields: Record<string, string>): Markup[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${verbatim(name)}" value="${verbatim(value)}">\n`,
  )
}

/** The refusal of the last attempt, as the alert above the fields; nothing when there was none. */
export function alert(error: string | undefined): Markup | undefined {
  return error === undefined ? undefined : html`<p class="alert" id="problem" role="alert">${error}</p>\n`
}

/** The attributes that tie a field to the {@link alert} and to a hint (by its id), so that both are read out with it. */
export function describedBy(error: string | undefined, hintId?: string): Markup {
  const ids = [error === undefined ? '' : 'problem', hintId ?? ''].filter(id => id !== '')
  return html`${error === undefined ? undefined : html` aria-invalid="true"`}${
    ids.length === 0 ? undefined : html` aria-describedby="${ids.join(' ')}"`
  }`
}
