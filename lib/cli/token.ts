/** `latchkey token`: prints an access token of a user who has signed in before; never asks anybody. */
import { InteractionRequiredError, type PublicClientApplication } from '../index.js'
import { nextCommand, withApplication } from './application.js'
import type { Command, CommandContext } from './context.js'
import { Hinted } from './failure.js'
import { pickAccount } from './pick-account.js'
import { tokenJson } from './result-json.js'
import { jsonLine, printable } from './text.js'

/**
 * Prints the token and nothing else.
 *
 * @throws {Hinted} – the user is needed; the hint is the whole login command.
 * @throws {UsageError} or {AuthError} as withApplication, pickAccount and acquireTokenSilent.
 */
export const token: Command = context =>
  withApplication(context, async ({ app, scopes }) => {
    const { options, stdout } = context
    const result = await acquire(app, context, scopes)
    stdout.line(options.json ? jsonLine(tokenJson(result)) : printable(result.accessToken))
  })

async function acquire(app: PublicClientApplication, context: CommandContext, scopes: string[]) {
  const { options, signal } = context
  const account = pickAccount(await app.getAccounts(), options.account)
  try {
    return await app.acquireTokenSilent({
      scopes,
      signal,
      forceRefresh: options['force-refresh'] === true,
      // An account that is not there is the library's to report, by name.
      ...(account !== undefined ? { account } : options.account !== undefined && { loginHint: options.account }),
    })
  } catch (error) {
    if (!(error instanceof InteractionRequiredError)) throw error
    const username = account?.username ?? options.account
    const hint = username?.includes('@') ? ['--username', username] : []
    throw new Hinted(error, `Sign in first: ${nextCommand(context, 'login', ...hint)}`)
  }
}
