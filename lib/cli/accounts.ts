/** `latchkey accounts`: lists who is signed in, and says where and how the tokens are kept. */
import { nextCommand, withApplication } from './application.js'
import type { Command } from './context.js'
import { accountsOf, domainName } from './pick-account.js'
import { accountJson } from './result-json.js'
import { printTable } from './table.js'
import { tellPlace } from './tell-place.js'
import { jsonLine } from './text.js'

/**
 * Prints the accounts as a table or as JSON.
 *
 * @throws {UsageError} or {AuthError} as withApplication and getAccounts.
 */
export const accounts: Command = context =>
  withApplication(context, async application => {
    const { options, stdout, stderr } = context
    const found = accountsOf(await application.app.getAccounts(), options.domain)
    if (options.json) stdout.line(jsonLine(found.map(accountJson)))
    else if (found.length === 0) {
      stderr.line(`Nobody${options.domain === undefined ? '' : ` of ${domainName(options.domain)}`} is signed in.`)
      stderr.line(`To sign in: ${nextCommand(context, 'login')}`)
    } else {
      const rows = found.map(({ username, tenantId, homeAccountId }) => [username, tenantId, homeAccountId])
      printTable(stdout, ['USER NAME', 'TENANT', 'HOME ID'], rows)
    }
    // The list that --json prints has no place for it.
    tellPlace(stderr, found.length === 0 ? 'Looked in ' : 'Kept in ', application)
  })
