/** `latchkey token`: prints an access token of a user who has signed in before; never asks anybody. */
import { withApplication } from './application.js'
import type { Command } from './context.js'
import { tokenJson } from './result-json.js'
import { silentToken } from './silent-token.js'
import { jsonLine, printable } from './text.js'

/**
 * Prints the token and nothing else.
 *
 * @throws {Hinted} – the user is needed; the hint is the whole login command.
 * @throws {UsageError} or {AuthError} as withApplication and silentToken.
 */
export const token: Command = context =>
  withApplication(context, async ({ app, scopes }) => {
    const { options, stdout } = context
    const result = await silentToken(app, context, { scopes, forceRefresh: options['force-refresh'] === true })
    stdout.line(options.json ? jsonLine(tokenJson(result)) : printable(result.accessToken))
  })
