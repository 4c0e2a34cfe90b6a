/** What a command is given to work with, and how it says how it ended. */
import type { OptionName, OptionValues } from './options.js'
import type { Screen } from './screen.js'

/** How the process ends. */
export const ExitCode = { Ok: 0, Failed: 1, Usage: 2, InteractionRequired: 3, Interrupted: 130 } as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** Surroundings of one run of a command. */
export interface CommandContext {
  readonly options: OptionValues
  /** What followed the name of the command; empty where it takes nothing. */
  readonly argument: string
  /** What was typed, for repeating it. */
  readonly typed: ReadonlyMap<OptionName, readonly string[]>
  /** For what the command was asked for. */
  readonly stdout: Screen
  /** For everything else. */
  readonly stderr: Screen
  readonly env: NodeJS.ProcessEnv
  /** How this program is started here, for commands to try next: `latchkey`, or `node dist/cli/main.js`. */
  readonly program: string
  /** The same for a terminal in another folder. */
  readonly programAnywhere: string
  /** Fires on Ctrl-C and when the system asks the process to end. */
  readonly signal: AbortSignal
}

/** A command. What it rejects with is told on stderr; see describeFailure. */
export type Command = (context: CommandContext) => Promise<void>
