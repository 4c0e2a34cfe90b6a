/** The frame of every page: document, stylesheet, the banner that says this is an emulator, and the card. */
import { html, type Markup, trusted } from './html.js'
import { STYLESHEET } from './stylesheet.js'

const KEY = trusted(
  '<svg viewBox="0 0 20 20" aria-hidden="true"><g fill="none" stroke="currentColor" stroke-width="2" ' +
    'stroke-linecap="round"><circle cx="6.5" cy="10" r="4"/><path d="M10.5 10H18M15 10v3.5M18 10v2.5"/></g></svg>',
)

/** One page, as text ready to send. `title` is the tab's, `content` stands in the card. */
export function layout(view: { title: string; content: Markup }): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${view.title} – latchkey emulator</title>
<style>${trusted(STYLESHEET)}</style>
</head>
<body>
<p class="banner"><strong>latchkey emulator</strong> – not a real sign-in page</p>
<main>
${view.content}
</main>
</body>
</html>
`.source
}

/** The tenant's name over the heading, beside the key. */
export function tenantLine(tenantName: string): Markup {
  return html`<p class="tenant">${KEY}<span>${tenantName}</span></p>`
}
