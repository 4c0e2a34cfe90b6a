/**
 * A program for $BROWSER: opens the URL of its last argument as the person whom $LATCHKEY_TEST_PERSON, a JSON file, describes.
 * Where that names them, a line in the file `opened` says that a window is there, the person begins when the file `begin` is
 * there, and the file `closed` says that they have closed the window, some time after the sign-in.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { scriptedBrowser } from '#lib/cli/demo/scripted-browser.js'

const { caFile, answers, opened, begin, closed } = JSON.parse(
  readFileSync(`${process.env.LATCHKEY_TEST_PERSON}`, 'utf8'),
)
if (opened !== undefined) appendFileSync(opened, `${process.pid}\n`)
while (begin !== undefined && !existsSync(begin)) await delay(20)
await scriptedBrowser({ caPem: readFileSync(caFile, 'utf8'), answers })(new URL(`${process.argv.at(-1)}`))
if (closed !== undefined) {
  await delay(1_500)
  writeFileSync(closed, '')
}
