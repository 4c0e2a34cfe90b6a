/** Makes the web UI: checks its options, and opens a window for each sign-in, a child of the app's own. */
import { ClientError } from '../errors.js'
import type { Clock } from '../request/clock.js'
import { SYSTEM_CLOCK } from '../request/system-clock.js'
import type { CustomWebUi } from '../request/web-ui.js'
import { Partitions } from './partitions.js'
import { showSignIn } from './show-sign-in.js'
import type { SignInWindow, SignInWindowOptions } from './types.js'

/** Options of {@link electronWebUi}. */
export interface ElectronWebUiOptions<Window extends SignInWindow> {
  /** The class that Electron exports. */
  BrowserWindow: new (
    options: SignInWindowOptions<Window>,
  ) => Window
  /** The window that the sign-in belongs to, or what finds it when somebody signs in. Default: none. */
  parent?: Window | (() => Window | null | undefined)
  /** Whether the parent takes no input meanwhile. Default: true, but on macOS, where a modal window could not be closed. */
  modal?: boolean
  /**
   * The partition that keeps the session of the sign-in pages; `persist:<name>` stays on the disk, so that users are not asked
   * for their password again. Use it for nothing else. Default: one in memory, emptied after each sign-in.
   */
  partition?: string
  /** In pixels that do not depend on the display's scale. Default 500. */
  width?: number
  /** In pixels that do not depend on the display's scale. Default 680. */
  height?: number
  /** What the window's title begins with; the host of the page follows. Default `Sign in`. */
  title?: string
}

/**
 * A web UI that signs users in with a window of the Electron app.
 *
 * The page is sandboxed and gets nothing of Node; it can go to https addresses only, and open no window, download nothing
 * and use no device. The window is gone before the sign-in ends. With `prompt: 'none'` it is never shown.
 *
 * The sign-in rejects with `authentication_canceled` when the user closes the window, `network_error` or `tls_error` when a
 * page cannot be loaded, `non_https_redirect_failed` when a page redirects to an address that is not https, `no_prompt_failed`
 * when a window that is not shown comes to a page for the user, and `invalid_window_handle` when the parent has been destroyed.
 *
 * @throws {ClientError} invalid_configuration – an option has the wrong type or value.
 */
export function electronWebUi<Window extends SignInWindow>(options: ElectronWebUiOptions<Window>): CustomWebUi
/** @internal What tests put in the place of the real thing. */
export function electronWebUi<Window extends SignInWindow>(
  options: ElectronWebUiOptions<Window>,
  overrides?: { clock?: Clock; platform?: NodeJS.Platform },
): CustomWebUi
export function electronWebUi<Window extends SignInWindow>(
  options: ElectronWebUiOptions<Window>,
  overrides: { clock?: Clock; platform?: NodeJS.Platform } = {},
): CustomWebUi {
  checkOptions(options)
  const { clock = SYSTEM_CLOCK, platform = process.platform } = overrides
  const { BrowserWindow, modal = platform !== 'darwin', width = 500, height = 680, title = 'Sign in' } = options
  const partitions = new Partitions(options.partition)
  return {
    async acquireAuthorizationCode(authorizationUrl, redirectUri, signal) {
      signal.throwIfAborted()
      const isShown = authorizationUrl.searchParams.get('prompt') !== 'none'
      const parent = isShown ? usable(options.parent) : undefined
      const partition = partitions.take()
      const window = new BrowserWindow({
        ...(parent && { parent }),
        modal: modal && parent !== undefined,
        show: isShown,
        width,
        height,
        title,
        center: true,
        minimizable: false,
        fullscreenable: false,
        autoHideMenuBar: true,
        webPreferences: { ...HARMLESS, partition },
      })
      const { session } = window.webContents
      try {
        return await showSignIn({ window, parent, authorizationUrl, redirectUri, signal, title, isShown, clock })
      } finally {
        partitions.giveBack(partition, session)
      }
    },
  }
}

const HARMLESS = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  safeDialogs: true,
  // Its dictionaries come from a server that has no part in this.
  spellcheck: false,
}

function usable<Window extends SignInWindow>(parent: ElectronWebUiOptions<Window>['parent']): Window | undefined {
  const found = isFinder<Window>(parent) ? parent() : parent
  if (found === null || found === undefined) return undefined
  if (typeof found.isDestroyed !== 'function' || found.isDestroyed()) throw new ClientError('invalid_window_handle')
  return found
}

function isFinder<Window>(parent: unknown): parent is () => Window | null | undefined {
  return typeof parent === 'function'
}

function checkOptions<Window extends SignInWindow>(options: ElectronWebUiOptions<Window>): void {
  const refuse = (message: string): never => {
    throw new ClientError('invalid_configuration', message)
  }
  if (typeof options?.BrowserWindow !== 'function') refuse("BrowserWindow must be Electron's class of that name")
  const { parent, modal, partition, width, height, title } = options
  if (parent !== undefined && parent !== null && typeof parent !== 'function' && typeof parent !== 'object') {
    refuse('parent must be a BrowserWindow, or a function that finds one')
  }
  if (modal !== undefined && typeof modal !== 'boolean') refuse('modal must be a boolean')
  // An empty name is the session of the app's own pages.
  if (partition !== undefined && !(typeof partition === 'string' && /^(?:persist:)?[^:]+$/.test(partition))) {
    refuse('partition must be a name, which may begin with persist:')
  }
  for (const [name, value] of Object.entries({ width, height })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) refuse(`${name} must be a number of pixels`)
  }
  if (title !== undefined && typeof title !== 'string') refuse('title must be a string')
}
