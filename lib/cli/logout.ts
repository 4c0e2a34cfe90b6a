/** `latchkey logout`: forgets an account and its tokens, and says what it removed and from where. */
import type { AccountInfo } from '../index.js'
import { withApplication } from './application.js'
import type { Command, CommandContext } from './context.js'
import { accountsOf, domainName, pickAccount } from './pick-account.js'
import { accountJson } from './result-json.js'
import { tellPlace } from './tell-place.js'
import { jsonLine, printable } from './text.js'
import { UsageError } from './usage-error.js'

/**
 * Removes accounts from the cache.
 *
 * @throws {UsageError} – --account names nobody who is signed in, or there are several to choose from.
 * @throws {UsageError} or {AuthError} as withApplication, getAccounts and removeAccount.
 */
export const logout: Command = context =>
  withApplication(context, async application => {
    const { options, stdout, stderr } = context
    const { app, location, protection } = application
    const chosen = chooseAccounts(context, await app.getAccounts())
    const { bold, dim, green } = stderr.style
    for (const account of chosen) {
      await app.removeAccount(account)
      if (options.json) continue
      const { username, homeAccountId } = account
      stderr.line(`${green('✓')} Removed ${bold(printable(username))} and its tokens`)
      stderr.line(dim(`  home id   ${printable(homeAccountId)}`))
      tellPlace(stderr, '  from      ', application)
    }
    if (options.json) stdout.line(jsonLine({ removed: chosen.map(accountJson), from: location, protection }))
    else if (chosen.length > 0)
      stderr.line('The browser may still know you; sign out there too on a machine you share.')
    else {
      stderr.line(`${nobody(options.domain)} is signed in; nothing was removed.`)
      tellPlace(stderr, 'Looked in ', application)
    }
  })

function chooseAccounts({ options }: CommandContext, signedIn: readonly AccountInfo[]): readonly AccountInfo[] {
  if (options.all && options.account !== undefined) throw new UsageError('--all and --account exclude each other')
  const eligible = accountsOf(signedIn, options.domain)
  if (options.all) return eligible
  const picked = pickAccount(eligible, options.account)
  if (picked !== undefined) return [picked]
  if (options.account === undefined) return []
  const who = printable(options.account)
  const within = options.domain === undefined ? '' : `, at least not in ${domainName(options.domain)}`
  throw new UsageError(`nobody is signed in as ${who}${within}`, choices(eligible))
}

function nobody(domain: string | undefined): string {
  return domain === undefined ? 'Nobody' : `Nobody of ${domainName(domain)}`
}

function choices(accounts: readonly AccountInfo[]): string | undefined {
  if (accounts.length === 0) return undefined
  return `Signed in: ${accounts.map(({ username }) => printable(username)).join(', ')}`
}
