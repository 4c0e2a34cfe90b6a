/** Opens a URL in the browser of the desktop: no shell, no waiting for the browser to end, nothing of its output on ours. */
import { ClientError } from '../errors.js'
import { type Logger, SILENT_LOGGER } from '../logger.js'
import type { BrowserCommand, BrowserPreference } from './browser-commands.js'

// A launcher that fails says so at once; a browser that runs this long has opened the page.
const FAILURE_WINDOW_MS = 2_000

/** Opens sign-in pages. */
export interface BrowserLauncher {
  /**
   * Resolves when a browser has been started, within two seconds for each that is tried.
   *
   * @throws {ClientError} `linux_xdg_open_failed` – there is no desktop, or no browser could be started.
   * @throws {ClientError} `invalid_request` – the URL is neither http nor https.
   */
  open(url: URL): Promise<void>
}

/** Where and how to look for a browser. Default: this system and its environment. */
export interface BrowserLauncherOptions {
  platform?: NodeJS.Platform
  env?: NodeJS.ProcessEnv
  logger: Logger
  preference?: BrowserPreference
}

/** A launcher for the desktop's default browser, or for Edge first. */
export function createBrowserLauncher(options: BrowserLauncherOptions): BrowserLauncher {
  const { platform = process.platform, env = process.env, logger, preference } = options
  return {
    async open(url) {
      // Whatever else a desktop can open, such as file: or an app's own scheme, is not a sign-in page.
      if (url.protocol !== 'https:' && url.protocol !== 'http:')
        throw new ClientError('invalid_request', `Only http and https pages can be opened, not ${url.protocol}`)
      const { browserCommands, whyNoBrowser } = await import('./browser-commands.js')
      const reason = whyNoBrowser({ platform, env })
      if (reason !== undefined) throw new ClientError('linux_xdg_open_failed', `No browser was started: ${reason}.`)
      for (const candidate of browserCommands(url, { platform, env }, preference)) {
        if (await start(candidate, { platform, env, logger })) return
      }
      throw new ClientError('linux_xdg_open_failed')
    },
  }
}

/**
 * Opens `url` in the default browser of the desktop, as acquireTokenInteractive does by itself.
 *
 * @throws {ClientError} `linux_xdg_open_failed` – there is no desktop, or no browser could be started.
 */
export function openSystemBrowser(url: URL): Promise<void> {
  return createBrowserLauncher({ logger: SILENT_LOGGER }).open(url)
}

/**
 * Opens `url` in Microsoft Edge, or in the default browser where there is none. For `systemBrowser.openBrowser`.
 *
 * @throws {ClientError} `linux_xdg_open_failed` – no browser could be started.
 */
export function openWithEdgeBrowser(url: URL): Promise<void> {
  return createBrowserLauncher({ logger: SILENT_LOGGER, preference: 'edgeProtocol' }).open(url)
}

/**
 * Opens `url` in the Chromium-based Microsoft Edge, or in the default browser where there is none. For `systemBrowser.openBrowser`.
 *
 * @throws {ClientError} `linux_xdg_open_failed` – no browser could be started.
 */
export function openWithChromeEdgeBrowser(url: URL): Promise<void> {
  return createBrowserLauncher({ logger: SILENT_LOGGER, preference: 'edge' }).open(url)
}

interface Surroundings {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  logger: Logger
}

/** Whether the program started and did not fail at once. */
async function start({ command, args }: BrowserCommand, { platform, env, logger }: Surroundings): Promise<boolean> {
  const { spawn } = await import('node:child_process')
  return new Promise(resolve => {
    let timer: NodeJS.Timeout | undefined
    const settle = (isOpen: boolean, how: string): void => {
      clearTimeout(timer)
      logger.verbose(`browser: ${command} ${how}`)
      resolve(isOpen)
    }
    try {
      // Its own session, so that Ctrl-C in our terminal does not close the user's browser.
      const child = spawn(command, args, { env, detached: true, stdio: 'ignore', shell: false })
      child.unref()
      // rundll32's exit code is not the result of what it ran.
      const ended = (code: number | null, signal: string | null) =>
        settle(code === 0 || platform === 'win32', `ended (${code ?? signal})`)
      child.once('exit', ended)
      child.once('error', (error: NodeJS.ErrnoException) => settle(false, `did not start (${error.code})`))
      timer = setTimeout(() => {
        child.off('exit', ended)
        settle(true, 'is running')
      }, FAILURE_WINDOW_MS)
    } catch (error) {
      settle(false, `did not start (${(error as NodeJS.ErrnoException).code})`)
    }
  })
}
