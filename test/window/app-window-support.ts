/** App windows on a desktop: an application of a tenant, the chromium that it starts, and a person at its page. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Configuration, type InteractiveRequest, PublicClientApplication } from 'latchkey'
import { startTenant } from 'latchkey/emulator'
import { chromium, type Page } from 'playwright-core'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'

export const tenant = await startTenant()
WHOLE_FILE.after(() => tenant.close())
export const [alice = assert.fail('nobody')] = tenant.users

// Other tests have browsers as well: those of this file are told by the folders of their profiles.
export const folder = await temporaryFolder(WHOLE_FILE)
Object.assign(process.env, { TMPDIR: folder, XDG_DATA_HOME: folder })

/** What chromium needs here: its sandbox does not work for root, and it does not know the tenant's certificate authority. */
export const ARGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--ignore-certificate-errors',
  '--disable-gpu',
]

/** An application that is closed after the test. */
export function application(t: TestContext, configuration: Partial<Configuration> = {}): PublicClientApplication {
  const { clientId, authority, caPem } = tenant
  const app = new PublicClientApplication({
    clientId,
    authority,
    knownAuthorities: [new URL(authority).host],
    http: { ca: caPem, proxy: false },
    ...configuration,
  })
  t.after(() => app.close())
  return app
}

/** A request with an app window. */
export function request(
  args: string[] = [],
  more: Partial<InteractiveRequest> = {},
): InteractiveRequest & { appWindow: object } {
  return {
    scopes: ['User.Read'],
    webUi: 'appWindow',
    ...more,
    appWindow: { args: [...ARGS, ...args], ...more.appWindow },
  }
}

/** A process and the arguments that everybody on the machine can read. */
export interface Running {
  readonly pid: number
  readonly args: string[]
}

/** The browsers of app windows of this file, without their helpers. */
export async function browsers(): Promise<Running[]> {
  const all = await Promise.all((await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(argumentsOf))
  return all.filter(({ args }) => args.some(isOurProfile) && !args.some(arg => arg.startsWith('--type=')))
}

/** Those and all of their helpers. */
export async function processes(): Promise<Running[]> {
  const all = await Promise.all((await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(argumentsOf))
  return all.filter(({ args }) => args.some(isOurProfile))
}

const isOurProfile = (arg: string) => arg.startsWith(`--user-data-dir=${folder}/`)

async function argumentsOf(pid: string): Promise<Running> {
  // It may have ended meanwhile.
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return { pid: Number(pid), args: text.split('\0') }
}

/** Waits for what is not announced, for 20 s. */
export async function soon<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  for (let turn = 0; turn < 400; ++turn) {
    const found = await look()
    if (found) return found
    await delay(50)
  }
  return assert.fail(`not within 20 s: ${what}`)
}

/** The browser of the only app window there is. */
export function theBrowser(): Promise<Running> {
  return soon('one browser', async () => {
    const running = await browsers()
    return running.length === 1 && running[0]
  })
}

/** A port that chromium can be looked into through, beside latchkey's pipe. */
export async function debuggingPort(): Promise<number> {
  const server = createServer()
  const port = await new Promise<number>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  await new Promise(resolve => server.close(resolve))
  return port
}

/** The page in the app window, for whoever sits in front of it. */
export async function pageAt(t: TestContext, port: number): Promise<Page> {
  const browser = await soon('chromium listens', () =>
    chromium.connectOverCDP(`http://127.0.0.1:${port}`).catch(() => undefined),
  )
  t.after(() => browser.close())
  const page = await soon('the sign-in page', async () =>
    browser
      .contexts()
      .flatMap(context => context.pages())
      .find(page => page.url().startsWith(tenant.origin)),
  )
  page.setDefaultTimeout(20_000)
  return page
}

/** Types name and password, and signs in. */
export async function signIn(page: Page, { staysSignedIn = false } = {}): Promise<void> {
  await page.getByLabel('User name').fill(alice.username)
  await page.getByLabel('Password').fill(alice.password)
  if (staysSignedIn) await page.getByLabel('Stay signed in').check()
  // The window is gone before the browser could say that the click has done anything.
  await page
    .getByRole('button', { name: 'Sign in' })
    .click()
    .catch(() => {})
}
