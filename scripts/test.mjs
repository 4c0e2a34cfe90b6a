/** `npm test [ring …]`: builds, runs the rings that this machine can run under one coverage report, and says what it could not. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { reportCoverage } from './coverage.mjs'
import { RINGS, testFiles } from './rings.mjs'
import { makeTemporaries } from './temporaries.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
// Elsewhere a machine may lack things; in CI a gap would look like success.
const inCi = process.env.CI === 'true'
const MIN_LINES_PERCENT = 90

const started = performance.now()
const seconds = since => `${((performance.now() - since) / 1000).toFixed(1)} s`
const problems = []
const tally = { passed: 0, failed: 0, skipped: 0 }

const names = process.argv.slice(2)
const unknown = names.filter(name => !RINGS.some(ring => ring.name === name))
if (unknown.length > 0) {
  console.error(`Unknown ring: ${unknown.join(', ')}. Rings: ${RINGS.map(ring => ring.name).join(' ')}`)
  process.exit(2)
}
const selected = names.length > 0 ? RINGS.filter(ring => names.includes(ring.name)) : RINGS

const build = spawnSync(process.execPath, ['scripts/build.mjs', '--tests'], { cwd: root, stdio: 'inherit' })
if (build.status !== 0) {
  console.log('\nThe build failed, so no test ran.\n0 passed, 1 failed, 0 skipped')
  process.exit(1)
}

const coverageData = path.join(root, 'coverage/data')
rmSync(path.join(root, 'coverage'), { recursive: true, force: true })
mkdirSync(coverageData, { recursive: true })
const scratch = mkdtempSync(path.join(root, 'coverage/tally-'))

const lines = []
for (const ring of selected) lines.push(await runRing(ring))
const allRan = selected.length === RINGS.length && lines.every(line => line.complete)
const coverageLine = judgeCoverage(allRan)
summarize()

/** Runs one ring. Resolves with its line of the summary and whether all of it ran. */
async function runRing(ring) {
  const ringStarted = performance.now()
  const gaps = ring.needs.map(need => need(root)).filter(gap => gap !== undefined)
  let files = gaps.length > 0 ? [] : testFiles(root, ring)
  for (const part of gaps.length > 0 ? [] : (ring.partNeeds ?? [])) {
    const stopped = files.filter(file => part.files.test(file))
    const gap = stopped.length > 0 ? part.need(root) : undefined
    if (gap === undefined) continue
    gaps.push(gap)
    files = files.filter(file => !stopped.includes(file))
  }
  for (const { missing, mend } of gaps) {
    const what = `ring ${ring.name}: ${files.length > 0 ? 'in part ' : ''}not run, ${missing}. To mend it: ${mend}`
    console.log(`\n– ${what}`)
    if (inCi) problems.push(what)
  }
  if (files.length === 0) {
    if (gaps.length === 0) problems.push(`ring ${ring.name}: has no test files`)
    return { ring: ring.name, text: gaps.length > 0 ? 'not run' : 'empty', complete: false }
  }
  console.log(`\n▷ ring ${ring.name}: ${files.length} files`)
  const tallyFile = path.join(scratch, `${ring.name}.ndjson`)
  const code = await runNodeTest(ring, files, tallyFile)
  return { ...count(ring.name, code, tallyFile, seconds(ringStarted)), complete: gaps.length === 0 }
}

async function runNodeTest(ring, files, tallyFile) {
  const args = [
    '--enable-source-maps',
    '--test',
    `--test-concurrency=${ring.concurrency}`,
    `--test-timeout=${ring.timeoutSeconds * 1000}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=./scripts/tally-reporter.mjs',
    `--test-reporter-destination=${tallyFile}`,
    ...files,
  ]
  const temporaries = makeTemporaries()
  const env = { ...temporaries.env, NODE_V8_COVERAGE: coverageData }
  // Set when this script is itself started by a test; node --test would then refuse to run anything.
  delete env.NODE_TEST_CONTEXT
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  const left = temporaries.remove()
  if (left.length > 0)
    console.log(`– ring ${ring.name}: left in the folder of temporary files, and removed: ${left.join(' ')}`)
  return code
}

function count(ring, code, tallyFile, time) {
  const results = readFileSync(tallyFile, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
  const of = outcome => results.filter(result => result.outcome === outcome)
  const [passed, failed, skipped] = [of('passed'), of('failed'), of('skipped')]
  for (const { name, file, reason } of failed) problems.push(`${path.relative(root, file)}: ${reason ?? name}`)
  for (const { name, reason } of skipped) {
    const excused = reason?.startsWith('not demanded:')
    console.log(`– skipped: ${name} (${reason ?? 'no reason given'})`)
    if (inCi && !excused) problems.push(`ring ${ring}: skipped without leave: ${name} (${reason ?? 'no reason given'})`)
  }
  // The runner may die without a word, or fail for what no test reported, such as a rejection after the last one.
  if (code !== 0 && failed.length === 0) problems.push(`ring ${ring}: node --test ended with ${code}`)
  if (passed.length === 0 && failed.length === 0) problems.push(`ring ${ring}: not one test ran`)
  tally.passed += passed.length
  tally.failed += failed.length
  tally.skipped += skipped.length
  return { ring, text: `${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped in ${time}` }
}

function judgeCoverage(demanded) {
  if (tally.passed + tally.failed === 0) {
    problems.push('not one test ran')
    return 'nothing ran'
  }
  const report = reportCoverage(root, coverageData)
  if (report === undefined) {
    problems.push('coverage: c8 made no report')
    return 'no report'
  }
  if ((demanded || (inCi && selected.length === RINGS.length)) && report.percent < MIN_LINES_PERCENT) {
    problems.push(`coverage: ${report.percent} % of the lines of lib/, at least ${MIN_LINES_PERCENT} % are demanded`)
    for (const { file, percent } of report.worst.slice(0, 10)) problems.push(`coverage: ${file} ${percent} %`)
  }
  return `${report.percent} % of lines${allRan ? '' : ' (some rings did not run)'}, see coverage/index.html`
}

function summarize() {
  rmSync(scratch, { recursive: true })
  rmSync(coverageData, { recursive: true })
  console.log('')
  for (const { ring, text } of lines) console.log(`${ring.padEnd(12)} ${text}`)
  console.log(`${'coverage'.padEnd(12)} ${coverageLine}`)
  console.log(`${'time'.padEnd(12)} ${seconds(started)}`)
  for (const problem of problems) console.log(`✗ ${problem}`)
  // What failed outside of any test still has to show in the last line.
  const failed = Math.max(tally.failed, problems.length > 0 ? 1 : 0)
  console.log(`${tally.passed} passed, ${failed} failed, ${tally.skipped} skipped`)
  process.exitCode = failed > 0 ? 1 : 0
}
