/** Finds the account that --account means, or the only one there is. */
import type { AccountInfo } from '../index.js'
import { printable } from './text.js'
import { UsageError } from './usage-error.js'

/**
 * The accounts of a domain; without one, all of them.
 *
 * @throws {UsageError} – `domain` is no domain.
 */
export function accountsOf(accounts: readonly AccountInfo[], domain: string | undefined): readonly AccountInfo[] {
  if (domain === undefined) return accounts
  const end = `@${domainName(domain)}`
  return accounts.filter(({ username }) => username.toLowerCase().endsWith(end))
}

/**
 * The domain of --domain in lower case; people write it with and without the `@`.
 *
 * @throws {UsageError} – it is no domain.
 */
export function domainName(text: string): string {
  const name = text.trim().toLowerCase().replace(/^@/, '')
  if (DOMAIN.test(name)) return name
  throw new UsageError(
    `--domain ${printable(text)} is no domain`,
    'It is what follows the @ of a user name, as contoso.com.',
  )
}

// Letters of any script: a domain may be written as its users read it.
const DOMAIN = /^(?=.{1,253}$)[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?$/u

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
