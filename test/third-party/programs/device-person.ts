/** Somebody who reads a code on another screen: given the address and the code, signs in there and approves it. */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { BrowserUser } from '../support/browser-user.js'
import { submitForms } from '../support/form-browser.js'

const { username, password, otc, caFile, origin } = JSON.parse(process.env.TEST_BROWSER_USER ?? '{}') as BrowserUser
const [address = '', userCode = ''] = process.argv.slice(2)
// Takes as long as people do, so that the program has to ask more than once.
await delay(Number(process.env.TEST_DEVICE_DELAY_MS ?? 0))
const { pathname, search } = new URL(address)
const last = await submitForms(
  new URL(pathname + search, origin),
  html => ({
    loginfmt: username,
    passwd: password,
    otc: /<title>Enter the code from your device/.test(html) ? userCode : (otc ?? ''),
  }),
  readFileSync(caFile, 'utf8'),
)
if (!/You have signed in/.test(last)) throw new Error(`The last page is: ${last}`)
