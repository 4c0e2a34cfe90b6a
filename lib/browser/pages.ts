/** The pages the browser shows when it comes back to the app: signed in, or what went wrong. The only place HTML is written. */
import { createHash } from 'node:crypto'

/** What {@link failurePage} has to tell. */
export interface FailureView {
  /** The service's or our own error code. At most 100 characters of it are shown. */
  error: string
  /** What happened, in the words of whoever refused; untrusted. At most 1 000 characters of it are shown. */
  description: string
  /** The name of the app to go back to. Default: "the app". */
  appName?: string | undefined
  /**
   * The app's own HTML instead of ours. `{0}` is the error and `{1}` the description, both escaped for element
   * content and quoted attributes. Any other brace stands for itself, since style sheets are full of them.
   */
  message?: string | undefined
}

/**
 * The page after a sign-in that succeeded, the code redeemed and all.
 * `message` is the app's own HTML instead of ours; send it under {@link APP_PAGE_HEADERS}.
 */
export function successPage(view: { appName?: string | undefined; message?: string | undefined }): string {
  if (view.message !== undefined) return view.message
  const app = view.appName === undefined ? '' : ` to <b>${shown(view.appName, 100)}</b>`
  return page({
    title: 'Signed in',
    mark: '<path d="M7.5 12.5l3 3 6-6.5"/>',
    content: `<h1>You are signed in${app}.</h1>
<p>You may close this window.</p>`,
  })
}

/** The page after a sign-in that failed. The app's own HTML goes under {@link APP_PAGE_HEADERS}, ours under {@link PAGE_HEADERS}. */
export function failurePage(view: FailureView): string {
  const error = shown(view.error, 100)
  const description = linesOf(shown(view.description, 1000))
  if (view.message !== undefined) return format(view.message, [error, description])
  const app = view.appName === undefined ? 'the app' : `<b>${shown(view.appName, 100)}</b>`
  return page({
    title: 'Not signed in',
    mark: '<path d="M12 7v6M12 16.5v.01"/>',
    kind: 'failure',
    content: `<h1>You are not signed in.</h1>
<p>Go back to ${app} and try again.</p>
<div class="what">
${description === '' ? '' : `<p>${description}</p>\n`}<p>Error code: <code>${error}</code></p>
</div>`,
  })
}

/** The page for when the outcome is not known in time: it promises nothing. */
export function undecidedPage(view: { appName?: string | undefined }): string {
  const app = view.appName === undefined ? 'the app' : `<b>${shown(view.appName, 100)}</b>`
  return page({
    title: 'Go back to the app',
    mark: '<path d="M6 12h.01M12 12h.01M18 12h.01"/>',
    kind: 'undecided',
    content: `<h1>Go back to ${app} to see whether you are signed in.</h1>
<p>You may close this window.</p>`,
  })
}

/** What support will ask for stands on lines of its own; the service sends it in one. */
function linesOf(description: string): string {
  return description.replace(/ (?=(?:Trace ID|Correlation ID|Timestamp): )/g, '\n')
}

const STYLESHEET = `
:root {
  color-scheme: light dark;
  --page: #f6f5f2; --panel: #fff; --ink: #211f1b; --soft: #5d574c; --line: #dcd8ce; --good: #0d5f58; --good-tint: #dcedea;
  --bad: #9c1f26; --bad-tint: #f9e3e1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16181a; --panel: #1d2023; --ink: #eceae6; --soft: #aaa79f; --line: #363b3f; --good: #7fd1c7; --good-tint: #1d3835;
    --bad: #ffb3ae; --bad-tint: #452325;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 32px 20px 12vh;
  background: var(--page); color: var(--ink); font: 17px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
main { width: 100%; max-width: 480px; text-align: center; }
svg { width: 72px; height: 72px; padding: 12px; border-radius: 50%; color: var(--good); background: var(--good-tint); }
.failure svg { color: var(--bad); background: var(--bad-tint); }
.undecided svg { color: var(--soft); background: var(--line); }
h1 { margin: 24px 0 0; font-size: 28px; line-height: 1.25; font-weight: 400; letter-spacing: -0.01em; text-wrap: balance; }
b { font-weight: 600; color: var(--ink); }
p { margin: 8px 0 0; color: var(--soft); text-wrap: balance; }
.what {
  margin: 32px 0 0; padding: 18px 20px 20px; text-align: left; font-size: 15px;
  background: var(--panel); border: 1px solid var(--line); border-radius: 12px;
}
.what p { margin: 0; white-space: pre-line; text-wrap: wrap; }
.what p + p { margin-top: 12px; }
code { font: 14px/1.5 ui-monospace, monospace; color: var(--ink); }
`

const EVERY_PAGE: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

const LOCKED_DOWN = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** The headers of our own pages: one stylesheet, known by its hash, and nothing else. */
export const PAGE_HEADERS: Record<string, string> = {
  ...EVERY_PAGE,
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${sha256(STYLESHEET)}'; ${LOCKED_DOWN}`,
}

/** The headers of the app's own HTML: its styles and pictures are welcome, scripts, forms and frames are not. */
export const APP_PAGE_HEADERS: Record<string, string> = {
  ...EVERY_PAGE,
  'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; ${LOCKED_DOWN}`,
}

function page(view: { title: string; mark: string; kind?: string; content: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${view.title}</title>
<style>${STYLESHEET}</style>
</head>
<body>
<main${view.kind === undefined ? '' : ` class="${view.kind}"`}>
<svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${view.mark}</svg>
${view.content}
</main>
</body>
</html>
`
}

/** Replaces `{0}` and `{1}` in one pass, so that a value with braces in it is not read again. */
function format(message: string, [error, description]: readonly [string, string]): string {
  return message.replace(/\{[01]\}/g, token => (token === '{0}' ? error : description))
}

// Control characters but tab and line feed, half characters, and the overrides that make text read as other than it is.
const UNSEEN = /[^\P{Cc}\t\n]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/gu

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Untrusted text as a person may see it: bounded, without control characters, escaped. */
function shown(text: string, limit: number): string {
  const characters = [
    ...text
      .slice(0, 4 * limit)
      .replace(UNSEEN, '')
      .trim(),
  ]
  const bounded = characters.length > limit ? `${characters.slice(0, limit).join('')}…` : characters.join('')
  return bounded.replace(/[&<>"']/g, character => ENTITIES[character] ?? '')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
