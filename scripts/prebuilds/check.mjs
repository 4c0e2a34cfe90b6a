/** `npm run prebuilds:check [-- --all]`: judges the binaries in prebuilds/ by what is in them; `--all` demands every target. */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { judgeFolder, readBuildInfo } from './build-info.mjs'
import { inspect } from './inspect.mjs'
import { CACHE, PREBUILDS, ROOT } from './places.mjs'
import { TARGETS } from './targets.mjs'

const problems = judgeFolder()
const binaries = readBuildInfo()?.binaries ?? {}
const folders = [...new Set([ROOT, CACHE, homedir()].map(folder => folder.replace(/\/$/, '')))].filter(Boolean)

for (const target of TARGETS) {
  if (!(target.name in binaries)) {
    if (process.argv.includes('--all')) problems.push(`there is no prebuild for ${target.name}`)
    continue
  }
  if (!existsSync(join(PREBUILDS, target.file))) continue
  const wrong = inspect(readFileSync(join(PREBUILDS, target.file)), target, { folders })
  console.log(`${wrong.length === 0 ? '✓' : '✗'} ${target.file}`)
  for (const sentence of wrong) problems.push(`${target.file} ${sentence}`)
}
for (const problem of problems) console.log(`✗ ${problem}`)
const checked = Object.keys(binaries).length
console.log(problems.length === 0 ? `${checked} prebuilds are as they should be` : `${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
