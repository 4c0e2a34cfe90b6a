/** Shows the library's own log on stderr: with --verbose all of it, else its errors. */
import { type LoggerOptions, LogLevel } from '../index.js'
import type { CommandContext } from './context.js'
import { printable } from './text.js'

/** The `logger` of a configuration. User names and secrets are not in it. */
export function libraryLog({ options, stderr }: CommandContext): LoggerOptions {
  return {
    level: options.verbose ? LogLevel.Verbose : LogLevel.Error,
    log: (level, message) => stderr.line(stderr.style.dim(`${level}: ${printable(message)}`)),
  }
}
