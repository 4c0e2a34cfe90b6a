/** Listens on the loopback address for one sign-in: takes the one answer that carries its state, and refuses everything else. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { Clock } from '../request/clock.js'
import type { SystemBrowserOptions } from '../request/web-ui.js'
import { type HeldBrowser, holdBrowser } from './held-browser.js'
import { listenOnAll, parseLoopbackUri } from './loopback-address.js'
import { endOf, type LoopbackOutcome, undecidedEnd } from './loopback-page.js'
import { isNavigation, isState, pathOf, readAnswer } from './loopback-request.js'
import { SocketPool } from './socket-pool.js'

// Long enough for a busy machine: a browser that finds nobody there shows an error after a sign-in that went well.
const PAGE_WAIT_MS = 2_000
const LOGGED_STRAYS = 10

const SERVER_OPTIONS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 2_000,
  connectionsCheckingInterval: 1_000,
  // Cookies that other programs set for localhost come along, and so does the code in a query.
  maxHeaderSize: 64 * 1024,
}

/** A listener that stands from the moment it is handed out until `close`. */
export interface LoopbackListener {
  /** What is sent to the service: the configured redirect URI with the port in it. */
  readonly redirectUri: string
  /**
   * Resolves with the first answer that carries `state`. Until this is called every request is refused, so call it,
   * once, before the browser opens.
   *
   * @throws the signal's reason when it fires.
   * @throws {ClientError} `authentication_canceled` – closed before an answer came.
   */
  waitForAnswer(state: string, signal: AbortSignal): Promise<LoopbackAnswer>
  /** Lets the browser fetch its last page, for at most two seconds, and ends every connection. May be called twice. */
  close(): Promise<void>
}

/** The browser's answer. Its request stays open until `respond`, so that the page can tell the truth. */
export interface LoopbackAnswer {
  /** `code`, `state`, `error`, `error_description`, `client_info`, `iss` and whatever else came. */
  readonly params: ReadonlyMap<string, string>
  /** Says how the sign-in ended. After ten seconds without it the browser is told to go back to the app. */
  respond(outcome: LoopbackOutcome): void
}

/** Where to listen, and what to show at the end. */
export interface LoopbackOptions {
  redirectUri: string
  /** In place of the port of `redirectUri`. */
  port?: number | undefined
  pages: SystemBrowserOptions
  appName?: string | undefined
  logger: Logger
  clock: Clock
}

/**
 * Starts listening. Resolves when the browser may come.
 *
 * @throws {ClientError} `loopback_redirect_uri` – `redirectUri` is not an http loopback address.
 * @throws {ClientError} `http_listener_error` – the port is in use or not allowed.
 * @see [RFC 8252 § 7.3, § 8.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3)
 */
export async function listenOnLoopback(options: LoopbackOptions): Promise<LoopbackListener> {
  const { pages, appName, logger, clock } = options
  const address = parseLoopbackUri(options.redirectUri)
  const sockets = new SocketPool()
  const { servers, port } = await listenOnAll(address.addresses, options.port ?? address.port, () =>
    sockets.watch(createServer(SERVER_OPTIONS)),
  )
  const redirectUri = address.withPort(port)
  const { host, pathname } = new URL(redirectUri)
  const undecided = undecidedEnd(appName)
  let waiting: { state: string; resolve(answer: LoopbackAnswer): void; reject(reason: unknown): void } | undefined
  let browser: HeldBrowser | undefined
  let strays = 0
  let closing: Promise<void> | undefined

  const refuse = (response: ServerResponse, why: string): void => {
    strays += 1
    if (strays <= LOGGED_STRAYS) logger.verbose(`loopback: refused a request (${why})`)
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', Connection: 'close' }
    response.writeHead(404, headers).end('Not found\n')
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isNavigation(request, host)) return refuse(response, 'not a navigation to this address')
    const path = pathOf(request)
    if (request.method === 'GET' && browser?.servePage(path, response)) return
    const expected = waiting
    if (expected === undefined || path !== pathname) return refuse(response, 'not what is waited for')
    const params = await readAnswer(request)
    if (params === undefined) return refuse(response, 'not an answer')
    if (!isState(params.get('state'), expected.state)) return refuse(response, 'without the state of this sign-in')
    // Another answer may have been first while this one was read.
    if (waiting !== expected) return refuse(response, 'a second answer')
    waiting = undefined
    const held = holdBrowser(response, undecided, clock)
    browser = held
    sockets.keep(request.socket)
    expected.resolve({ params, respond: outcome => held.finish(endOf(outcome, pages, appName)) })
  }

  const nextAnswer = async (state: string, signal: AbortSignal): Promise<LoopbackAnswer> => {
    signal.throwIfAborted()
    let stop = () => {}
    try {
      return await new Promise((resolve, reject) => {
        stop = () => reject(signal.reason)
        signal.addEventListener('abort', stop, { once: true })
        waiting = { state, resolve, reject }
      })
    } finally {
      waiting = undefined
      signal.removeEventListener('abort', stop)
    }
  }

  const shutDown = async (): Promise<void> => {
    waiting?.reject(new ClientError('authentication_canceled', 'The sign-in was closed before the browser came back.'))
    browser?.finish(undecided)
    const patience = new AbortController()
    await Promise.race([browser?.isServed, delay(PAGE_WAIT_MS, undefined, { signal: patience.signal }).catch(() => {})])
    patience.abort()
    for (const server of servers) server.close()
    sockets.destroyAll()
    if (strays > 0) logger.verbose(`loopback: refused ${strays} requests in all`)
  }

  // Nothing that is sent may make this happen: the wait would go on, but whoever looks for the cause should find it.
  const failed = (request: IncomingMessage, error: unknown): void => {
    logger.warning(`loopback: a request could not be answered (${error instanceof Error ? error.name : typeof error})`)
    request.destroy()
  }
  for (const server of servers) {
    server.on('request', (request, response) => void handle(request, response).catch(error => failed(request, error)))
    server.on('error', error => logger.warning(`loopback: ${error.message}`))
  }
  logger.verbose(`loopback: listening on port ${port}`)
  return {
    redirectUri,
    waitForAnswer(state, signal) {
      const answer = nextAnswer(state, signal)
      // The caller may fail to open the browser, and then never look at this.
      answer.catch(() => {})
      return answer
    },
    close() {
      closing ??= shutDown()
      return closing
    },
  }
}
