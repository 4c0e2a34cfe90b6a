/**
 * The browser of a machine without a screen, as a program: `system-browser.js URL` signs in as TEST_BROWSER_USER says.
 * Clients start it as they start a person's browser, and it ends by itself.
 */
import { readFileSync } from 'node:fs'
import { scriptedBrowser } from '#lib/cli/demo/scripted-browser.js'
import type { BrowserUser } from '../support/browser-user.js'
import { atOrigin } from '../support/browser-user.js'

const { caFile, origin, ...answers } = JSON.parse(process.env.TEST_BROWSER_USER ?? '{}') as BrowserUser
const browse = scriptedBrowser({ caPem: readFileSync(caFile, 'utf8'), answers, timeoutMs: 20_000 })
await browse(atOrigin(new URL(process.argv[2] ?? ''), origin))
