/** Starts the programs that open a URL, best first, until one has: no shell, no waiting for its end, nothing of its output on ours. */
import { spawn } from 'node:child_process'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { NativeFailure } from '../native/contract.js'
import { type BrowserCommand, browserCommands, whyNoBrowser } from './browser-commands.js'
import type { BrowserLauncherOptions } from './open-browser.js'

// A launcher that fails says so at once; a browser that runs this long has opened the page.
const FAILURE_WINDOW_MS = 2_000

/**
 * Resolves when a browser has been started.
 *
 * @throws {ClientError} `linux_xdg_open_failed` – there is no desktop, or no browser could be started.
 */
export async function launchBrowser(url: URL, options: BrowserLauncherOptions): Promise<void> {
  const { platform = process.platform, env = process.env, logger, preference = 'default' } = options
  const reason = whyNoBrowser({ platform, env })
  if (reason !== undefined) throw new ClientError('linux_xdg_open_failed', `No browser was started: ${reason}.`)
  // Only the default browser can be asked of the shell.
  if (preference === 'default' && (await openByShell(url, options))) return
  for (const candidate of browserCommands(url, { platform, env }, preference)) {
    if (await start(candidate, { platform, env, logger })) return
  }
  throw new ClientError('linux_xdg_open_failed')
}

/** Whether Windows' shell has opened it: it tells what fails, and hands the foreground on to the browser, as a program that is started does not. */
async function openByShell(url: URL, { native, logger }: BrowserLauncherOptions): Promise<boolean> {
  const desktop = native?.().desktop
  if (desktop === undefined) return false
  try {
    await desktop.openUrl(url.href)
    logger.verbose('browser: the shell has opened it')
    return true
  } catch (error) {
    const { code, message } = error as NativeFailure
    logger.verbose(`browser: the shell did not open it (${message})`)
    // It may still do so; opening it again would show two pages.
    return code === 'TIMEOUT'
  }
}

interface Surroundings {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  logger: Logger
}

/** Whether the program started and did not fail at once. */
function start({ command, args }: BrowserCommand, { platform, env, logger }: Surroundings): Promise<boolean> {
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
