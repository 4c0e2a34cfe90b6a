/** Prints the results: one table of all libraries, what was promised of it, and how to have it again. */
import { COLUMNS, rows } from './rows.mjs'
import { short } from './targets.mjs'

const AGAIN = [
  [
    'npm run setup:debian && npm run setup:peers',
    'once, as root: what is compared with; MSAL.NET needs the .NET SDK 10',
  ],
  ['npm run bench', 'this table'],
  ['npm run bench -- --only silent --rounds 24', 'some of it, or with more rounds'],
  ['npm run bench:check', 'fails when a target is missed by more than a quarter'],
]

/** @returns the text of the report. `missing` says which libraries were not there, and why. */
export function report({ machine, versions, missing, ...results }, verdicts) {
  const libraries = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const sections = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.platform}, ${libraries.join(', ')}`,
    ...(missing.length === 0 ? [] : [missing.map(what => `Not measured: ${what}`).join('\n')]),
    figureTable(rows(results)),
    `Targets\n${verdictTable(verdicts)}`,
    `Again\n${table(AGAIN, () => true)}`,
  ]
  return sections.join('\n\n')
}

/** Columns as wide as they have to be; numbers to the right, what `isText` says to the left. */
function table(lines, isText) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map(line => line[column].length)))
  const pad = (cell, column) => (isText(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))
  return lines.map(line => `  ${line.map(pad).join('   ')}`.trimEnd()).join('\n')
}

/** Medians, and of all others how many times ours that is. */
function figureTable(all) {
  const names = COLUMNS.filter(name => all.some(({ figures }) => figures[name] !== undefined))
  const cells = ({ latchkey, ...figures }, name) => {
    if (name === 'latchkey') return [latchkey === undefined ? '–' : short(latchkey)]
    const figure = figures[name]
    if (figure === undefined) return ['–', '']
    return [short(figure), latchkey > 0 ? `${short(figure / latchkey)}×` : '']
  }
  const header = ['', '', ...names.flatMap(name => (name === 'latchkey' ? [name] : [name, '']))]
  const lines = all.map(({ what, unit, figures }) => [what, unit, ...names.flatMap(name => cells(figures, name))])
  return table([header, ...lines], column => column < 2)
}

function verdictTable(verdicts) {
  return table(
    verdicts.map(({ name, limit, value, holds }) => [
      `${holds === undefined ? '–' : holds ? '✓' : '✗'} ${name}`,
      value === undefined ? 'not measured' : short(value),
      limit,
    ]),
    column => column === 0,
  )
}
