/** A program for $BROWSER: opens the URL of its last argument as the person whom $LATCHKEY_TEST_PERSON, a JSON file, describes. */
import { readFileSync } from 'node:fs'
import { scriptedBrowser } from '#lib/cli/demo/scripted-browser.js'

const { caFile, answers } = JSON.parse(readFileSync(`${process.env.LATCHKEY_TEST_PERSON}`, 'utf8'))
await scriptedBrowser({ caPem: readFileSync(caFile, 'utf8'), answers })(new URL(`${process.argv.at(-1)}`))
