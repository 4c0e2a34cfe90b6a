/** Runs the real program in a terminal of its own, types into it, and reads off it what a person would see. */
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { MAIN, startProgram } from './latchkey.js'

const TERMINAL = fileURLToPath(new URL('../../../test/cli/programs/terminal.py', import.meta.url))

/** Keys, as a terminal sends them. */
export const Key = { Enter: '\r', Backspace: '\x7f', CtrlC: '\x03', CtrlD: '\x04', CtrlU: '\x15' } as const

/** How a run in a terminal ended. */
export interface TerminalOutcome {
  readonly code: number
  /** Every byte that was sent to the terminal. */
  readonly transcript: string
  /** The rows that are left on it. */
  readonly rows: readonly string[]
  /** The settings of the terminal are what they were before the program. */
  readonly isRestored: boolean
  /** What is typed is shown, line by line, and Ctrl-C interrupts. */
  readonly hasEcho: boolean
}

/** A run in a terminal that is under way. */
export interface TerminalRun {
  readonly done: Promise<TerminalOutcome>
  type(keys: string): void
  /** Resolves with the match as soon as the transcript has what fits; rejects when the program ends before. */
  seen(pattern: RegExp): Promise<RegExpExecArray>
}

/** Starts `latchkey …args` in a terminal of this many columns. */
export function startInTerminal(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  { columns = 80, command = [process.execPath, MAIN] }: { columns?: number; command?: readonly string[] } = {},
): TerminalRun {
  const words = [TERMINAL, `${columns}`, ...command, ...args]
  const { child, done, seen } = startProgram('/usr/bin/python3', words, { TERM: 'xterm-256color', ...env }, 'pipe')
  return {
    done: done.then(({ stdout, stderr, code }) => {
      assert.equal(code, 0, stderr)
      return { ...JSON.parse(stderr), transcript: stdout, rows: rowsOf(stdout, columns) }
    }),
    type: keys => child.stdin?.write(keys),
    seen: pattern => seen('stdout', pattern),
  }
}

/** Runs it to its end. */
export function inTerminal(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<TerminalOutcome> {
  return startInTerminal(args, env).done
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is made of them
const PIECES = /\x1b\[([?\d;]*)([A-Za-z])|./gsu

/** What a terminal of this many columns shows in the end; what this program has no business to send is an error. */
export function rowsOf(transcript: string, columns: number): string[] {
  const rows: string[][] = [[]]
  let column = 0
  for (const [piece, , final] of transcript.matchAll(PIECES)) {
    const row = rows.at(-1) ?? []
    if (piece === '\r') column = 0
    else if (piece === '\n') rows.push([])
    else if (final === 'K') row.length = column
    // Colours and weights move nothing.
    else if (final === 'm') continue
    else if (final !== undefined || piece < ' ' || piece === '\x7f') assert.fail(`sent ${JSON.stringify(piece)}`)
    else if (column < columns) row[column++] = piece
    else {
      rows.push([piece])
      column = 1
    }
  }
  return rows.map(row =>
    Array.from(row, letter => letter ?? ' ')
      .join('')
      .trimEnd(),
  )
}
