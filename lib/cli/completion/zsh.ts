/** Completion for zsh, from the tables. */
import { COMMANDS, type CommandSpec, optionsOf } from '../commands.js'
import { type OptionName, optionSpec } from '../options.js'
import { PROFILES_COMMAND, quoted, valuesOf } from './values.js'

/** A script that zsh sources, or loads by its first line from a folder of $fpath. */
export function zshCompletion(): string {
  const commands = COMMANDS.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`)
  return `#compdef latchkey
# zsh completion for latchkey, made by it: eval "$(latchkey completion zsh)"
_latchkey() {
  local -a commands=(
${commands.join('\n')}
    'help:show what there is, or what a command takes'
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${COMMANDS.map(commandCase).join('\n')}
    help) _describe -t commands command commands ;;
  esac
}
if [[ "\${funcstack[1]}" == _latchkey ]]; then _latchkey "$@"; else compdef _latchkey latchkey; fi
`
}

function commandCase(command: CommandSpec): string {
  const { argument } = command
  const words = argument?.choices === undefined ? ' ' : `(${argument.choices.join(' ')})`
  const first = argument === undefined ? [] : [quoted(`1:${plain(argument.name)}:${words}`)]
  const specs = [...first, ...optionsOf(command).map(optionSpecOf)].map(spec => `      ${spec}`)
  return `    ${command.name}) _arguments \\\n${specs.join(' \\\n')} ;;`
}

function optionSpecOf(name: OptionName): string {
  const { kind, help } = optionSpec(name)
  const repeats = kind === 'list' ? '*' : ''
  return quoted(`${repeats}--${name}[${plain(help)}]${actionOf(name)}`)
}

function actionOf(name: OptionName): string {
  const values = valuesOf(name)
  if (values.kind === 'flag') return ''
  const actions = {
    words: () => `(${values.kind === 'words' ? values.words.join(' ') : ''})`,
    profiles: () => `{compadd -- \${(f)"$(${PROFILES_COMMAND})"}}`,
    files: () => '_files',
    folders: () => '_files -/',
    unknown: () => ' ',
  }
  return `:${plain(optionSpec(name).value ?? name)}:${actions[values.kind]()}`
}

/** Without what _arguments would read as the end of a part. */
function plain(text: string): string {
  return text.replace(/[[\]:\\]/g, character => `\\${character}`)
}
