/** How the federation server checks a user name and password in a message. */
import type { AccountKind, EmulatedUser } from '../accounts.js'
import type { TenantState } from '../tenant-state.js'
import { SoapFault } from './fault.js'
import type { Timestamp, TokenRequest } from './request.js'

/** How far the clocks of sender and server may be apart. */
const CLOCK_SKEW_MS = 5 * 60 * 1000
/** `xsd:dateTime` in UTC, as the time stamp of a message must have it. */
const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

/**
 * The user whose name and password a message carries.
 *
 * @throws {SoapFault} InvalidSecurity no proof, or not of now · ID3242 wrong, or an account that may not sign in; it is not told which.
 */
export function authenticateByPassword(state: TenantState, request: TokenRequest): EmulatedUser {
  const { timestamp, usernameToken } = request
  if (!usernameToken || !timestamp || !isNow(timestamp, state.clock.now())) throw new SoapFault('InvalidSecurity')
  const user = findByLogonName(state, usernameToken.username)
  if (!user || !state.checkPassword(user, usernameToken.password) || !isUsable(state, user)) {
    throw new SoapFault('ID3242')
  }
  return user
}

/** With a password there must be a domain to hold it against: `user@domain` as it is, or `DOMAIN\user`. */
function findByLogonName(state: TenantState, name: string): EmulatedUser | undefined {
  if (name.includes('\\')) return findFederatedUser(state, name)
  const user = state.findUser(name)
  return user?.kind === 'federated' ? user : undefined
}

/** The user of the federation server by any of their names. */
export function findFederatedUser(state: TenantState, name: string): EmulatedUser | undefined {
  return findUserOfKind(state, 'federated', name)
}

/**
 * A user by user principal name, as `DOMAIN\user`, or as a Kerberos principal: a realm that is no domain of the tenant's,
 * as `CONTOSO.TEST`, counts as the one that these users are in. An enterprise principal, `kim\@contoso.com@CONTOSO.TEST`,
 * is the user principal name in it.
 *
 * @see [RFC 6806 § 5](https://www.rfc-editor.org/rfc/rfc6806#section-5) enterprise principal names
 */
export function findUserOfKind(state: TenantState, kind: AccountKind, principal: string): EmulatedUser | undefined {
  const name = principal.replace(/^([^\\@]+)\\@([^\\@]+)@[^@]+$/, '$1@$2')
  const users = state.users.filter(user => user.kind === kind)
  const whole = state.findUser(name)
  if (whole) return users.find(user => user === whole)
  const [, account, realm] = /^(?:[^\\@]+\\)?([^\\@]+)(?:@([^@]+))?$/.exec(name) ?? []
  if (account === undefined || state.isOwnDomain(realm)) return undefined
  return users.find(({ username }) => username.split('@')[0]?.toLowerCase() === account.toLowerCase())
}

/** May the user sign in at all? */
export function isUsable(state: TenantState, user: EmulatedUser): boolean {
  const { locked, disabled, passwordExpired } = state.switches(user)
  return !locked && !disabled && !passwordExpired
}

function isNow({ created, expires }: Timestamp, now: Date): boolean {
  if (!UTC_TIME.test(created) || !UTC_TIME.test(expires)) return false
  const [from, until] = [Date.parse(created), Date.parse(expires)]
  return from - CLOCK_SKEW_MS <= now.getTime() && now.getTime() < until + CLOCK_SKEW_MS && from < until
}
