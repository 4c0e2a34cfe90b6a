/** `latchkey logout`: forgets an account and its tokens, and says what it removed and from where. */
import type { AccountInfo } from '../index.js'
import { withApplication } from './application.js'
import type { Command } from './context.js'
import { pickAccount } from './pick-account.js'
import { printable } from './text.js'
import { UsageError } from './usage-error.js'

/**
 * Removes accounts from the cache.
 *
 * @throws {UsageError} – --account names nobody who is signed in, or there are several to choose from.
 * @throws {UsageError} or {AuthError} as withApplication, getAccounts and removeAccount.
 */
export const logout: Command = context =>
  withApplication(context, async ({ app, location }) => {
    const { options, stderr } = context
    if (options.all && options.account !== undefined) throw new UsageError('--all and --account exclude each other')
    const signedIn = await app.getAccounts()
    const chosen = options.all ? signedIn : [pickAccount(signedIn, options.account)].filter(isAccount)
    if (chosen.length === 0 && options.account !== undefined) {
      throw new UsageError(`nobody is signed in as ${printable(options.account)}`, choices(signedIn))
    }
    if (chosen.length === 0) stderr.line(`Nobody is signed in; nothing was removed from ${printable(location)}.`)
    for (const account of chosen) {
      await app.removeAccount(account)
      stderr.line(`${stderr.style.green('✓')} Removed ${stderr.style.bold(printable(account.username))} and its tokens`)
      stderr.line(stderr.style.dim(`  home id   ${printable(account.homeAccountId)}`))
      stderr.line(stderr.style.dim(`  from      ${printable(location)}`))
    }
    if (chosen.length > 0) stderr.line('The browser may still know you; sign out there too on a machine you share.')
  })

function isAccount(account: AccountInfo | undefined): account is AccountInfo {
  return account !== undefined
}

function choices(accounts: readonly AccountInfo[]): string | undefined {
  if (accounts.length === 0) return undefined
  return `Signed in: ${accounts.map(({ username }) => printable(username)).join(', ')}`
}
