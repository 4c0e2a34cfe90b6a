/** `npm run docs:check`: doc comments, @throws, the errors page, links, code in the prose, the tests of the threat model, and what typedoc says. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkDocComments, ENTRIES } from './doc-comments.mjs'
import { checkErrorsDoc } from './generate-errors-doc.mjs'
import { checkCode, checkLinks, checkPaths, checkRoomTable } from './markdown.mjs'
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
  ...checkPaths(root),
  ...checkRoomTable(root),
  ...checkCode(root),
  ...checkThreats(root),
]
for (const { file, line, message } of broken) console.error(`${file}:${line}: ${message}`)

// Only its judgement is wanted: links between comments, and types that public things need but are not public themselves.
const typedoc = run(
  'node_modules/typedoc/bin/typedoc',
  ...ENTRIES.filter(entry => existsSync(path.join(root, entry))).flatMap(entry => ['--entryPoints', entry]),
  ...[
    '--tsconfig',
    'tsconfig.json',
    '--readme',
    'none',
    '--excludePrivate',
    '--excludeInternal',
    '--emit',
    'none',
    '--disableSources',
  ],
  ...['--treatWarningsAsErrors', '--treatValidationWarningsAsErrors'],
)
if (typedoc !== '') console.error(typedoc)

const faults = broken.length + (typedoc === '' ? 0 : 1)
console.log(`${faults} faults in the documentation`)
process.exitCode = faults > 0 ? 1 : 0
