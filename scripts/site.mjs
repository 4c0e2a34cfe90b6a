/** `npm run docs`: the documents and the public types as a site, in `site/`, as typedoc.json says; a warning is a failure. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ENTRIES } from './doc-comments.mjs'

/**
 * Runs typedoc on the public types and the documents.
 *
 * @returns {string} what is wrong: links between comments, types that public things need but are not public themselves, and
 *   whatever else typedoc warns of. Empty when nothing is.
 */
export function runTypedoc(root, ...more) {
  const entries = ENTRIES.flatMap(entry => ['--entryPoints', entry])
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/typedoc/bin/typedoc', ...entries, ...more],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  )
  return status === 0 ? '' : (stdout + stderr).trimEnd() || `typedoc ended with ${status}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const wrong = runTypedoc(root)
  if (wrong !== '') console.error(wrong)
  else console.log(`the site is ${path.join(root, 'site', 'index.html')}`)
  process.exitCode = wrong === '' ? 0 : 1
}
