/** The logger that every room is handed: levels, the personal-data switch, and redaction of what must never be written. */

/** From the fewest messages to the most: a message is passed on when its level is at or before the configured one. */
export const LogLevel = {
  /** What was lost. */
  Error: 'error',
  /** What went on in spite of a fault. */
  Warning: 'warning',
  /** What a person may be waiting for. */
  Info: 'info',
  /** Every step: requests, the cache, the browser. */
  Verbose: 'verbose',
} as const
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel]

/** What the caller provides. Messages with personal data come only with `logPii: true`, and are marked. */
export interface LoggerOptions {
  /** Takes one message. `containsPii` is true only with `logPii`. What it throws is swallowed. */
  log(level: LogLevel, message: string, containsPii: boolean): void
  /** Default `info`. */
  level?: LogLevel | undefined
  /** Default false. User names and tenant-specific details are left out without it; secrets are never logged. */
  logPii?: boolean | undefined
}

/** What the library writes to. `pii` messages replace their plain twin when personal data is allowed. */
export interface Logger {
  readonly level: LogLevel
  error(message: string, pii?: string): void
  warning(message: string, pii?: string): void
  info(message: string, pii?: string): void
  verbose(message: string, pii?: string): void
}

const ORDER: readonly LogLevel[] = ['error', 'warning', 'info', 'verbose']

// 'eyJ' starts every JSON object in base64url: two such runs are a JWT, up to five an encrypted one.
const JWT = /eyJ[\w-]{4,}(?:\.[\w-]*){1,4}/g
// Codes, refresh tokens and assertions: nothing a person needs to read in a log is that long without a space or a dot.
const OPAQUE = /[\w+/=~!*-]{120,}|[\w+=~!*-]{60,}/g
const SECRET =
  '(?:access_token|refresh_token|id_token|client_info|code|code_verifier|device_code|password|passwd|secret|client_secret|assertion|client_assertion|state|nonce)'
// A query parameter or form field; a member of JSON (escaped or not) or of an inspected object; a header up to the end of its
// line. Prose such as "error code: 5" is left alone.
const FIELD = new RegExp(`\\b(${SECRET}=)[^\\s&"']+`, 'gi')
const MEMBER = new RegExp(
  `\\b((?:${SECRET}|authorization|cookie)\\\\*["']?\\s*:\\s*)\\\\*("(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?)`,
  'gi',
)
const HEADER = /\b((?:authorization|cookie):\s*)[^\r\n]+/gi
const USER_NAME = /(?:[^\s"'<>()[\]{}=&:;,/?@%]|%(?!40)){1,64}(?:@|%40)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/gi
// What hostile text can cost is quadratic in its length.
const MAX_MESSAGE = 8_192

/** Takes tokens, codes, passwords and assertions out of a text. */
export function redact(text: string): string {
  return text
    .replace(HEADER, '$1[redacted]')
    .replace(MEMBER, '$1"[redacted]"')
    .replace(FIELD, '$1[redacted]')
    .replace(JWT, '[token]')
    .replace(OPAQUE, '[redacted]')
}

/** A logger that writes nowhere. */
export const SILENT_LOGGER: Logger = {
  level: LogLevel.Error,
  error() {},
  warning() {},
  info() {},
  verbose() {},
}

/**
 * Wraps the caller's logger: filters by level, chooses between the plain and the personal text, redacts both. Of a plain
 * text the user names are taken out too, since it may quote what a server said.
 *
 * A logger that fails must not break a sign-in, so what it throws or rejects with is swallowed.
 */
export function createLogger(options: LoggerOptions | undefined): Logger {
  if (options === undefined) return SILENT_LOGGER
  const level = options.level ?? LogLevel.Info
  const limit = ORDER.indexOf(level)
  const logPii = options.logPii === true
  const write = (at: LogLevel, message: string, pii: string | undefined): void => {
    if (ORDER.indexOf(at) > limit) return
    const personal = logPii && pii !== undefined
    const text = redact((personal ? pii : message).slice(0, MAX_MESSAGE))
    try {
      const outcome: unknown = options.log(at, personal ? text : text.replace(USER_NAME, '[user]'), personal)
      if (outcome instanceof Promise) outcome.catch(() => {})
    } catch {}
  }
  return {
    level,
    error: (message, pii) => write('error', message, pii),
    warning: (message, pii) => write('warning', message, pii),
    info: (message, pii) => write('info', message, pii),
    verbose: (message, pii) => write('verbose', message, pii),
  }
}
