/** The response headers that go with the pages: not stored, not framed, nothing loaded, nothing run. */
import { createHash } from 'node:crypto'
import { SUBMIT_SCRIPT } from './form-post.js'
import { STYLESHEET } from './stylesheet.js'

/** For every page but {@link formPostPage}: one stylesheet, known by its hash, and nothing else. */
export const PAGE_HEADERS: Record<string, string> = headersWith([`style-src ${hashSource(STYLESHEET)}`])

/** For {@link formPostPage}: the same, and the one script that submits the form. */
export const FORM_POST_HEADERS: Record<string, string> = headersWith([
  `style-src ${hashSource(STYLESHEET)}`,
  `script-src ${hashSource(SUBMIT_SCRIPT)}`,
])

function headersWith(sources: string[]): Record<string, string> {
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    Pragma: 'no-cache',
    // The URL of a page carries state and login_hint. Within the origin the emulator may still check Origin.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    // No form-action: chromium applies it to the redirects after the post too, and would block the one to the loopback.
    'Content-Security-Policy': ["default-src 'none'", ...sources, "frame-ancestors 'none'", "base-uri 'none'"].join(
      '; ',
    ),
  }
}

function hashSource(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`
}
