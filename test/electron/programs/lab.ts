/**
 * An Electron main process that signs in as it is told, an order as a line of JSON each: `{ url, redirectUri, options, parent }`.
 * `abort` ends the sign-in that is under way. Prints how each ended, and what is left of it.
 */
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { type ElectronWebUiOptions, electronWebUi, type SignInWindow } from 'latchkey/electron'

interface Session {
  on(event: 'will-download', listener: (event: unknown, item: { setSavePath(path: string): void }) => void): void
}

interface Window extends SignInWindow {
  on: SignInWindow['on'] & ((event: 'show', listener: () => void) => unknown)
}

const { app, BrowserWindow } = createRequire(import.meta.url)('electron') as {
  app: {
    on(event: 'browser-window-created', listener: (event: unknown, window: Window) => void): void
    on(event: 'session-created', listener: (session: Session) => void): void
    on(event: 'window-all-closed', listener: () => void): void
    whenReady(): Promise<void>
    quit(): void
  }
  BrowserWindow: ElectronWebUiOptions<Window>['BrowserWindow'] & { getAllWindows(): Window[] }
}

/** What a line asks for. */
export interface Order {
  url: string
  redirectUri: string
  options?: Pick<ElectronWebUiOptions<Window>, 'partition' | 'title'>
}

/** What came of it. */
export interface Outcome {
  answer?: string
  code?: string
  message?: string
  /** Windows that are left. */
  windows: number
  /** Windows that were shown. */
  shown: number
}

// An app that would save whatever is downloaded without asking.
app.on('session-created', session => {
  session.on('will-download', (_event, item) => item.setSavePath(`${process.env.LATCHKEY_TEST_DATA}/trap.txt`))
})
let shown = 0
app.on('browser-window-created', (_event, window) => window.on('show', () => shown++))
app.on('window-all-closed', () => {})
await app.whenReady()

let controller = new AbortController()
createInterface(process.stdin)
  .on('line', line => {
    if (line === 'abort') controller.abort(Object.assign(new Error('enough'), { code: 'ABORTED' }))
    else carryOut(JSON.parse(line))
  })
  .on('close', () => app.quit())

async function carryOut({ url, redirectUri, options }: Order): Promise<void> {
  shown = 0
  controller = new AbortController()
  const outcome: Outcome = await electronWebUi({ BrowserWindow, ...options })
    .acquireAuthorizationCode(new URL(url), new URL(redirectUri), controller.signal)
    .then(
      answer => ({ answer: answer.href, windows: BrowserWindow.getAllWindows().length, shown }),
      ({ code, message }) => ({ code, message, windows: BrowserWindow.getAllWindows().length, shown }),
    )
  console.log(JSON.stringify(outcome))
}
