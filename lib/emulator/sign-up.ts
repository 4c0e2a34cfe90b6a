/** Signing up: a stranger gives a name, an address and a password, and is a user of the tenant from then on. */
import { createUser, domainOf, type EmulatedUser } from './accounts.js'
import { EntraError } from './entra-error.js'
import type { Parameters } from './parameters.js'
import { readText } from './profile.js'
import type { TenantState } from './tenant-state.js'

const MAX_LENGTH = 256
const MIN_LENGTH = 8
const KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]

/**
 * Makes the account that the form of the page describes: `email`, `displayName`, `newPassword`.
 *
 * @throws {EntraError} to be shown on the page – 90100 a field · 500208 an address of the federated domain, whose users are
 *   made there · 1003037 there is such an account · 120002 weak password.
 */
export function signUp(state: TenantState, form: Parameters): EmulatedUser {
  const username = readText(form, 'email')
  if (!/^[^\s@]+@[^\s@]+$/.test(username)) throw new EntraError(90100, { detail: 'email' })
  if (domainOf(username) === state.federatedDomain) throw new EntraError(500208, { detail: username })
  if (state.findUser(username)) throw new EntraError(1003037, { detail: username })
  const name = readText(form, 'displayName')
  const password = form.get('newPassword') ?? ''
  const isStrong = KINDS.filter(kind => kind.test(password)).length >= 3
  if (password.length < MIN_LENGTH || password.length > MAX_LENGTH || !isStrong) throw new EntraError(120002)
  const user = createUser({ username, name, password }, state.id)
  state.addUser(user)
  return user
}
