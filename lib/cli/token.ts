/** `latchkey token`: prints an access token of a user who has signed in before; never asks anybody. */
import { withApplication } from './application.js'
import type { Command } from './context.js'
import { tokenJson } from './result-json.js'
import { silentToken } from './silent-token.js'
import { jsonLine, printable } from './text.js'
import { UsageError } from './usage-error.js'

/**
 * Prints the token and nothing else.
 *
 * @throws {Hinted} – the user is needed; the hint is the whole login command.
 * @throws {UsageError} or {AuthError} as withApplication and silentToken.
 */
export const token: Command = context =>
  withApplication(context, async ({ app, scopes }) => {
    const { options, stdout } = context
    if (options.header && options.json) throw new UsageError('--header and --json exclude each other')
    const result = await silentToken(app, context, { scopes, forceRefresh: options['force-refresh'] === true })
    const text = printable(result.accessToken)
    if (options.json) stdout.line(jsonLine(tokenJson(result)))
    else stdout.line(options.header ? `Authorization: Bearer ${text}` : text)
  })
