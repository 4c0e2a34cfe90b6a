/** The error page: what may not be told to the app by a redirect is told to the person here. */
import { html } from './html.js'
import { layout } from './layout.js'

/** Shows the message, and the details (error code, request id, correlation id, time) as a list to copy from. */
export function errorPage(view: { title: string; message: string; details: Record<string, string> }): string {
  const details = Object.entries(view.details).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)
  return layout({
    title: view.title,
    content: html`<h1>${view.title}</h1>
<p class="alert" role="alert">${view.message}</p>
${details.length === 0 ? undefined : html`<dl>\n${details}</dl>`}`,
  })
}
