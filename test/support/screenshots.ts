/**
 * Takes a picture of every page a person may see, light and dark, wide and narrow, to look at after a change:
 * `node dist-test/support/screenshots.js <folder>`. Fails when a page is wider than the window.
 */
import assert from 'node:assert/strict'
import fs from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { failurePage, successPage, undecidedPage } from '#lib/browser/pages.js'
import {
  accountPickerPage,
  confirmPage,
  consentPage,
  deviceCodePage,
  errorPage,
  formPostPage,
  mfaPage,
  noticePage,
  signedOutPage,
  signInPage,
} from '#lib/emulator/pages/index.js'

const mia = 'mia@contoso.onmicrosoft.com'
const view = {
  form: { action: 'https://localhost/', hidden: {} },
  appName: 'Latchkey Demo',
  tenantName: 'Contoso',
  cancelName: 'cancel',
}
const ids = 'Trace ID: 1f0b9c1e-8f27-4c1b-a5a1-6a56bcb35e00\r\nCorrelation ID: 3a1a1a1a-8f27-4c1b-a5a1-6a56bcb35e00'
const resources = [
  {
    name: 'Microsoft Graph',
    scopes: [
      { name: 'User.Read', description: 'Sign you in and read your profile' },
      { name: 'Mail.Read', description: 'Read your mail' },
    ],
  },
  { name: 'Contoso Expenses', scopes: [{ name: 'access_as_user', description: 'Access Contoso Expenses as you' }] },
]

const pages: Record<string, string> = {
  'sign-in': signInPage(view),
  'sign-in-refused': signInPage({ ...view, username: mia, error: 'Your account or password is incorrect.' }),
  'account-picker': accountPickerPage({
    ...view,
    accounts: [
      { username: 'alice@contoso.onmicrosoft.com', name: 'Alice Ahlgren', signedIn: true },
      { username: mia, name: 'Mia Marković', signedIn: false },
    ],
  }),
  mfa: mfaPage({ ...view, username: mia, codeHint: 'The emulator accepts 123456.' }),
  'mfa-refused': mfaPage({ ...view, username: mia, error: 'That code did not work.', codeHint: 'Look at the log.' }),
  consent: consentPage({ ...view, username: mia, resources }),
  'consent-everyone': consentPage({ ...view, username: mia, everyoneOf: 'contoso.onmicrosoft.com', resources }),
  'consent-long': consentPage({ ...view, username: mia, resources: [...resources, ...resources, ...resources] }),
  'device-code': deviceCodePage({ ...view, userCode: 'EWPU7M86B' }),
  'device-code-refused': deviceCodePage({
    ...view,
    userCode: 'NOPE',
    error: 'AADSTS90121: The user code is not valid.',
  }),
  confirm: confirmPage({ ...view, username: mia, userCode: 'EWPU7M86B' }),
  notice: noticePage({ ...view, title: 'You have signed in', message: 'You may close this window.' }),
  // The script is taken out, or the page would be gone before the picture is taken.
  'form-post': formPostPage({ action: 'http://localhost:1/', fields: {} }).replace(/<script>.*<\/script>/, ''),
  error: errorPage({
    title: 'We could not sign you in',
    message: "AADSTS50011: The redirect URI 'http://contoso.example/' does not match those of the application.",
    details: { 'Request Id': '1f0b9c1e-8f27-4c1b-a5a1-6a56bcb35e00', Timestamp: '2026-01-31T12:00:00Z' },
  }),
  'signed-out': signedOutPage(view),
  'app-success': successPage({ appName: 'Latchkey Demo' }),
  'app-undecided': undecidedPage({ appName: 'Latchkey Demo' }),
  'app-failure': failurePage({ error: 'access_denied', description: `AADSTS65004: User declined.\r\n${ids}` }),
  'app-failure-long': failurePage({ error: 'e'.repeat(99), description: 'd'.repeat(999), appName: 'n'.repeat(99) }),
}

const folder = path.resolve(process.argv[2] ?? 'coverage/screenshots')
await fs.mkdir(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1000, 360, 320]) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 740 } })
      const tab = await context.newPage()
      for (const [name, html] of Object.entries(pages)) {
        const file = path.join(folder, `${name}.html`)
        await fs.writeFile(file, html)
        await tab.goto(pathToFileURL(file).href)
        await tab.screenshot({ path: path.join(folder, `${name}-${colorScheme}-${width}.png`) })
        const wide = await tab.evaluate('document.documentElement.scrollWidth')
        assert.equal(wide, width, `${name} does not fit a window ${width} pixels wide`)
      }
      await context.close()
    }
  }
} finally {
  await browser.close()
}
console.log(`${Object.keys(pages).length} pages in ${folder}`)
