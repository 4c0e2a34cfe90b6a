/** Opens a URL in the browser of the desktop. What starts it is loaded when the first page is opened. */
import { ClientError } from '../errors.js'
import { type Logger, SILENT_LOGGER } from '../logger.js'
import type { LoadedAddon } from '../native/addon.js'
import type { BrowserPreference } from './browser-commands.js'

/** Opens sign-in pages. */
export interface BrowserLauncher {
  /**
   * Resolves when a browser has been started, within two seconds for each that is tried; at once when the signal fires,
   * since nobody is left who would want to know.
   *
   * @throws {ClientError} `linux_xdg_open_failed` – there is no desktop, or no browser could be started.
   * @throws {ClientError} `invalid_request` – the URL is neither http nor https.
   */
  open(url: URL, signal?: AbortSignal): Promise<void>
}

/** Where and how to look for a browser. Default: this system and its environment. */
export interface BrowserLauncherOptions {
  platform?: NodeJS.Platform
  env?: NodeJS.ProcessEnv
  logger: Logger
  /** On Windows its shell is asked first. Default: no addon. */
  native?: () => Pick<LoadedAddon, 'desktop'>
  preference?: BrowserPreference
  /** Folder in the place of `/`, to be looked at for what this machine is. */
  root?: string
}

/** A launcher for the desktop's default browser, or for Edge first. */
export function createBrowserLauncher(options: BrowserLauncherOptions): BrowserLauncher {
  return {
    async open(url, signal) {
      // Whatever else a desktop can open, such as file: or an app's own scheme, is not a sign-in page.
      if (url.protocol !== 'https:' && url.protocol !== 'http:')
        throw new ClientError('invalid_request', `Only http and https pages can be opened, not ${url.protocol}`)
      // child_process brings sockets and streams along, most of what importing this package would cost.
      const { launchBrowser } = await import('./launch-browser.js')
      return launchBrowser(url, { ...options, signal })
    },
  }
}

/**
 * Opens `url` in the default browser of the desktop, as acquireTokenInteractive does by itself. For two seconds it watches
 * whether the browser fails, unless the signal ends that before.
 *
 * @throws {ClientError} `linux_xdg_open_failed` – there is no desktop, or no browser could be started.
 */
export function openSystemBrowser(url: URL, signal?: AbortSignal): Promise<void> {
  return createBrowserLauncher({ logger: SILENT_LOGGER }).open(url, signal)
}

/**
 * Resolves with why `openSystemBrowser` cannot open a page here, as in an SSH session or without a desktop, or with
 * `undefined` where it can be expected to. `$BROWSER` overrides the guess.
 */
export async function whyNoSystemBrowser(): Promise<string | undefined> {
  const [{ whyNoBrowser }, { lookAround }] = await Promise.all([
    import('./browser-commands.js'),
    import('./surroundings.js'),
  ])
  return whyNoBrowser(await lookAround({ platform: process.platform, env: process.env }))
}

/**
 * Opens `url` in Microsoft Edge, or in the default browser where there is none. For `systemBrowser.openBrowser`.
 *
 * @throws {ClientError} `linux_xdg_open_failed` – no browser could be started.
 */
export function openWithEdgeBrowser(url: URL, signal?: AbortSignal): Promise<void> {
  return createBrowserLauncher({ logger: SILENT_LOGGER, preference: 'edgeProtocol' }).open(url, signal)
}

/**
 * Opens `url` in the Chromium-based Microsoft Edge, or in the default browser where there is none. For `systemBrowser.openBrowser`.
 *
 * @throws {ClientError} `linux_xdg_open_failed` – no browser could be started.
 */
export function openWithChromeEdgeBrowser(url: URL, signal?: AbortSignal): Promise<void> {
  return createBrowserLauncher({ logger: SILENT_LOGGER, preference: 'edge' }).open(url, signal)
}
