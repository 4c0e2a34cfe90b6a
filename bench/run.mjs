/**
 * `npm run bench`: measures this library beside @azure/msal-node, MSAL.NET, MSAL Python and kerberos, and prints one table; README.md says how.
 * `--check` (`npm run bench:check`) makes fewer calls and fails when a target is missed by more than noise explains; `--only NAME` measures some of it,
 * `--rounds N` sets how often, `--json FILE` writes the results.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { MEASURES, measure } from './measure.mjs'
import { findPeers } from './peers.mjs'
import { report } from './report.mjs'
import { failures, judge } from './targets.mjs'

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' },
    json: { type: 'string' },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string' },
  },
})
const plan = {
  isQuick: options.check === true,
  only: options.only ?? MEASURES,
  rounds: options.rounds && Number(options.rounds),
}
if (!plan.only.every(name => MEASURES.includes(name)) || (plan.rounds !== undefined && !(plan.rounds >= 1))) {
  console.error(`bench [--check] [--only NAME]… [--rounds N] [--json FILE]; names: ${MEASURES.join(' ')}`)
  process.exit(2)
}
const inCi = process.env.CI === 'true'
const started = performance.now()
const onProgress = what =>
  console.error(`bench: ${((performance.now() - started) / 1000).toFixed(0).padStart(3)} s  ${what}`)

// With the tests, whose realm and acceptor the benchmark has too.
const builder = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url))
if (spawnSync(process.execPath, [builder, '--tests'], { stdio: 'inherit' }).status !== 0) process.exit(1)

const peers = findPeers({ onProgress })
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
let measured
try {
  measured = await measure({ peers, folder, plan, onProgress })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const results = {
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    platform: `${process.platform}-${process.arch}`,
  },
  versions: peers.versions,
  ...measured.results,
  missing: [...peers.missing, ...measured.missing, ...measured.failed],
}
// What was not asked for is no gap.
const verdicts = judge(results).filter(({ holds }) => holds !== undefined || options.only === undefined)
console.log(`\n${report(results, verdicts)}`)
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify({ ...results, verdicts }, undefined, 2)}\n`)

const missed = verdicts.filter(({ holds }) => holds === false)
const failed = failures(verdicts, { inCi })
onProgress([...measured.failed, `${missed.length} of ${verdicts.length} targets missed`].join('; '))
// Elsewhere a machine may lack .NET; in CI a gap would look like success.
if (measured.failed.length > 0 || (options.check && failed.length > 0)) process.exitCode = 1
