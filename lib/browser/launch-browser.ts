/** Starts the programs that open a URL, best first, until one has: no shell, no waiting for its end, nothing of its output on ours. */
import { spawn } from 'node:child_process'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { NativeFailure } from '../native/contract.js'
import { type BrowserCommand, browserCommands, whyNoBrowser } from './browser-commands.js'
import type { BrowserLauncherOptions } from './open-browser.js'
import { lookAround } from './surroundings.js'

// A launcher that fails says so at once; a browser that runs this long has opened the page.
const FAILURE_WINDOW_MS = 2_000

/**
 * Resolves when a browser has been started, or when the signal says that it is of no matter any more.
 *
 * @throws {ClientError} `linux_xdg_open_failed` – there is no desktop, or no browser could be started.
 */
export async function launchBrowser(
  url: URL,
  options: BrowserLauncherOptions & { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { platform = process.platform, env = process.env, root, logger, preference = 'default', signal } = options
  const desktop = await lookAround({ platform, env, root })
  const reason = whyNoBrowser(desktop)
  if (reason !== undefined) throw new ClientError('linux_xdg_open_failed', `No browser was started: ${reason}.`)
  // Only the default browser can be asked of the shell.
  if (preference === 'default' && (await openByShell(url, options))) return
  for (const candidate of browserCommands(url, desktop, preference)) {
    if (signal?.aborted) return
    if (await start(candidate, { platform, env, logger, signal })) return
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

interface Start {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  logger: Logger
  signal: AbortSignal | undefined
}

/** Whether the program started and did not fail at once. */
function start({ command, args }: BrowserCommand, { platform, env, logger, signal }: Start): Promise<boolean> {
  return new Promise(resolve => {
    let timer: NodeJS.Timeout | undefined
    let isSettled = false
    const settle = (isOpen: boolean, how: string): void => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', stopWatching)
      logger.verbose(`browser: ${command} ${how}`)
      resolve(isOpen)
    }
    // The watch would keep a program whose sign-in is over alive.
    const stopWatching = () => settle(true, 'is watched no longer')
    signal?.addEventListener('abort', stopWatching)
    try {
      // Its own session, so that Ctrl-C in our terminal does not close the user's browser.
      const child = spawn(command, args, { env, detached: true, stdio: 'ignore', shell: false })
      child.unref()
      // rundll32's exit code is not the result of what it ran.
      child.once('exit', (code, signal) => settle(code === 0 || platform === 'win32', `ended (${code ?? signal})`))
      child.once('error', (error: NodeJS.ErrnoException) => settle(false, `did not start (${error.code})`))
      timer = setTimeout(settle, FAILURE_WINDOW_MS, true, 'is running')
    } catch (error) {
      settle(false, `did not start (${(error as NodeJS.ErrnoException).code})`)
    }
  })
}
