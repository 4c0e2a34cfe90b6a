/** Completion for fish, from the tables. */
import { COMMANDS, type CommandSpec, optionsOf } from '../commands.js'
import { type OptionName, optionSpec } from '../options.js'
import { PROFILES_COMMAND, valuesOf } from './values.js'

/** A script that fish sources. */
export function fishCompletion(): string {
  const names = COMMANDS.map(({ name }) => name)
  const first = COMMANDS.map(({ name, summary }) => commandLine(name, summary))
  return `# fish completion for latchkey, made by it: latchkey completion fish | source
complete -c latchkey -e
complete -c latchkey -f
${[...first, commandLine('help', 'show what there is, or what a command takes')].join('\n')}
complete -c latchkey -n ${after('help')} -a ${quotedForFish(names.join(' '))}
${COMMANDS.flatMap(linesOf).join('\n')}
`
}

function commandLine(name: string, summary: string): string {
  return `complete -c latchkey -n __fish_use_subcommand -a ${name} -d ${quotedForFish(summary)}`
}

function linesOf(command: CommandSpec): string[] {
  const condition = `complete -c latchkey -n ${after(command.name)}`
  const choices = command.argument?.choices
  const argument = choices === undefined ? [] : [`${condition} -a ${quotedForFish(choices.join(' '))}`]
  return [...argument, ...optionsOf(command).map(name => `${condition} ${optionOf(name)}`)]
}

function after(command: string): string {
  return quotedForFish(`__fish_seen_subcommand_from ${command}`)
}

function optionOf(name: OptionName): string {
  const values = valuesOf(name)
  const kinds = {
    flag: () => '',
    words: () => ` -x -a ${quotedForFish(values.kind === 'words' ? values.words.join(' ') : '')}`,
    profiles: () => ` -x -a ${quotedForFish(`(${PROFILES_COMMAND})`)}`,
    files: () => ' -r -F',
    folders: () => " -x -a '(__fish_complete_directories)'",
    unknown: () => ' -x',
  }
  return `-l ${name}${kinds[values.kind]()} -d ${quotedForFish(optionSpec(name).help)}`
}

function quotedForFish(text: string): string {
  return `'${text.replace(/[\\']/g, character => `\\${character}`)}'`
}
