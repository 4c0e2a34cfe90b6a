/** Loggers that remember: one in the place of the library's own, one in the place of the caller's. */
import type { Logger, LoggerOptions, LogLevel } from '#lib/logger.js'

/** One message as the library wrote it, before any redaction. */
export interface WrittenLine {
  readonly level: LogLevel
  readonly message: string
  readonly pii: string | undefined
}

/** Implements {@link Logger} and keeps both texts of every message, unfiltered and unredacted. */
export class MemoryLogger implements Logger {
  readonly level: LogLevel = 'verbose'
  readonly lines: WrittenLine[] = []

  error(message: string, pii?: string): void {
    this.lines.push({ level: 'error', message, pii })
  }

  warning(message: string, pii?: string): void {
    this.lines.push({ level: 'warning', message, pii })
  }

  info(message: string, pii?: string): void {
    this.lines.push({ level: 'info', message, pii })
  }

  verbose(message: string, pii?: string): void {
    this.lines.push({ level: 'verbose', message, pii })
  }

  /** The plain messages of one level, or of all. */
  messages(level?: LogLevel): string[] {
    return this.lines.filter(line => level === undefined || line.level === level).map(line => line.message)
  }
}

/** One message as the application received it. */
export interface ReceivedLine {
  readonly level: LogLevel
  readonly message: string
  readonly containsPii: boolean
}

/** Options for `Configuration.logger` that keep everything the application is handed. */
export class MemoryLogSink implements LoggerOptions {
  readonly lines: ReceivedLine[] = []
  readonly level: LogLevel | undefined
  readonly logPii: boolean | undefined

  constructor(level?: LogLevel, logPii?: boolean) {
    this.level = level
    this.logPii = logPii
  }

  log(level: LogLevel, message: string, containsPii: boolean): void {
    this.lines.push({ level, message, containsPii })
  }

  /** Everything in one text, for asserting what is not in it. */
  get text(): string {
    return this.lines.map(line => line.message).join('\n')
  }
}
