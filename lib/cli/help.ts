/** The help, made from the tables of commands and options. */
import { COMMANDS, type CommandSpec } from './commands.js'
import { CONNECTION_OPTIONS, GENERAL_OPTIONS, type OptionName, optionSpec } from './options.js'
import type { Screen } from './screen.js'
import { wrapped } from './text.js'

const INDENT = 2
const MAX_WIDTH = 100
// A name longer than this has its help on the next line.
const MAX_NAME = 27

/** Prints what there is. */
export function printHelp(screen: Screen, program: string): void {
  const { bold } = screen.style
  screen.line('Desktop sign-in to the Microsoft identity platform.')
  screen.line()
  screen.line(`${bold('Usage:')} ${program} <command> [options]`)
  screen.line()
  screen.line(bold('Commands:'))
  const rows = COMMANDS.map(({ name, summary }) => [name, summary] as const)
  printRows(screen, [
    ...rows,
    ['help [command]', 'show this help, or that of a command'],
    ['--version', 'show the version'],
  ])
  screen.line()
  screen.prose('', 'Tokens, JSON and tables go to stdout, everything else to stderr.')
  screen.prose('', 'Exit codes: 0 ok, 1 failed, 2 usage, 3 interaction required, 130 interrupted.')
}

/** Prints what one command does and takes. */
export function printCommandHelp(screen: Screen, program: string, command: CommandSpec): void {
  const { bold, dim } = screen.style
  for (const line of wrapped(command.description, lineWidth(screen))) screen.line(line)
  screen.line()
  screen.line(`${bold('Usage:')} ${program} ${command.name}${argumentOf(command)} [options]`)
  if (command.argument !== undefined) {
    screen.line()
    printRows(screen, [[argumentOf(command).trim(), command.argument.help]])
  }
  const groups: [string, readonly OptionName[]][] = [
    ['Options', command.options],
    ['Which application, tenant and cache', command.connects ? CONNECTION_OPTIONS : []],
    ['For every command', GENERAL_OPTIONS],
  ]
  for (const [title, names] of groups) {
    if (names.length === 0) continue
    screen.line()
    screen.line(bold(`${title}:`))
    printRows(screen, names.map(optionRow))
  }
  screen.line()
  screen.line(bold('Examples:'))
  for (const example of command.examples) screen.line(dim(`  ${program} ${example}`))
}

function argumentOf({ argument }: CommandSpec): string {
  return argument === undefined ? '' : ` ${argument.choices?.join('|') ?? argument.name}`
}

function optionRow(name: OptionName): readonly [string, string] {
  const { value, choices, env, help, ...spec } = optionSpec(name)
  const notes = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(spec.default === undefined ? [] : [`default: ${spec.default}`]),
    ...(env === undefined ? [] : [`or ${env}`]),
  ]
  const placeholder = value ?? (choices === undefined ? undefined : name.toUpperCase())
  const title = `${name === 'help' ? '-h, ' : ''}--${name}${placeholder === undefined ? '' : ` ${placeholder}`}`
  return [title, notes.length === 0 ? help : `${help} (${notes.join('; ')})`]
}

function printRows(screen: Screen, rows: ReadonlyArray<readonly [string, string]>): void {
  const column = Math.min(MAX_NAME, Math.max(...rows.map(([name]) => name.length))) + 2
  const indent = ' '.repeat(INDENT)
  for (const [name, text] of rows) {
    const [first = '', ...others] = wrapped(text, lineWidth(screen) - INDENT - column)
    const hangs = name.length + 2 > column
    const title = screen.style.cyan(name)
    screen.line(hangs ? `${indent}${title}` : `${indent}${title}${' '.repeat(column - name.length)}${first}`)
    for (const line of hangs ? [first, ...others] : others) screen.line(`${indent}${' '.repeat(column)}${line}`)
  }
}

function lineWidth(screen: Screen): number {
  return Math.max(60, Math.min(MAX_WIDTH, screen.width))
}
