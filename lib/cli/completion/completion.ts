/** `latchkey completion`: prints a script that teaches a shell the commands, options and profiles. */
import type { Command } from '../context.js'
import { bashCompletion } from './bash.js'
import { fishCompletion } from './fish.js'
import { zshCompletion } from './zsh.js'

const SHELLS: Readonly<Record<string, () => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** Prints the script for the shell of the argument. */
export const completion: Command = async ({ argument, stdout }) => {
  stdout.line(SHELLS[argument]?.().trimEnd())
}
