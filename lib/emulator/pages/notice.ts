/** The last page of what ends in the browser and not at an app. */
import { html } from './html.js'
import { layout, tenantLine } from './layout.js'

/** Says what has happened; there is nothing more to do. */
export function noticePage(view: { tenantName: string; title: string; message: string }): string {
  return layout({
    title: view.title,
    content: html`${tenantLine(view.tenantName)}
<h1>${view.title}</h1>
<p class="lead">${view.message}</p>`,
  })
}
