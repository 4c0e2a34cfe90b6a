/** One sign-in in the window of a browser: where its page may go, where it ends, and what counts as closed. */
import { ClientError, InteractionRequiredError } from '../../errors.js'
import type { Clock } from '../../request/clock.js'
import type { DevToolsEvent, DevToolsPipe } from './dev-tools-pipe.js'

/** What is shown where. */
export interface PageShow {
  readonly devTools: DevToolsPipe
  readonly authorizationUrl: URL
  readonly redirectUri: URL
  /** False where nobody sees the page. */
  readonly isShown: boolean
  /** Whether the window goes to the middle of the screen. */
  readonly isCentred: boolean
  readonly signal: AbortSignal
  readonly clock: Clock
}

/** A page that has loaded and goes nowhere for this long waits for a person. */
const WAITS_FOR_A_PERSON_MS = 5_000

/**
 * Loads the page in the browser's only window, and resolves with the address that it is sent to in the end, which is not loaded.
 *
 * @throws {ClientError} authentication_canceled – the user closed the window.
 * @throws {ClientError} network_error, tls_error – the first page cannot be loaded.
 * @throws {ClientError} non_https_redirect_failed – a page redirects to an address that is not https.
 * @throws {ClientError} authentication_ui_failed – the browser or the page's process has ended.
 * @throws {InteractionRequiredError} no_prompt_failed – a page that nobody sees waits for the user.
 * @throws the signal's reason when it fires first.
 */
export async function showPage(show: PageShow): Promise<URL> {
  const { devTools, signal } = show
  signal.throwIfAborted()
  let stop = () => {}
  const result = new Promise<URL>((resolve, reject) => {
    const page = new SignInPage(show, resolve, reject)
    const stopListening = devTools.listen(event => page.hear(event))
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    stop = () => {
      stopListening()
      page.leave()
      signal.removeEventListener('abort', onAbort)
    }
    devTools.closed.then(() => reject(uiFailed('The browser has ended.')))
    devTools.send('Browser.setDownloadBehavior', { behavior: 'deny' }).catch(() => {})
    devTools.send('Target.setDiscoverTargets', { discover: true }).catch(reject)
  })
  return result.finally(stop)
}

type Text = string | undefined

class SignInPage {
  readonly #show: PageShow
  readonly #resolve: (answer: URL) => void
  readonly #reject: (error: unknown) => void
  #target: Text
  #session: Text
  #rest = new AbortController()

  constructor(show: PageShow, resolve: (answer: URL) => void, reject: (error: unknown) => void) {
    this.#show = show
    this.#resolve = resolve
    this.#reject = reject
  }

  leave(): void {
    this.#rest.abort()
  }

