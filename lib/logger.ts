/** The logger that every room is handed: levels, the personal-data switch, and redaction of what must never be written. */

/** From the fewest messages to the most: a message is passed on when its level is at or before the configured one. */
export const LogLevel = { Error: 'error', Warning: 'warning', Info: 'info', Verbose: 'verbose' } as const
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

// Three base64url runs are a JWT; 'eyJ' starts every JSON object in base64url. Long opaque runs are codes, refresh tokens and
// assertions: nothing a person needs to read in a log is 60 characters without a space, slash or dot.
const JWT = /\beyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)?/g
const OPAQUE = /[\w+=~!*-]{60,}/g
// A query parameter, a form field, a header or a JSON member; prose such as "error code: 5" is left alone.
const NAMED =
  /(\b(?:access_token|refresh_token|id_token|client_info|code|code_verifier|device_code|password|passwd|assertion|client_secret|state|nonce)(?:=|["']\s*:\s*["'])|\b(?:authorization|cookie):\s*(?:bearer\s+|negotiate\s+)?)[^\s&"',;}]+/gi

/** Takes tokens, codes, passwords and assertions out of a text. */
export function redact(text: string): string {
  return text.replace(JWT, '[token]').replace(NAMED, '$1[redacted]').replace(OPAQUE, '[redacted]')
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
 * Wraps the caller's logger: filters by level, chooses between the plain and the personal text, redacts both.
 *
 * A logger that throws must not break a sign-in, so its exceptions are swallowed.
 */
export function createLogger(options: LoggerOptions | undefined): Logger {
  if (options === undefined) return SILENT_LOGGER
  const level = options.level ?? LogLevel.Info
  const limit = ORDER.indexOf(level)
  const logPii = options.logPii === true
  const write = (at: LogLevel, message: string, pii: string | undefined): void => {
    if (ORDER.indexOf(at) > limit) return
    const personal = logPii && pii !== undefined
    try {
      options.log(at, redact(personal ? pii : message), personal)
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
