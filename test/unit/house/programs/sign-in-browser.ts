/** Stands in for the desktop's browser: a program that is given a URL, and signs in there as the user in its environment. */
import { readFileSync } from 'node:fs'
import { scriptedBrowser } from '#lib/cli/demo/scripted-browser.js'

const { NODE_EXTRA_CA_CERTS = '', SIGN_IN_USERNAME = '', SIGN_IN_PASSWORD = '' } = process.env
const open = scriptedBrowser({
  caPem: readFileSync(NODE_EXTRA_CA_CERTS, 'utf8'),
  answers: { username: SIGN_IN_USERNAME, password: SIGN_IN_PASSWORD },
})
await open(new URL(process.argv[2] ?? ''))
