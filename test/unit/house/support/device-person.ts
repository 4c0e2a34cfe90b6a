/** Somebody who sees a code on a screen and approves it on another device. */
import assert from 'node:assert/strict'
import type { Browser } from '../../../emulator/support.js'

/** Approves the code in a program's output, once it is there. */
export function approveDeviceCode(
  output: string,
  user: { username: string; password: string },
  browser: Browser,
): Promise<void> | undefined {
  const address = /https:\S+\/deviceauth\b/.exec(output)?.[0]
  const code = /\b[A-Z0-9]{9}\b/.exec(output)?.[0]
  return address === undefined || code === undefined ? undefined : approve(address, code, user, browser)
}

async function approve(
  address: string,
  code: string,
  { username, password }: { username: string; password: string },
  browser: Browser,
): Promise<void> {
  let page = await browser.open(new URL(address).pathname)
  for (let step = 0; step < 8; step++) {
    if (page.action === '') return
    page = await page.submit({ otc: code, user_code: code, loginfmt: username, passwd: password, ucaccept: 'yes' })
  }
  assert.fail(`no end of pages: ${page.title}`)
}
