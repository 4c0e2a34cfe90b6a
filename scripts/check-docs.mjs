/** `npm run docs:check`: doc comments, @throws, the errors page, links, code and diagrams in the prose, the tests of the threat model, and what typedoc says. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { checkDiagrams } from './diagrams.mjs'
import { checkDocComments } from './doc-comments.mjs'
import { checkErrorsDoc } from './generate-errors-doc.mjs'
import {
  checkCode,
  checkFences,
  checkLinks,
  checkPagesInCode,
  checkPaths,
  checkReached,
  checkRoomTable,
  checkScripts,
} from './markdown.mjs'
import { runTypedoc } from './site.mjs'
import { checkThreats } from './threats.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

function run(script, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' })
  return status === 0 ? '' : (stdout + stderr).trimEnd() || `${script} ended with ${status}`
}

// The errors page and the code blocks need what tsc writes; it is quick where nothing has changed.
const types = run('node_modules/typescript/bin/tsc', '-b', 'tsconfig.json')
if (types !== '') {
  console.error(types)
  process.exit(1)
}

const broken = [
  ...checkDocComments(root),
  ...(await checkErrorsDoc()),
  ...checkLinks(root),
  ...checkReached(root),
  ...checkPaths(root),
  ...checkPagesInCode(root),
  ...checkRoomTable(root),
  ...checkScripts(root),
  ...checkFences(root),
  ...(await checkDiagrams(root)),
  ...checkCode(root),
  ...checkThreats(root),
]
for (const { file, line, message } of broken) console.error(`${file}:${line}: ${message}`)

// Only its judgement is wanted; `npm run docs` also writes the site.
const typedoc = runTypedoc(root, '--emit', 'none')
if (typedoc !== '') console.error(typedoc)

const faults = broken.length + (typedoc === '' ? 0 : 1)
console.log(`${faults} faults in the documentation`)
process.exitCode = faults > 0 ? 1 : 0
