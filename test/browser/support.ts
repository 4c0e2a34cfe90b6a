/** A real chromium for the tests: people with browsers of their own, and a picture of every page that they meet. */
import assert from 'node:assert/strict'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { after, type TestContext } from 'node:test'
import type { AuthenticationResult, InteractiveRequest, PublicClientApplication } from 'latchkey'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { SCOPES } from '../flow/support.js'
import { type Scope, temporaryFolder } from '../support/machine.js'
import { startXvfb } from '../support/xvfb.js'

export type { Page } from 'playwright-core'

/** A person's browser with one tab. */
export interface Desk {
  page: Page
  /** Takes a picture of the page as it is now. */
  picture(name: string): Promise<void>
  /** What the browser complained of: refused styles and scripts, failed requests. */
  complaints: string[]
}

const folder = process.env.LATCHKEY_SCREENSHOTS ?? path.join(os.tmpdir(), 'latchkey-screenshots')

/** Starts chromium, in windows on a display of its own, for a test file and ends it after the file's tests. */
export async function startChromium(): Promise<(t: TestContext, options?: BrowserContextOptions) => Promise<Desk>> {
  await fs.mkdir(folder, { recursive: true })
  const ends: Array<() => unknown> = []
  const scope: Scope = { after: end => void ends.push(end) }
  const { display } = await startXvfb(scope)
  // A chromium that is killed leaves its sockets.
  const TMPDIR = await temporaryFolder(scope)
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: false,
    env: { ...process.env, DISPLAY: display, TMPDIR },
    // As wide as the pages are looked at, whatever the window takes of it for bars.
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
  })
  after(async () => {
    await browser.close()
    for (const end of ends) await end()
  })
  return async (t, options) => {
    // The tenant's certificate authority is new at each start and known to this test alone.
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options })
    t.after(() => context.close())
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    const complaints: string[] = []
    page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', error => complaints.push(`error: ${error.message}`))
    const picture = async (name: string) => {
      await page.screenshot({ path: path.join(folder, `${name}.png`) })
    }
    return { page, picture, complaints }
  }
}

/**
 * Signs in with this browser, in which `steps` are what the person does from the first page on. Settles as the sign-in
 * does, once the person is through with the steps.
 */
export async function signIn(
  app: PublicClientApplication,
  { page }: Desk,
  steps: () => Promise<void>,
  request: Partial<InteractiveRequest> = {},
): Promise<AuthenticationResult> {
  let person: Promise<void> | undefined
  const openBrowser = (url: URL): Promise<void> => {
    person = page.goto(url.href).then(steps)
    return person
  }
  const systemBrowser = { openBrowser, ...request.systemBrowser }
  const call = app.acquireTokenInteractive({ scopes: SCOPES, ...request, systemBrowser })
  await call.catch(() => {})
  await person
  return call
}

/** Types name and password on the first page. */
export async function fillIn(
  page: Page,
  { username, password }: { username: string; password: string },
): Promise<void> {
  await heading(page, 'Sign in')
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Waits for a page by its heading. */
export async function heading(page: Page, text: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: text }).waitFor()
}

/** Waits for the last page, which is under `folder`, and holds its address against what a person may read over a shoulder. */
export async function endsAt(page: Page, folder: string): Promise<void> {
  await page.waitForURL(url => url.pathname.startsWith(`${folder}/`))
  const { hostname, search, hash } = new URL(page.url())
  assert.deepEqual({ hostname, search, hash }, { hostname: 'localhost', search: '', hash: '' })
}

/** Waits until a key would reach this element: the focus is set a moment after a page has loaded. */
export async function focusOn(page: Page, selector: string): Promise<void> {
  // No function to poll with: the pages allow no script, and that would stop this one too.
  await page.locator(`${selector}:focus`).waitFor()
}
