/** The page where users edit their profile. */
import { alert, describedBy, type Form, postForm } from './form.js'
import { html, verbatim } from './html.js'
import { layout, userLine } from './layout.js'

/** Asks for `displayName`, `givenName` and `surname`, the last two at will; Cancel submits `cancelName=1`. */
export function profilePage(view: {
  form: Form
  appName: string
  username: string
  displayName: string
  givenName: string
  surname: string
  error?: string
  cancelName: string
}): string {
  const content = html`${alert(view.error)}<label for="displayName">Display name</label>
<input id="displayName" name="displayName" value="${view.displayName}" autocomplete="name" spellcheck="false"
 maxlength="256" required autofocus${describedBy(view.error)}>
<label for="givenName">Given name</label>
<input id="givenName" name="givenName" value="${view.givenName}" autocomplete="given-name" spellcheck="false" maxlength="256">
<label for="surname">Surname</label>
<input id="surname" name="surname" value="${view.surname}" autocomplete="family-name" spellcheck="false" maxlength="256">
<div class="actions">
<button class="primary">Continue</button>
<button name="${verbatim(view.cancelName)}" value="1" formnovalidate>Cancel</button>
</div>`
  return layout({
    title: 'Edit your profile',
    content: html`${userLine(view.username)}
<h1>Edit your profile</h1>
<p class="lead">to continue to <b>${view.appName}</b></p>
${postForm(view.form, content)}`,
  })
}
