/** One coverage report over lib/ from everything that ran with NODE_V8_COVERAGE set, spawned programs included. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Reports on the V8 data in `data`, counting files that no test loaded as uncovered. Writes coverage/index.html.
 *
 * @returns {{ percent: number, worst: { file: string, percent: number }[] } | undefined} undefined when c8 failed
 */
export function reportCoverage(root, data) {
  const options = ['--all', '--src', 'dist', '--include', 'dist/**', '--exclude', '**/*.d.ts', '--merge-async']
  const typesOnly = filesWithoutCode(root, 'dist').flatMap(file => ['--exclude', file])
  const reporters = ['--reporter', 'json-summary', '--reporter', 'html', '--reports-dir', 'coverage']
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/c8/bin/c8.js', 'report', '--temp-directory', data, ...options, ...typesOnly, ...reporters],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const summary = path.join(root, 'coverage/coverage-summary.json')
  if (status !== 0 || !existsSync(summary)) return undefined
  const { total, ...files } = JSON.parse(readFileSync(summary, 'utf8'))
  const worst = Object.entries(files)
    .map(([file, { lines }]) => ({
      file: path.relative(root, file),
      percent: lines.pct,
      missed: lines.total - lines.covered,
    }))
    .filter(({ percent }) => percent < 90)
    .sort((a, b) => b.missed - a.missed)
  return { percent: total.lines.pct, worst }
}

// Files of types compile to nothing, are never loaded, and would count as uncovered.
function filesWithoutCode(root, folder) {
  return readdirSync(path.join(root, folder), { recursive: true })
    .map(name => `${folder}/${name}`)
    .filter(file => file.endsWith('.js'))
    .filter(file => {
      const code = readFileSync(path.join(root, file), 'utf8').replace(/\/\*.*?\*\/|^\/\/.*$/gms, '')
      return code.trim() === 'export {};'
    })
}
