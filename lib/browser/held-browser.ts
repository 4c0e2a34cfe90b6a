/** The browser's own request, kept open until the sign-in has ended, and the page it is then sent to. */
import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Clock } from '../request/clock.js'
import type { LoopbackEnd } from './loopback-page.js'

const OUTCOME_WAIT_MS = 10_000
// A reload or two, and the browsers that fetch a page twice.
const PAGE_SERVINGS = 5

/** A browser that waits. */
export interface HeldBrowser {
  /** Sends it to its end. Only the first call counts. */
  finish(end: LoopbackEnd): void
  /** Answers a request for the page. False when `path` is not the page's, or it has been shown often enough. */
  servePage(path: string, response: ServerResponse): boolean
  /** Resolves when the browser needs nothing more: it has its page, was sent elsewhere, or has gone. */
  readonly isServed: Promise<void>
}

/** Holds a request back; after ten seconds it ends at `undecided`. */
export function holdBrowser(response: ServerResponse, undecided: LoopbackEnd, clock: Clock): HeldBrowser {
  const waiting = new AbortController()
  // Another page in the same browser could else fetch this one first, and the person would find nobody there.
  const secret = randomBytes(9).toString('base64url')
  let page: Extract<LoopbackEnd, { path: string }> | undefined
  let servingsLeft = PAGE_SERVINGS
  let release = () => {}
  const isServed = new Promise<void>(resolve => {
    release = resolve
  })

  const finish = (end: LoopbackEnd): void => {
    if (waiting.signal.aborted) return
    waiting.abort()
    if (response.destroyed) {
      release()
    } else if ('location' in end) {
      response.writeHead(302, { ...NOTHING_KEPT, Location: end.location }).end(release)
    } else {
      page = { ...end, path: `${end.path}/${secret}` }
      // 303 turns a form post into a GET, and takes the code out of the address bar and the history.
      response.writeHead(303, { ...NOTHING_KEPT, Location: page.path }).end()
    }
  }

  clock.sleep(OUTCOME_WAIT_MS, waiting.signal).then(
    () => finish(undecided),
    () => {},
  )
  return {
    finish,
    isServed,
    servePage(path, pageResponse) {
      if (path !== page?.path || servingsLeft === 0) return false
      servingsLeft -= 1
      const headers = { ...page.headers, 'Content-Length': Buffer.byteLength(page.body), Connection: 'close' }
      pageResponse.writeHead(200, headers).end(page.body, release)
      return true
    },
  }
}

const NOTHING_KEPT = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'Content-Length': 0 }
