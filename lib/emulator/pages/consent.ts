/** The consent page: what the app wants to do, resource by resource. */
import { type Form, postForm } from './form.js'
import { html } from './html.js'
import { layout, userLine } from './layout.js'

/** Submits `ucaccept=yes` or `ucaccept=no`. `everyoneOf` is the tenant whose administrator consents for all users. */
export function consentPage(view: {
  form: Form
  appName: string
  username: string
  everyoneOf?: string
  resources: { name: string; scopes: { name: string; description: string }[] }[]
}): string {
  const resources = view.resources.map(
    resource => html`<section class="resource">
<h2>${resource.name}</h2>
<ul>
${resource.scopes.map(scope => html`<li>${scope.description || scope.name}<code>${scope.name}</code></li>\n`)}</ul>
</section>
`,
  )
  const content = html`${resources}<div class="actions">
<button class="primary" name="ucaccept" value="yes" autofocus>Accept</button>
<button name="ucaccept" value="no">Cancel</button>
</div>`
  const onBehalfOf =
    view.everyoneOf === undefined ? html`you` : html`each user of <b>${view.everyoneOf}</b>, who will not be asked`
  return layout({
    title: 'Permissions requested',
    content: html`${userLine(view.username)}
<h1>Permissions requested</h1>
<p class="lead"><b>${view.appName}</b> asks for permission to do this as ${onBehalfOf}:</p>
${postForm(view.form, content)}`,
  })
}
