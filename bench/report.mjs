/** Prints the results as tables. */
import { short } from './targets.mjs'

/** Columns as wide as they have to be; the first one to the left, numbers to the right. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)))
  const line = row => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
  return rows.map(row => `  ${line(row).join('   ')}`.trimEnd()).join('\n')
}

const count = number => number.toLocaleString('en').replaceAll(',', ' ')

/** @returns the text of the report. */
export function report({ machine, silent, persistent, listing, together, install, ...results }, verdicts) {
  const { bare, ...imports } = results.import
  const sections = [
    ['Silent hit: CPU per call and p50 in µs', silentTable(silent)],
    ['Cache on disk, hits with an unchanged file: CPU per call and p50 in µs', hitTable(persistent)],
    ['Cache on disk, ms: with 1 000 accounts, and from the start of a process to its first hit', diskTable(persistent)],
    ['Listing all accounts, ms', listingTable(listing)],
    ['Token requests of 50 calls at once for one expired token', table(Object.entries(together).map(toText))],
    ...kerberosSections(results),
    [
      `Import, ms over bare node (${short(bare.wallMs)} wall, ${short(bare.cpuMs)} CPU)`,
      table([
        ['', 'wall', 'CPU'],
        ...Object.entries(imports).map(([name, it]) => [name, short(it.wallMs), short(it.cpuMs)]),
      ]),
    ],
    [
      'Installed in production',
      table(
        Object.entries(install).map(([name, { packages, bytes }]) => [
          name,
          `${packages} packages besides itself`,
          `${(bytes / 1e6).toFixed(1)} MB`,
        ]),
      ),
    ],
    ['Targets', verdictTable(verdicts)],
  ]
  const body = sections.map(([title, text]) => `${title}\n${text}`).join('\n\n')
  return `${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}\n\n${body}`
}

const toText = ([name, number]) => [name, count(number)]

const hitTable = persistent =>
  silentTable(Object.fromEntries(Object.entries(persistent).map(([name, { hit }]) => [name, hit])))

function diskTable(persistent) {
  const sizes = Object.keys(persistent.latchkey.cold)
  const starts = sizes.map(size => `start with ${count(Number(size))}`)
  const kinds = ['afterForeign', 'save', 'afterSave']
  return table([
    ['', ...['after a foreign write', 'save', 'after a save'].flatMap(what => [what, 'CPU']), ...starts],
    ...Object.entries(persistent).map(([name, results]) => [
      name,
      ...kinds.flatMap(kind => [short(results[kind].ms), short(results[kind].cpuMs)]),
      ...sizes.map(size => short(results.cold[size])),
    ]),
  ])
}

function silentTable(silent) {
  const names = Object.keys(silent)
  const sizes = Object.keys(silent.latchkey).map(Number)
  const header = [
    'accounts',
    ...names.flatMap(name => [`${name} CPU`, 'p50']),
    ...names.slice(1).map(name => `${name} / ours`),
  ]
  const rows = sizes.map(size => [
    count(size),
    ...names.flatMap(name => [short(silent[name][size].cpuUs), short(silent[name][size].p50Us)]),
    ...names.slice(1).map(name => `${short(silent[name][size].cpuUs / silent.latchkey[size].cpuUs)}×`),
  ])
  return table([header, ...rows])
}

/** Nothing where there was no KDC. */
function kerberosSections({ token, integrated, lag }) {
  if (token === undefined) return []
  return [
    ['Token with a ticket: p50 in µs', table(Object.entries(token).map(([name, { p50Us }]) => [name, short(p50Us)]))],
    [
      'Integrated sign-in: HTTP requests at the servers, and p50 in ms',
      table([
        ['', 'first', 'p50', 'next', 'p50'],
        ...Object.entries(integrated).map(([name, { first, again }]) => [
          name,
          ...[first, again].flatMap(({ requests, p50Ms }) => [count(requests), short(p50Ms)]),
        ]),
      ]),
    ],
    [
      'Event-loop lag of 100 integrated sign-ins at once, ms',
      table([
        ['', 'p50', 'p99', 'longest', 'all done'],
        ...Object.entries(lag).map(([name, run]) => [
          `with ${name === 'fake' ? 'a fake' : 'the'} addon`,
          ...[run.p50Ms, run.p99Ms, run.maxMs, run.wallMs].map(short),
        ]),
      ]),
    ],
  ]
}

function listingTable(listing) {
  const names = Object.keys(listing)
  const sizes = [...new Set(names.flatMap(name => Object.keys(listing[name]).map(Number)))].sort((a, b) => a - b)
  const cell = milliseconds => (milliseconds === undefined ? '–' : short(milliseconds))
  return table([
    ['accounts', ...names],
    ...sizes.map(size => [count(size), ...names.map(name => cell(listing[name][size]))]),
  ])
}

function verdictTable(verdicts) {
  return table(
    verdicts.map(({ name, limit, value, holds }) => [
      `${holds === undefined ? '–' : holds ? '✓' : '✗'} ${name}`,
      value === undefined ? 'not measured' : short(value),
      limit,
    ]),
  )
}
