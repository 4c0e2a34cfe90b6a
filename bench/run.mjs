/** `npm run bench`: this library beside @azure/msal-node and MSAL.NET in one run. With --check a missed target fails. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { measureImport } from './measures/import.mjs'
import { measureListing } from './measures/listing.mjs'
import { countPackages } from './measures/packages.mjs'
import { measureSilent } from './measures/silent.mjs'
import { prepareMsalNet, ROOT } from './peer.mjs'

const { values: options } = parseArgs({ options: { check: { type: 'boolean' }, json: { type: 'string' } } })
const rounds = options.check ? 3 : 6
const tell = what => console.error(`bench: ${what} …`)

const built = spawnSync(process.execPath, [path.join(ROOT, 'scripts', 'build.mjs')], { stdio: 'inherit' })
if (built.status !== 0) process.exit(1)
tell('building the MSAL.NET program')
const noMsalNet = prepareMsalNet()
if (noMsalNet !== undefined) console.error(`bench: MSAL.NET does not take part: ${noMsalNet}`)
if (noMsalNet !== undefined && options.check && process.env.CI === 'true') process.exit(1)
const subjects = ['latchkey', 'msal-node', ...(noMsalNet === undefined ? ['msal.net'] : [])]

const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const { measureTogether } = await import('./measures/together.mjs')
const figures = {
  silent: await measureSilent({ subjects, folder, rounds, tell }),
  listing: await measureListing({ subjects, folder, rounds, tell }),
  together: await measureTogether({ subjects, folder, tell }),
  import: await measureImport({ rounds: options.check ? 11 : 21, tell }),
  packages: countPackages(),
}

const { silent, listing, together, packages } = figures
const ours = silent.latchkey
const msalNet = silent['msal.net']?.[1].cpuUs
/** What has to hold: ratios within this run, and counts. */
const targets = [
  ['silent hit, CPU at 1 account: msal-node / ours', silent['msal-node'][1].cpuUs / ours[1].cpuUs, '≥', 20],
  ...(msalNet ? [['silent hit, CPU at 1 account: MSAL.NET / ours', msalNet / ours[1].cpuUs, '≥', 5]] : []),
  ['silent hit, p50 at 10 000 accounts / at 1', ours[10_000].p50Us / ours[1].p50Us, '≤', 1.5],
  ['listing 10 000 accounts / 1 000', listing.latchkey[10_000] / listing.latchkey[1_000], '≤', 15],
  ['token requests of 50 silent calls at once', together.latchkey, '≤', 1],
  ['import, wall: ours / msal-node', figures.import.latchkey.wallMs / figures.import['msal-node'].wallMs, '≤', 1 / 3],
  ['import, CPU: ours / msal-node', figures.import.latchkey.cpuMs / figures.import['msal-node'].cpuMs, '≤', 1 / 3],
  ['packages installed in production, ours included', packages.latchkey, '≤', 5],
].map(([what, value, sign, limit]) => ({
  what,
  value,
  sign,
  limit,
  met: sign === '≥' ? value >= limit : value <= limit,
}))

print()
if (options.json) writeFileSync(options.json, `${JSON.stringify({ figures, targets }, null, 2)}\n`)
const missed = targets.filter(({ met }) => !met)
console.log(missed.length === 0 ? 'every target is met' : `${missed.length} of ${targets.length} targets are missed`)
if (options.check && missed.length > 0) process.exitCode = 1

function print() {
  const number = value => (value === undefined ? '–' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0))
  const row = (what, figure) => [what, ...subjects.map(name => number(figure(name)))]
  const rows = [
    ['', ...subjects],
    ...[1, 100, 10_000].flatMap(n => [
      row(`silent hit at ${n}, CPU µs`, name => silent[name][n].cpuUs),
      row(`silent hit at ${n}, p50 µs`, name => silent[name][n].p50Us),
    ]),
    ...[1_000, 10_000].map(n => row(`listing ${n}, ms`, name => listing[name][n])),
    row('50 calls at once, token requests', name => together[name]),
    row('import, wall ms over bare node', name => figures.import[name]?.wallMs),
    row('import, CPU ms over bare node', name => figures.import[name]?.cpuMs),
    row('packages', name => packages[name]),
  ]
  for (const [what, ...cells] of rows) console.log(what.padEnd(34) + cells.map(cell => cell.padStart(12)).join(''))
  console.log()
  for (const { what, value, sign, limit, met } of targets) {
    console.log(`${met ? '✓' : '✗'} ${what.padEnd(52)} ${number(value).padStart(8)}   ${sign} ${number(limit)}`)
  }
}
