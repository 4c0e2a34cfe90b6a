/** The frame of every page: document, stylesheet, the banner that says this is an emulator, and the card. */
import { html, type Markup, trusted } from './html.js'
import { STYLESHEET } from './stylesheet.js'

const KEY = icon('<circle cx="7" cy="12" r="4.5"/><path d="M11.5 12H21M17.5 12v4M21 12v3"/>')
const PERSON = icon('<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20c.5-4 3.5-6 7.5-6s7 2 7.5 6"/>')

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

/** Whose sign-in page this is: the line over the heading. */
export function tenantLine(tenantName: string): Markup {
  return html`<p class="who">${KEY}<span>${tenantName}</span></p>`
}

/** Who is signing in: the line over the heading once that is known. */
export function userLine(username: string): Markup {
  return html`<p class="who">${PERSON}<span>${username}</span></p>`
}

function icon(shapes: string): Markup {
  return trusted(
    '<svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2"' +
      ` stroke-linecap="round">${shapes}</svg>`,
  )
}