  hear({ method, params, sessionId }: DevToolsEvent): void {
    const { targetInfo, targetId } = params as { targetInfo?: { type: string; targetId: string }; targetId?: string }
    if (method === 'Target.targetCreated' && targetInfo?.type === 'page' && this.#target === undefined) {
      this.#target = targetInfo.targetId
      this.#open(targetInfo.targetId).catch(error => this.#fail(error))
    }
    if (targetId !== undefined && targetId === this.#target) {
      if (method === 'Target.targetDestroyed') this.#reject(new ClientError('authentication_canceled'))
      if (method === 'Target.targetCrashed') this.#reject(uiFailed('The process of the sign-in page has ended.'))
    }
    if (sessionId === undefined || sessionId !== this.#session) return
    if (method === 'Fetch.requestPaused') this.#judge(params as unknown as PausedRequest)
    // The frame of the page itself has the page's own number.
    if (params.frameId !== this.#target || this.#show.isShown) return
    if (method === 'Page.frameStartedLoading') this.#rest.abort()
    if (method === 'Page.frameStoppedLoading') this.#startRest()
  }

  async #open(targetId: string): Promise<void> {
    const { devTools, authorizationUrl, redirectUri, isCentred } = this.#show
    const { sessionId } = await devTools.send('Target.attachToTarget', { targetId, flatten: true })
    const session = String(sessionId)
    this.#session = session
    const patterns = [patternOf(redirectUri), 'http://*'].map(urlPattern => ({ urlPattern, resourceType: 'Document' }))
    await devTools.send('Fetch.enable', { patterns }, session)
    await devTools.send('Page.enable', {}, session)
    // Not every desktop lets a window choose its place, and none of them has to.
    if (isCentred) await centre(devTools, targetId, session).catch(() => {})
    const { errorText } = await devTools.send('Page.navigate', { url: authorizationUrl.href }, session)
    if (typeof errorText === 'string' && errorText !== 'net::ERR_ABORTED') {
      this.#reject(loadError(errorText, authorizationUrl))
    }
  }

  /** Decides about a request for a page: the answer and what could be read on the way are not sent. */
  #judge({ requestId, request, frameId, redirectedRequestId }: PausedRequest): void {
    const url = new URL(request.url)
    const isPage = frameId === this.#target
    if (isPage && isAt(url, this.#show.redirectUri)) {
      this.#resolve(url)
      return
    }
    const isSafe = !isPage || url.protocol === 'https:'
    if (!isSafe && redirectedRequestId !== undefined) this.#reject(new ClientError('non_https_redirect_failed'))
    // A link that leads elsewhere does nothing; the user can go on.
    const order = isSafe ? 'Fetch.continueRequest' : 'Fetch.failRequest'
    const params = isSafe ? { requestId } : { requestId, errorReason: 'Aborted' }
    this.#show.devTools.send(order, params, this.#session).catch(() => {})
  }

  #startRest(): void {
    this.#rest.abort()
    this.#rest = new AbortController()
    this.#show.clock.sleep(WAITS_FOR_A_PERSON_MS, this.#rest.signal).then(
      () =>
        this.#reject(
          new InteractionRequiredError('no_prompt_failed', undefined, { classification: 'prompt_never_failed' }),
        ),
      () => {},
    )
  }

  /** The window, or the browser, may have gone while an order was on its way; its own event says so. */
  #fail(cause: unknown): void {
    const reject = () => this.#reject(uiFailed('The browser does not show the page.', cause))
    this.#show.clock.sleep(1_000).then(reject, reject)
  }
}

/** To the middle of what the screen has left beside bars and docks. */
async function centre(devTools: DevToolsPipe, targetId: string, session: string): Promise<void> {
  const expression = '[screen.availLeft, screen.availTop, screen.availWidth, screen.availHeight]'
  const [{ result }, { windowId, bounds }] = await Promise.all([
    devTools.send('Runtime.evaluate', { expression, returnByValue: true }, session),
    devTools.send('Browser.getWindowForTarget', { targetId }),
  ])
  const [x, y, width, height] = (result as { value: [number, number, number, number] }).value
  const own = bounds as { width: number; height: number }
  const left = Math.round(x + Math.max(0, width - own.width) / 2)
  const top = Math.round(y + Math.max(0, height - own.height) / 2)
  await devTools.send('Browser.setWindowBounds', { windowId, bounds: { left, top } })
}

interface PausedRequest {
  readonly requestId: string
  readonly request: { readonly url: string }
  readonly frameId: string
  /** Of the request that was answered with this redirect. */
  readonly redirectedRequestId?: string
}

function uiFailed(message: string, cause?: unknown): ClientError {
  return new ClientError('authentication_ui_failed', message, { cause })
}

/** Whatever query it comes with. */
function patternOf({ href }: URL): string {
  const withoutQuery = href.replace(/[?#].*$/s, '')
  return `${withoutQuery.replace(/[\\*]/g, '\\$&')}*`
}

function isAt(url: URL, redirectUri: URL): boolean {
  return url.protocol === redirectUri.protocol && url.host === redirectUri.host && url.pathname === redirectUri.pathname
}

function loadError(description: string, { host }: URL): ClientError {
  return /ERR_(?:CERT|SSL)_/.test(description)
    ? new ClientError('tls_error', `The certificate of ${host} is not trusted: ${description}.`)
    : new ClientError('network_error', `${host} could not be reached: ${description}.`)
}
