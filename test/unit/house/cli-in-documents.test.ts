/** The command line as the documents have it: each command and each option that they name is there. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { COMMANDS, optionsOf } from '#lib/cli/commands.js'
import { OPTIONS } from '#lib/cli/options.js'

const project = new URL('../../../', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, project), 'utf8')

/** What somebody would type: lines of blocks for the shell, and code in the prose, up to a pipe or another command. */
function typed(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'))
  const prose = text.replace(/^```.*?^```/gms, '')
  return [...blocks, ...[...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)]
    .map(line => line.trim().replace(/^(?:if|elif|!) /, ''))
    .flatMap(line => /^(?:latchkey |node dist\/cli\/main\.js |--).*/.exec(line)?.[0].split(/[|;&>#(]/, 1) ?? [])
}

// Help is asked for in front of a command, and is none itself.
const optionsOfCommand = new Map([
  ['help', new Set<string>()],
  ...COMMANDS.map(command => [command.name, new Set<string>(optionsOf(command))] as const),
])

/** What of it there is not: options of the command that is named, or of any where none is. */
function unknownIn(text: string, isOfTheCommandLine: boolean): string[] {
  return typed(text).flatMap(line => {
    const [, command] = /^(?:latchkey|node dist\/cli\/main\.js) ([a-z][a-z-]*)/.exec(line) ?? []
    if (command === undefined && !isOfTheCommandLine) return []
    const known = command === undefined ? new Set(Object.keys(OPTIONS)) : optionsOfCommand.get(command)
    if (known === undefined) return [`${line}: there is no command ${command}`]
    const options = [...line.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name = '']) => name)
    return options.filter(name => !known.has(name)).map(name => `${line}: there is no option --${name}`)
  })
}

const DOCUMENTS = ['README.md', 'SECURITY.md', ...readdirSync(new URL('docs', project)).map(name => `docs/${name}`)]

test('names no command and no option that the command line does not have', () => {
  let lines = 0
  for (const name of DOCUMENTS.filter(each => each.endsWith('.md'))) {
    lines += typed(read(name)).length
    assert.deepEqual(unknownIn(read(name), name === 'docs/cli.md'), [], name)
  }
  assert.ok(lines > 60, `${lines} lines`)
})

test('is found out when it does', () => {
  const text =
    'See `latchkey logn --json`, `--colour`, `latchkey accounts --qr`.\n\n```sh\nif latchkey login --quick; then\n  latchkey token | curl --silent\nfi\n```\n'
  assert.deepEqual(unknownIn(text, true), [
    'latchkey login --quick: there is no option --quick',
    'latchkey logn --json: there is no command logn',
    '--colour: there is no option --colour',
    'latchkey accounts --qr: there is no option --qr',
  ])
})
