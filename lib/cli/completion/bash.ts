/** Completion for bash, from the tables. */
import { COMMANDS, type CommandSpec, optionsOf } from '../commands.js'
import { OPTIONS, type OptionName } from '../options.js'
import { PROFILES_COMMAND, quoted, type Values, valuesOf } from './values.js'

/** A script that bash sources. */
export function bashCompletion(): string {
  const names = COMMANDS.map(({ name }) => name)
  return `# bash completion for latchkey, made by it: eval "$(latchkey completion bash)"
_latchkey() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  # bash takes --option=value apart into three words.
  if [ "$current" = = ]; then current=; elif [ "$previous" = = ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted([...names, 'help', '--help', '--version'].join(' '))} -- "$current"))
    return
  fi
  case "$previous" in
${optionCases().join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
${COMMANDS.map(commandCase).join('\n')}
    help) COMPREPLY=($(compgen -W ${quoted(names.join(' '))} -- "$current")) ;;
  esac
}
complete -F _latchkey latchkey
`
}

function optionCases(): string[] {
  return (Object.keys(OPTIONS) as OptionName[]).flatMap(name => {
    const values = valuesOf(name)
    return values.kind === 'flag' ? [] : [`    --${name}) ${reply(values)}return ;;`]
  })
}

function reply(values: Values): string {
  const how = {
    words: () => `-W ${quoted(values.kind === 'words' ? values.words.join(' ') : '')}`,
    profiles: () => `-W "$(${PROFILES_COMMAND})"`,
    files: () => '-f',
    folders: () => '-d',
  }
  if (values.kind === 'flag' || values.kind === 'unknown') return ''
  // A name with spaces is one answer, and bash adds the slash or the space.
  const lines = values.kind === 'files' || values.kind === 'folders'
  const shell = `compgen ${how[values.kind]()} -- "$current"`
  return lines ? `compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(${shell}); ` : `COMPREPLY=($(${shell})); `
}

function commandCase(command: CommandSpec): string {
  const words = [...(command.argument?.choices ?? []), ...optionsOf(command).map(name => `--${name}`)]
  return `    ${command.name}) COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$current")) ;;`
}
