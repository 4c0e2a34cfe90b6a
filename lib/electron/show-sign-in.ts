/** One sign-in in one window: what the page may do, where it ends, and that nothing of it is left behind. */
import { ClientError, WebUiError } from '../errors.js'
import type { Clock } from '../request/clock.js'
import { isAt, loadError, needsTheUser, WAITS_FOR_A_PERSON_MS } from '../request/sign-in-page.js'
import { Listeners } from './listeners.js'
import type { ContentsEvents, NavigationEvent, SessionEvents, SignInWindow, WindowEvents } from './types.js'

/** What a sign-in is shown with. */
export interface SignInShow {
  readonly window: SignInWindow
  readonly parent: SignInWindow | undefined
  readonly authorizationUrl: URL
  readonly redirectUri: URL
  readonly signal: AbortSignal
  readonly title: string
  /** False where nobody is to see the window. */
  readonly isShown: boolean
  readonly clock: Clock
}

// Chromium's numbers: net/base/net_error_list.h.
const ABORTED = -3
const isCertificateError = (code: number) => code <= -200 && code > -300

/**
 * Loads the page and resolves with the address that it is sent to in the end, which is not loaded. The window is destroyed by then.
 *
 * @throws {ClientError} authentication_canceled, network_error, tls_error, non_https_redirect_failed, no_prompt_failed – see electronWebUi.
 * @throws {WebUiError} authentication_failed – the process of the page has ended.
 * @throws the signal's reason when it fires first.
 */
export function showSignIn(show: SignInShow): Promise<URL> {
  return new Promise((resolve, reject) => {
    const { window, signal, redirectUri } = show
    const { webContents } = window
    const { session } = webContents
    const listeners = new Listeners()
    let isOver = false
    const end = (settle: () => void) => {
      if (isOver) return
      isOver = true
      // Electron does not survive a window that is destroyed from within some of its own events.
      setImmediate(() => {
        leave(show)
        listeners.removeAll()
        settle()
      })
    }
    const fail = (error: unknown) => end(() => reject(error))
    const isAnswer = (url: string) => URL.canParse(url) && isAt(new URL(url), redirectUri)
    const answer = (url: string) => end(() => resolve(new URL(url)))
    /** Lets a page go where it may; true when it may not. */
    const isStopped = (event: NavigationEvent): boolean => {
      const isFree = !isOver && (!event.isMainFrame || (isHttps(event.url) && !isAnswer(event.url)))
      if (!isFree) event.preventDefault()
      return !isFree
    }

    webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
    session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false))
    session.setPermissionCheckHandler(() => false)
    session.setDevicePermissionHandler(() => false)
    window.setMenu(null)

    listeners.on<SessionEvents>(session, { 'will-download': event => event.preventDefault() })
    listeners.on<WindowEvents>(window, {
      closed: () => fail(new ClientError('authentication_canceled')),
      'page-title-updated': event => event.preventDefault(),
    })
    listeners.on<ContentsEvents>(webContents, {
      'will-redirect': event => {
        if (!isStopped(event)) return
        if (isAnswer(event.url)) answer(event.url)
        else fail(new ClientError('non_https_redirect_failed'))
      },
      'will-navigate': event => {
        // A link that leads elsewhere does nothing; the user can go on.
        if (isStopped(event) && isAnswer(event.url)) answer(event.url)
      },
      'did-fail-load': (_event, code, description, url, isMainFrame) => {
        if (!isMainFrame || isOver) return
        if (isAnswer(url)) answer(url)
        else if (code !== ABORTED) fail(loadFailure(code, description, url))
      },
      'did-navigate': (_event, url) => window.setTitle(`${show.title} – ${new URL(url).host}`),
      'will-prevent-unload': event => event.preventDefault(),
      'render-process-gone': (_event, { reason }) =>
        fail(new WebUiError(`The process of the sign-in page has ended: ${reason}.`)),
      ...(show.isShown ? {} : endAtPages(show.clock, listeners, fail)),
    })
    const onAbort = () => fail(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    listeners.atEnd(() => signal.removeEventListener('abort', onAbort))
    // did-fail-load says more, and says it of every page.
    window.loadURL(show.authorizationUrl.href).catch(() => {})
  })
}

/** Fails once a page has come to rest: without the user it would stay there until the time limit. */
function endAtPages(clock: Clock, listeners: Listeners, fail: (error: unknown) => void) {
  let rest = new AbortController()
  const move = () => rest.abort()
  listeners.atEnd(move)
  return {
    'did-start-loading': move,
    'did-stop-loading': () => {
      rest.abort()
      rest = new AbortController()
      const isAtRest = clock.sleep(WAITS_FOR_A_PERSON_MS, rest.signal)
      isAtRest.then(
        () => fail(needsTheUser()),
        () => {},
      )
    },
  }
}

/** Takes the window away, and the user back to where they came from. */
function leave({ window, parent, signal }: SignInShow): void {
  const isClosed = window.isDestroyed()
  // Who has turned to another program meanwhile is not called back by a time limit.
  const returns = isClosed || (window.isFocused() && !signal.aborted)
  if (!isClosed) window.destroy()
  if (returns && parent !== undefined && !parent.isDestroyed()) parent.focus()
}

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:'
}

function loadFailure(code: number, description: string, url: string): ClientError {
  const host = URL.canParse(url) ? new URL(url).host : 'the sign-in page'
  return loadError(host, description, isCertificateError(code))
}
