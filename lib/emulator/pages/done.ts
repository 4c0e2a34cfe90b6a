/** The last page of a sign-in that leads back to no program in this browser. */
import { html } from './html.js'
import { layout } from './layout.js'

/** Says what has happened, and that the window may be closed. */
export function donePage(view: { title: string; message: string }): string {
  return layout({
    title: view.title,
    content: html`<h1>${view.title}</h1>
<p class="lead">${view.message}</p>
<p>You may close this window.</p>`,
  })
}
