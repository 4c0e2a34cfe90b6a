/** Reads the arguments of one command by the table of options; says what was probably meant by what is not in it. */
import { parseArgs } from 'node:util'
import { type CommandSpec, optionsOf } from './commands.js'
import { nearest } from './nearest.js'
import { OPTIONS, type OptionName, type OptionValues, optionSpec } from './options.js'
import { chosenProfile } from './profiles/chosen-profile.js'
import { printable } from './text.js'
import { UsageError } from './usage-error.js'

const MAX_VALUE = 4_096

/** What was typed after the name of a command. */
export interface Arguments {
  readonly values: OptionValues
  /** The options that were typed, with their values as typed: for repeating them in a command to try next. */
  readonly typed: ReadonlyMap<OptionName, readonly string[]>
  readonly argument: string
  /** What people shall know before the command runs. */
  readonly warnings: readonly string[]
}

/**
 * Reads arguments; what is not typed is taken from the environment, and then from the profile.
 *
 * @throws {UsageError} – an option is unknown, lacks its value or has one that cannot be used, an argument is
 *   missing or in excess, or the profile is not usable.
 */
export function parseArguments(
  command: CommandSpec,
  args: readonly string[],
  { env, program }: { readonly env: NodeJS.ProcessEnv; readonly program: string },
): Arguments {
  const help = `${program} ${command.name} --help shows what it takes.`
  const names = optionsOf(command)
  const isFlag = (name: OptionName) => optionSpec(name).kind === 'flag'
  const { tokens } = parseArgs({
    args: [...args],
    // Not strict, since its errors name no alternatives; every token is judged here.
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      names.map(name => [name, { type: isFlag(name) ? 'boolean' : 'string', ...(name === 'help' && { short: 'h' }) }]),
    ),
  })
  const typed = new Map<OptionName, string[]>()
  let argument: string | undefined
  for (const token of tokens) {
    if (token.kind === 'positional') {
      argument = argumentValue(command, argument, token.value, help)
      continue
    }
    if (token.kind !== 'option') continue
    const name = names.find(known => known === token.name)
    if (name === undefined) throw unknownOption(command, token, help)
    const value = isFlag(name) ? flagValue(name, token.value) : textValue(name, token, help)
    typed.set(name, optionSpec(name).kind === 'list' ? [...(typed.get(name) ?? []), value] : [value])
  }
  const ofProfile = typed.has('help') ? NO_PROFILE : profileOptions(command, typed, env)
  const values = names.flatMap(name => {
    const texts = typed.get(name) ?? textsOf(env, name) ?? ofProfile.options.get(name)
    return texts === undefined ? [] : [[name, readValue(name, texts, help)]]
  })
  if (command.argument !== undefined && argument === undefined && !typed.has('help')) {
    throw new UsageError(`${command.name} needs ${command.argument.name}: ${command.argument.help}`, help)
  }
  // The table's rows say which kind of value each name has, and readValue goes by the same rows.
  return {
    values: Object.fromEntries(values) as OptionValues,
    typed,
    argument: argument ?? '',
    warnings: ofProfile.warnings,
  }
}

const NO_PROFILE = { options: new Map<OptionName, readonly string[]>(), warnings: [] }

function profileOptions(
  command: CommandSpec,
  typed: ReadonlyMap<OptionName, readonly string[]>,
  env: NodeJS.ProcessEnv,
) {
  if (!command.connects) return NO_PROFILE
  const [name] = typed.get('profile') ?? textsOf(env, 'profile') ?? []
  const { options, warnings } = chosenProfile(name, env)
  // Who names other accounts does not mean the profile's.
  const names = SELECTING.some(option => typed.has(option)) ? SELECTING : []
  return { options: new Map([...options].filter(([option]) => !names.includes(option))), warnings }
}

const SELECTING: readonly OptionName[] = ['account', 'username', 'domain', 'all']

function argumentValue(command: CommandSpec, before: string | undefined, value: string, help: string): string {
  const shown = JSON.stringify(printable(value).slice(0, 200))
  const { argument } = command
  if (argument === undefined) throw new UsageError(`${command.name} takes no argument ${shown}`, help)
  if (before !== undefined) throw new UsageError(`${command.name} takes one argument, and ${shown} is a second`, help)
  if (argument.choices !== undefined && !argument.choices.includes(value)) {
    throw new UsageError(
      `${command.name} ${shown} is not known; there is: ${argument.choices.join(', ')}`,
      meant(nearest(value, argument.choices)),
    )
  }
  if (value === '' || value.length > MAX_VALUE)
    throw new UsageError(`${argument.name} must have 1 to ${MAX_VALUE} characters`, help)
  return value
}

function textsOf(env: NodeJS.ProcessEnv, name: OptionName): string[] | undefined {
  const variable = optionSpec(name).env
  const text = variable === undefined ? undefined : env[variable]?.trim()
  return text ? [text] : undefined
}

function flagValue(name: OptionName, value: string | undefined): string {
  if (value !== undefined) throw new UsageError(`--${name} takes no value`)
  return ''
}

function textValue(
  name: OptionName,
  token: { value?: string | undefined; inlineValue?: boolean | undefined },
  help: string,
): string {
  const { value, inlineValue } = token
  // The next option is more often a forgotten value than a value; one that starts so is given as --name=-value.
  const forgotten = value === undefined || value.trim() === '' || (value.startsWith('-') && inlineValue !== true)
  if (forgotten) throw new UsageError(`--${name} needs a value`, help)
  if (value.length > MAX_VALUE) throw new UsageError(`the value of --${name} is longer than ${MAX_VALUE} characters`)
  return value
}

function readValue(name: OptionName, texts: readonly string[], help: string): unknown {
  const { kind, choices = [], range = [0, 0] } = optionSpec(name)
  const text = texts[0] ?? ''
  if (kind === 'flag') return true
  if (kind === 'list') return texts
  if (kind === 'text') return text
  if (kind === 'choice') {
    if (choices.includes(text)) return text
    const [shown, known] = [printable(text), choices.join(', ')]
    throw new UsageError(`--${name} ${shown} is not known; there is: ${known}`, meant(nearest(text, choices)))
  }
  const number = Number(text)
  const [least, most] = range
  if (/^\d{1,9}$/.test(text) && number >= least && number <= most) return number
  throw new UsageError(`--${name} must be a whole number from ${least} to ${most}`, help)
}

function unknownOption(command: CommandSpec, token: { name: string; rawName: string }, help: string): UsageError {
  const shown = printable(token.rawName)
  const near = nearest(token.name, optionsOf(command))
  if (near !== undefined) return new UsageError(`unknown option ${shown}`, meant(`--${near}`))
  const elsewhere = Object.hasOwn(OPTIONS, token.name)
  return new UsageError(elsewhere ? `${command.name} has no option ${shown}` : `unknown option ${shown}`, help)
}

function meant(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `Did you mean ${name}?`
}
