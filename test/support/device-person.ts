/** Somebody who sees a code on a screen and approves it, or declines to, on another device. */
import assert from 'node:assert/strict'
import type { Browser } from '../emulator/support.js'

/** Approves the code in a program's output, once it is there; `undefined` while it is not. */
export function approveDeviceCode(
  output: string,
  user: { username: string; password: string },
  browser: Browser,
  decision: 'yes' | 'no' = 'yes',
): Promise<void> | undefined {
  const address = /https:\S+\/deviceauth\b/.exec(output)?.[0]
  const code = /\b[A-Z0-9]{9}\b/.exec(output)?.[0]
  return address === undefined || code === undefined
    ? undefined
    : approve(
        address,
        { otc: code, user_code: code, loginfmt: user.username, passwd: user.password, ucaccept: decision },
        browser,
      )
}

/** The same where the output must have both. */
export async function approveShownCode(...[output, ...rest]: Parameters<typeof approveDeviceCode>): Promise<void> {
  const approval = approveDeviceCode(output, ...rest)
  assert.ok(approval, `there is no code in ${output}`)
  await approval
}

async function approve(address: string, answers: Record<string, string>, browser: Browser): Promise<void> {
  let page = await browser.open(new URL(address).pathname)
  for (let step = 0; step < 8; step++) {
    if (page.action === '') return
    page = await page.submit(answers)
  }
  assert.fail(`no end of pages: ${page.title}`)
}
