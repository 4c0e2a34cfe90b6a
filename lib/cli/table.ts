/** Rows of text in aligned columns, or one under the other where the terminal is too narrow for that. */
import type { Screen } from './screen.js'
import { printable } from './text.js'

const GAP = '  '

/** Prints a table with a header. Cells may be anything that a server sent; the first column names the row. */
export function printTable(screen: Screen, header: readonly string[], rows: ReadonlyArray<readonly string[]>): void {
  const cells = rows.map(row => row.map(cell => printable(cell) || '–'))
  const widths = header.map((title, column) => Math.max(...[header, ...cells].map(row => length(row[column] ?? title))))
  const total = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length)
  if (screen.isTerminal && total > screen.width) printRecords(screen, header, cells)
  else printColumns(screen, widths, [header, ...cells])
}

function printColumns(screen: Screen, widths: readonly number[], rows: ReadonlyArray<readonly string[]>): void {
  rows.forEach((row, index) => {
    const text = row.map((cell, column) => padded(cell, widths[column] ?? 0)).join(GAP)
    screen.line(index === 0 ? screen.style.bold(text.trimEnd()) : text.trimEnd())
  })
}

function printRecords(screen: Screen, header: readonly string[], rows: ReadonlyArray<readonly string[]>): void {
  const labels = header.slice(1).map(title => title.toLowerCase())
  const width = Math.max(...labels.map(length))
  for (const [name = '', ...cells] of rows) {
    screen.line(screen.style.bold(name))
    cells.forEach((cell, index) => {
      screen.line(`${GAP}${screen.style.dim(padded(labels[index] ?? '', width))}${GAP}${cell}`)
    })
  }
}

/** Letters, as people count them: without the marks that share a cell with the letter before. */
function length(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].length
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - length(text)))
}
