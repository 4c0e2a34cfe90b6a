/** One sign-in in the window of a browser: where its page may go, where it ends, and what counts as closed. */
import { ClientError } from '../../errors.js'
import type { Clock } from '../../request/clock.js'
import { isAt, loadError, needsTheUser, WAITS_FOR_A_PERSON_MS } from '../../request/sign-in-page.js'
import type { AppBrowser } from './app-browser.js'
import { centreWindow } from './centre-window.js'
import type { DevToolsEvent, DevToolsPipe } from './dev-tools-pipe.js'

/** What is shown where. */
export interface PageShow {
  readonly browser: Pick<AppBrowser, 'devTools' | 'ended'>
  readonly authorizationUrl: URL
  readonly redirectUri: URL
  /** False where nobody sees the page. */
  readonly isShown: boolean
  /** Whether the window goes to the middle of the screen. */
  readonly isCentred: boolean
  readonly signal: AbortSignal
  readonly clock: Clock
}

/** What has happened is told within this time. */
const TOLD_WITHIN_MS = 1_000

/**
 * Loads the page in the browser's only window, and resolves with the address that it is sent to in the end, which is not loaded,
 * and with the answer in its query, also where a provider has posted it or put it behind the `#`.
 *
 * @throws {ClientError} authentication_canceled – the user closed the window, or the browser.
 * @throws {ClientError} network_error, tls_error – the first page cannot be loaded.
 * @throws {ClientError} non_https_redirect_failed – a page redirects to an address that is not https.
 * @throws {ClientError} authentication_ui_failed – the browser or the page's process has crashed.
 * @throws {InteractionRequiredError} no_prompt_failed – a page that nobody sees waits for the user.
 * @throws the signal's reason when it fires first.
 */
export async function showPage(show: PageShow): Promise<URL> {
  const { signal, browser } = show
  signal.throwIfAborted()
  let stop = () => {}
  const result = new Promise<URL>((resolve, reject) => {
    const page = new SignInPage(show, resolve, reject)
    const stopListening = browser.devTools.listen(event => page.hear(event))
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    stop = () => {
      stopListening()
      page.leave()
      signal.removeEventListener('abort', onAbort)
    }
    page.start()
  })
  return result.finally(stop)
}

class SignInPage {
  readonly #show: PageShow
  readonly #devTools: DevToolsPipe
  readonly #resolve: (answer: URL) => void
  readonly #reject: (error: unknown) => void
  readonly #over = new AbortController()
  #target: string | undefined
  #session: string | undefined
  #rest = new AbortController()
  #history: 'begins' | 'leads back' | 'forgotten' = 'begins'

