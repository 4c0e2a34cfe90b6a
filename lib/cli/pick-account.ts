/** Finds the account that --account means, or the only one there is. */
import type { AccountInfo } from '../index.js'
import { printable } from './text.js'
import { UsageError } from './usage-error.js'

/**
 * Resolves the choice of an account.
 *
 * Shape: `wanted` is a user name or a home account id; without it the only account is taken, and `undefined` means none.
 *
 * @throws {UsageError} – more than one account fits; the hint lists what to choose from.
 */
export function pickAccount(accounts: readonly AccountInfo[], wanted: string | undefined): AccountInfo | undefined {
  const text = wanted?.toLowerCase()
  const fitting = accounts.filter(
    ({ username, homeAccountId }) =>
      text === undefined || homeAccountId.toLowerCase() === text || username.toLowerCase() === text,
  )
  if (fitting.length <= 1) return fitting[0]
  const names = new Set(fitting.map(({ username }) => username.toLowerCase()))
  // User names are not unique: one person may be a guest in several tenants.
  const unique = names.size === fitting.length
  const choices = fitting.map(({ username, homeAccountId }) => printable(unique ? username : homeAccountId))
  const what = wanted === undefined ? 'several accounts are signed in' : 'several accounts have this user name'
  throw new UsageError(what, `Choose one with --account: ${choices.join(', ')}`)
}
