/**
 * A program for $BROWSER: opens the URL of its last argument as the person whom $LATCHKEY_TEST_PERSON, a JSON file, describes.
 * Where that names them, a line in the file `opened` says that a window is there, and the person begins when the file `begin` is.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { scriptedBrowser } from '#lib/cli/demo/scripted-browser.js'

const personFile = `${process.env.LATCHKEY_TEST_PERSON}`
const { caFile, answers, opened, begin } = JSON.parse(readFileSync(personFile, 'utf8'))
if (opened !== undefined) appendFileSync(opened, `${process.pid}\n`)
while (begin !== undefined && !existsSync(begin)) {
  await delay(20)
  // The test is over, and nobody will ever begin.
  if (!existsSync(personFile)) process.exit(1)
}
await scriptedBrowser({ caPem: readFileSync(caFile, 'utf8'), answers })(new URL(`${process.argv.at(-1)}`))
