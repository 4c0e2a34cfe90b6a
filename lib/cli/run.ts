/** Runs one command line: finds the command, reads its options, runs it, and turns how it ended into an exit code. */
import { readFileSync } from 'node:fs'
import { COMMANDS, type CommandSpec } from './commands.js'
import { ExitCode } from './context.js'
import { printCommandHelp, printHelp } from './help.js'
import { nearest } from './nearest.js'
import { parseArguments } from './parse.js'
import { createScreen, type Screen } from './screen.js'
import { printable } from './text.js'
import { UsageError } from './usage-error.js'

/** What a run stands on; the real process, but for `args`. */
export interface Surroundings {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly program: string
  readonly programAnywhere: string
  readonly signal: AbortSignal
}

/** Runs `args` and resolves with the exit code. Never rejects: what went wrong has been told on stderr. */
export async function run(surroundings: Surroundings): Promise<ExitCode> {
  const { args, env } = surroundings
  const stdout = createScreen(process.stdout, env)
  const stderr = createScreen(process.stderr, env)
  let code: ExitCode
  try {
    code = await dispatch(surroundings, stdout, stderr)
    await stdout.written()
  } catch (error) {
    const { describeFailure } = await import('./failure.js')
    code = describeFailure(error, stderr, { verbose: args.includes('--verbose'), json: args.includes('--json') })
  }
  // Whoever asked for what is on stdout has it by now, or was told why not; of a lost stderr nobody can be told.
  await Promise.allSettled([stdout.written(), stderr.written()])
  return code
}

async function dispatch(surroundings: Surroundings, stdout: Screen, stderr: Screen): Promise<ExitCode> {
  const { args, env, program, programAnywhere, signal } = surroundings
  const [name, ...rest] = args
  if (name === undefined) {
    printHelp(stderr, program)
    return ExitCode.Usage
  }
  if (name === '--version') return showVersion(stdout)
  if (name === 'help' || name === '--help' || name === '-h') return showHelp(stdout, program, rest[0])
  const command = findCommand(name)
  const { values, typed, argument, warnings } = parseArguments(command, rest, { env, program })
  if (values.help) {
    printCommandHelp(stdout, program, command)
    return ExitCode.Ok
  }
  for (const warning of warnings) stderr.line(`${stderr.style.yellow('warning:')} ${warning}`)
  const runCommand = await command.load()
  await runCommand({ options: values, argument, typed, stdout, stderr, env, program, programAnywhere, signal })
  return ExitCode.Ok
}

function findCommand(name: string): CommandSpec {
  const command = COMMANDS.find(candidate => candidate.name === name)
  if (command !== undefined) return command
  if (name.startsWith('-')) throw new UsageError(`unknown option ${printable(name)}`, 'Options follow the command.')
  const near = nearest(
    name,
    COMMANDS.map(candidate => candidate.name),
  )
  const known = COMMANDS.map(candidate => candidate.name).join(', ')
  const hint = near === undefined ? `There is: ${known}, help.` : `Did you mean ${near}?`
  throw new UsageError(`unknown command ${printable(name)}`, hint)
}

function showHelp(screen: Screen, program: string, name: string | undefined): ExitCode {
  if (name === undefined || name.startsWith('-')) printHelp(screen, program)
  else printCommandHelp(screen, program, findCommand(name))
  return ExitCode.Ok
}

function showVersion(screen: Screen): ExitCode {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  screen.line(`latchkey ${version} (node ${process.version}, ${process.platform}-${process.arch})`)
  return ExitCode.Ok
}
