/** The people of the tenant. */
import { randomInt } from 'node:crypto'
import { randomPassword, stableGuid } from './identifiers.js'
import type { UserSwitches } from './scenario.js'

/** Where a user's sign-in happens: here, at the organization's AD FS, or nowhere that this tenant knows. */
export type AccountKind = 'managed' | 'federated' | 'unknown'

/** A user to add to the tenant, or to replace one of its own by the same name. */
export interface UserOptions extends UserSwitches {
  /** User principal name. */
  username: string
  /** Default: random at each start. */
  password?: string
  /** Display name. Default: the part before the `@`, capitalized. */
  name?: string
  /** Default `managed`. */
  kind?: AccountKind
  /** May consent for all users of the tenant. Default no. */
  admin?: boolean
}

/** A user of the tenant. */
export interface EmulatedUser {
  /** As `alice@contoso.onmicrosoft.com`. */
  readonly username: string
  /** What the sign-in page and the password grant take. */
  readonly password: string
  /** Display name; the user may edit it, and the next two, with a policy of B2C. */
  name: string
  /** First name; only B2C's tokens tell it. */
  givenName?: string
  /** Family name; only B2C's tokens tell it. */
  surname?: string
  /** Where the user's password is checked: by the tenant or by the organization's federation server. */
  readonly kind: AccountKind
  /** Object id (`oid`), the same at each start. */
  readonly id: string
  /** The code that the MFA page takes. */
  readonly otc: string
  /** May consent for all users of the tenant. */
  readonly admin?: true
  /** The user needs a second factor from the start. */
  readonly mfa?: true
}

/** The users each tenant starts with: one for the usual case, then one for each thing that goes wrong. */
export function defaultUsers(domain: string, federatedDomain: string): UserOptions[] {
  return [
    { username: `alice@${domain}` },
    { username: `joe@${federatedDomain}`, kind: 'federated' },
    { username: `mia@${domain}`, mfa: true },
    { username: `lou@${domain}`, locked: true },
    { username: `dan@${domain}`, disabled: true },
    { username: `eve@${domain}`, passwordExpired: true },
    { username: `cara@${domain}`, consentNeeded: true },
    { username: `pat@${domain}`, declines: true },
    { username: `carl@${domain}`, conditionalAccess: 'challenge' },
    { username: `bob@${domain}`, conditionalAccess: 'block' },
    { username: `ada@${domain}`, admin: true },
    { username: 'uma@nowhere.example', kind: 'unknown' },
  ]
}

/** Makes the user that the options describe. */
export function createUser(options: UserOptions, tenantId: string): EmulatedUser {
  const local = options.username.split('@')[0] ?? options.username
  return {
    username: options.username,
    password: options.password ?? randomPassword(),
    name: options.name ?? local.charAt(0).toUpperCase() + local.slice(1),
    kind: options.kind ?? 'managed',
    id: stableGuid(`${tenantId}/${options.username}`),
    otc: String(randomInt(1_000_000)).padStart(6, '0'),
    ...(options.admin ? { admin: true } : {}),
    ...(options.mfa ? { mfa: true } : {}),
  }
}

/** The switches among a user's options. */
export function switchesOf({
  username: _,
  password: __,
  name: ___,
  kind: ____,
  admin: _____,
  ...switches
}: UserOptions): UserSwitches {
  return switches
}

/** The domain of a user principal name, or the text itself if it is a bare domain. */
export function domainOf(username: string): string {
  return username.slice(username.lastIndexOf('@') + 1).toLowerCase()
}
