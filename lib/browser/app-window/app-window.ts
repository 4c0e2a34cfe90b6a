/** A web UI for programs without one: the sign-in page in a window of Edge or another Chromium, without bars, that belongs to the app's. */
import { ClientError } from '../../errors.js'
import type { Logger } from '../../logger.js'
import type { Clock } from '../../request/clock.js'
import type { AppWindowOptions, CustomWebUi } from '../../request/web-ui.js'
import { type Attachment, attachToParent, type ParentWindow } from '../parent-window.js'
import { type AppBrowser, startAppBrowser } from './app-browser.js'
import { findBrowser } from './find-browser.js'
import type { WithProfile } from './profile.js'
import { showPage } from './show-page.js'

/** What the window is made of. */
export interface AppWindowParts {
  readonly options: AppWindowOptions
  readonly withProfile: WithProfile
  readonly parent: ParentWindow | undefined
  readonly clock: Clock
  readonly logger: Logger
  readonly platform?: NodeJS.Platform
  readonly env?: NodeJS.ProcessEnv
}

const DEFAULT_WIDTH = 500
const DEFAULT_HEIGHT = 680

// An address on a command line is for everybody on the machine to read: the page is asked for through the pipe.
const EMPTY_PAGE = 'data:text/html,<title>Sign in</title>'

/**
 * The web UI. The window is gone before a sign-in ends, and the parent in front. With `prompt=none` there is no window.
 *
 * Signing in rejects as {@link showPage} does, and with `no_system_webview` where there is no browser or no desktop,
 * `authentication_canceled` when the parent window is closed, and `authentication_ui_failed` when the browser does not start.
 */
export function createAppWindow(parts: AppWindowParts): CustomWebUi {
  const { options, withProfile, clock, logger, platform = process.platform, env = process.env } = parts
  return {
    async acquireAuthorizationCode(authorizationUrl, redirectUri, signal) {
      const isShown = authorizationUrl.searchParams.get('prompt') !== 'none'
      if (isShown) assertDesktop(platform, env)
      const executable = options.executable ?? (await findBrowser({ platform, env })) ?? noBrowser()
      const parent = isShown ? parts.parent : undefined
      return withProfile(async profile => {
        const args = browserArguments({ options, parent, profile, platform, isShown })
        const browser = await startAppBrowser({ executable, args, env, signal, clock, logger })
        const attachment = parent && attachToParent({ parent, pid: browser.pid, clock, logger })
        try {
          return await showPage({
            browser,
            authorizationUrl,
            redirectUri,
            isShown,
            isCentred: isShown && parent === undefined,
            signal: endsWithParent(signal, attachment),
            clock,
          })
        } catch (error) {
          if (signal.aborted || !attachment?.parentClosed.aborted) throw error
          throw new ClientError('authentication_canceled', 'The parent window was closed.', { cause: error })
        } finally {
          await leave(browser, attachment)
        }
      }, signal)
    },
  }
}

/** The parent takes input again before the window goes, or the system would give the focus to another program. */
async function leave(browser: AppBrowser, attachment: Attachment | undefined): Promise<void> {
  await attachment?.release()
  await browser.close()
}

function endsWithParent(signal: AbortSignal, attachment: Attachment | undefined): AbortSignal {
  return attachment === undefined ? signal : AbortSignal.any([signal, attachment.parentClosed])
}

interface Look {
  options: AppWindowOptions
  parent: ParentWindow | undefined
  profile: string
  platform: NodeJS.Platform
  isShown: boolean
}

// They change http addresses to https before they are asked about: the answer would be sent, and one in clear not be noticed.
const UNWANTED_FEATURES = ['HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable']

/** A profile for one sign-in has nothing to keep from others, so that no keyring is made for it, and needs no updates. */
function argumentsForOneSignIn(platform: NodeJS.Platform): string[] {
  return [
    '--password-store=basic',
    ...(platform === 'darwin' ? ['--use-mock-keychain'] : []),
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
}

/** Never --no-sandbox: what the page may do to this machine is not for us to widen. */
function browserArguments({ options, parent, profile, platform, isShown }: Look): string[] {
  const { width = DEFAULT_WIDTH, height = DEFAULT_HEIGHT } = options
  return [
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-mode',
    '--hide-crash-restore-bubble',
    ...(options.profile === 'kept' ? [] : argumentsForOneSignIn(platform)),
    ...(isShown ? [] : ['--headless=new']),
    `--window-size=${width},${height}`,
    ...(parent === undefined ? [] : [`--window-position=${middleOf(parent, width, height)}`]),
    `--app=${EMPTY_PAGE}`,
    ...withoutFeatures(options.args ?? []),
  ]
}

/** Of two such arguments the browser minds the last one only. */
function withoutFeatures(args: readonly string[]): string[] {
  const name = '--disable-features='
  const own = args.filter(arg => arg.startsWith(name)).map(arg => arg.slice(name.length))
  return [...args.filter(arg => !arg.startsWith(name)), name + [...UNWANTED_FEATURES, ...own].join(',')]
}

/** Where it is moved to anyway once it is there, so that nobody sees it move. The browser counts in its own pixels. */
function middleOf({ place }: ParentWindow, width: number, height: number): string {
  const middle = (start: number, length: number, own: number) =>
    Math.max(0, Math.round((start + length / 2) / place.scale - own / 2))
  return `${middle(place.x, place.width, width)},${middle(place.y, place.height, height)}`
}

function assertDesktop(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): void {
  if (platform === 'win32' || platform === 'darwin' || env.DISPLAY || env.WAYLAND_DISPLAY) return
  throw new ClientError(
    'no_system_webview',
    'An app window needs a desktop, and there is none: neither DISPLAY nor WAYLAND_DISPLAY is set.',
    { hint: 'Sign in with a device code.' },
  )
}

function noBrowser(): never {
  throw new ClientError('no_system_webview', 'An app window needs Edge, Chrome or Chromium, and there is none.', {
    hint: 'Install one, name it with appWindow.executable, or use the system browser.',
  })
}