  constructor(show: PageShow, resolve: (answer: URL) => void, reject: (error: unknown) => void) {
    this.#show = show
    this.#devTools = show.browser.devTools
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    this.#devTools.closed.then(() => this.#failWhenEnded())
    this.#devTools.send('Browser.setDownloadBehavior', { behavior: 'deny' }).catch(() => {})
    this.#devTools.send('Target.setDiscoverTargets', { discover: true }).catch(() => {})
    // Another window would be one that nobody asks about what is loaded in it: it waits until it is closed.
    const attachment = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter: [{ type: 'page' }] }
    this.#devTools.send('Target.setAutoAttach', attachment).catch(error => this.#failSoon(error))
  }

  leave(): void {
    this.#rest.abort()
    this.#over.abort()
  }

  hear({ method, params, sessionId }: DevToolsEvent): void {
    if (method === 'Target.attachedToTarget') this.#take(params as unknown as AttachedTarget)
    if (this.#target === undefined) return
    if (params.targetId === this.#target) this.#hearOfWindow(method)
    if (sessionId === this.#session) this.#hearOfPage(method, params)
  }

  #take({ sessionId, targetInfo }: AttachedTarget): void {
    const { targetId } = targetInfo
    if (this.#target === undefined) {
      this.#target = targetId
      this.#session = sessionId
      this.#open(targetId, sessionId).catch(error => this.#failSoon(error))
    } else if (targetId !== this.#target) {
      this.#devTools.send('Target.closeTarget', { targetId }).catch(() => {})
    }
  }

  #hearOfWindow(method: string): void {
    if (method === 'Target.targetDestroyed') this.#reject(new ClientError('authentication_canceled'))
    if (method === 'Target.targetCrashed') this.#reject(uiFailed('The process of the sign-in page has ended.'))
  }

  #hearOfPage(method: string, params: DevToolsEvent['params']): void {
    if (method === 'Fetch.requestPaused') this.#judge(params as unknown as PausedRequest)
    if (method === 'Page.frameNavigated') this.#noteNavigation(params.frame as NavigatedFrame)
    if (/^Page\.(?:frameNavigated|domContentEventFired|loadEventFired)$/.test(method)) this.#forgetHistory()
    if (this.#show.isShown) return
    // The frame of the page itself has the page's own number.
    const isPage = params.frameId === this.#target
    if (method === 'Page.frameStartedLoading' && isPage) this.#rest.abort()
    if (method === 'Page.frameStoppedLoading' && isPage) this.#startRest()
    // A page may never have all of its pictures.
    if (method === 'Page.domContentEventFired') this.#startRest()
    if (method === 'Page.javascriptDialogOpening') this.#reject(needsTheUser())
  }

  async #open(targetId: string, session: string): Promise<void> {
    const { authorizationUrl, redirectUri, isCentred } = this.#show
    const patterns = [patternOf(redirectUri), 'http://*'].map(urlPattern => ({ urlPattern, resourceType: 'Document' }))
    await this.#devTools.send('Fetch.enable', { patterns }, session)
    // A worker of the redirect URI's host would be asked for the answer, and nobody about the worker.
    await this.#devTools.send('Network.enable', NOTHING_KEPT, session)
    await this.#devTools.send('Network.setBypassServiceWorker', { bypass: true }, session)
    await this.#devTools.send('Page.enable', {}, session)
    // Not every desktop lets a window choose its place, and none of them has to.
    if (isCentred) await centreWindow(this.#devTools, targetId, session).catch(() => {})
    const { errorText } = await this.#devTools.send('Page.navigate', { url: authorizationUrl.href }, session)
    if (typeof errorText === 'string' && errorText !== 'net::ERR_ABORTED') {
      this.#reject(loadError(authorizationUrl.host, errorText, /ERR_(?:CERT|SSL)_/.test(errorText)))
    }
  }

  /** Decides about a request for a page: the answer and what could be read on the way are not sent. */
  #judge({ requestId, request, frameId, redirectedRequestId }: PausedRequest): void {
    const url = new URL(request.url)
    const isPage = frameId === this.#target
    if (isPage && isAt(url, this.#show.redirectUri)) {
      this.#resolve(withAnswerInQuery(url, request))
      return
    }
    const isSafe = !isPage || url.protocol === 'https:'
    if (!isSafe && redirectedRequestId !== undefined) this.#reject(new ClientError('non_https_redirect_failed'))
    // A link that leads elsewhere does nothing; the user can go on.
    const order = isSafe ? 'Fetch.continueRequest' : 'Fetch.failRequest'
    const params = isSafe ? { requestId } : { requestId, errorReason: 'Aborted' }
    this.#devTools.send(order, params, this.#session).catch(() => {})
  }

  #noteNavigation({ id, url }: NavigatedFrame): void {
    if (this.#history === 'begins' && id === this.#target && url.startsWith('https:')) this.#history = 'leads back'
  }

  /** There is no way back to the empty page that the window began with, once the page is there for good. */
  #forgetHistory(): void {
    if (this.#history !== 'leads back') return
    this.#devTools.send('Page.resetNavigationHistory', {}, this.#session).then(
      () => {
        this.#history = 'forgotten'
      },
      // Too early; there is a next time.
      () => {},
    )
  }

  #startRest(): void {
    this.#rest.abort()
    this.#rest = new AbortController()
    this.#show.clock.sleep(WAITS_FOR_A_PERSON_MS, this.#rest.signal).then(
      () => this.#reject(needsTheUser()),
      () => {},
    )
  }

  /** A browser that ends in order, without a word about its window, has been told to by the user. */
  #failWhenEnded(): void {
    this.#show.browser.ended.then(code =>
      this.#reject(code === 0 ? new ClientError('authentication_canceled') : uiFailed('The browser has crashed.')),
    )
    this.#failSoon(undefined, 'The browser takes no orders any more.')
  }

  /** The window, or the browser, may have gone while an order was on its way; its own event says so. */
  #failSoon(cause: unknown, message = 'The browser does not show the page.'): void {
    this.#show.clock.sleep(TOLD_WITHIN_MS, this.#over.signal).then(
      () => this.#reject(uiFailed(message, cause)),
      () => {},
    )
  }
}

/** The network is told about without anything that is sent or comes. */
const NOTHING_KEPT = { maxTotalBufferSize: 0, maxResourceBufferSize: 0, maxPostDataSize: 0 }

interface AttachedTarget {
  readonly sessionId: string
  readonly targetInfo: { readonly targetId: string }
}

interface NavigatedFrame {
  readonly id: string
  readonly url: string
}

interface PausedRequest {
  readonly requestId: string
  readonly request: AskedFor
  readonly frameId: string
  /** Of the request that was answered with this redirect. */
  readonly redirectedRequestId?: string
}

interface AskedFor {
  readonly url: string
  /** With its `#`; `url` is without it. */
  readonly urlFragment?: string
  /** In Base64, each part. */
  readonly postDataEntries?: ReadonlyArray<{ readonly bytes?: string }>
}

/** Whatever response mode was asked for, some providers answer in one of their own. What is there twice stays there twice. */
function withAnswerInQuery(url: URL, { urlFragment = '', postDataEntries = [] }: AskedFor): URL {
  const posted = postDataEntries.map(({ bytes = '' }) => Buffer.from(bytes, 'base64').toString()).join('')
  const answer = new URL(url)
  answer.hash = ''
  answer.search = [url.search, urlFragment, posted]
    .map(part => part.replace(/^[?#]/, ''))
    .filter(Boolean)
    .join('&')
  return answer
}

function uiFailed(message: string, cause?: unknown): ClientError {
  return new ClientError('authentication_ui_failed', message, { cause })
}

/** Whatever query it comes with. */
function patternOf({ href }: URL): string {
  const withoutQuery = href.replace(/[?#].*$/s, '')
  return `${withoutQuery.replace(/[\\*]/g, '\\$&')}*`
}
