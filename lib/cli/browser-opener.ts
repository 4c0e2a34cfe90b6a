/** Opens the sign-in page for a person: always shows the URL, and goes on waiting where no browser can be opened. */
import { ClientError, openSystemBrowser } from '../index.js'
import type { Screen } from './screen.js'
import { printable } from './text.js'

/** An `openBrowser` that tells on `screen` what it does, and what to do where it cannot. */
export function tellingBrowserOpener(screen: Screen): (url: URL, signal?: AbortSignal) => Promise<void> {
  return async (url, signal) => {
    screen.line('If no page appears, open this one yourself:')
    screen.line()
    // On a line of its own and never broken, so that it can be copied.
    screen.line(`  ${screen.style.cyan(url.href)}`)
    screen.line()
    try {
      await openSystemBrowser(url, signal)
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      tellWithoutBrowser(screen, url, error)
    }
  }
}

function tellWithoutBrowser(screen: Screen, url: URL, error: ClientError): void {
  const reason = printable(error.message).replace(/^No browser was started: |\.$/g, '')
  screen.prose('No browser here: ', `${reason}.`, { lead: screen.style.yellow })
  const port = portOfRedirect(url)
  screen.prose('', 'Open the URL above in a browser on this machine; the answer comes back to it.')
  if (port !== undefined) {
    screen.prose('', 'Signed in from afar? Forward the port from your own machine, then open it there:')
    screen.line()
    screen.line(`  ssh -L ${port}:localhost:${port} <this machine>`)
    screen.line()
  }
  screen.line('Waiting for you; Ctrl-C gives up.')
}

function portOfRedirect(url: URL): string | undefined {
  const redirect = url.searchParams.get('redirect_uri') ?? ''
  return URL.canParse(redirect) && new URL(redirect).port !== '' ? new URL(redirect).port : undefined
}
