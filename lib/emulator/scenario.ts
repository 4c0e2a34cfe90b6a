/** The switches of a tenant: what goes wrong, for whom, and how answers differ from the usual. */
import type { RouteName } from './exchange.js'
import type { FederationSwitches } from './federation-switches.js'
import type { FaultName } from './wstrust/fault.js'

/** What goes wrong with the requests of one route, before the route sees them. */
export interface Fault {
  /**
   * `status`: an error status with a JSON body · `html`: the same with a page · `text`: a 200 that is not JSON ·
   * `huge`: a 200 whose JSON does not end for `bytes` · `hang`: no answer at all ·
   * `reset`: the connection breaks · `truncate`: half of the real answer, then the connection breaks ·
   * `stall`: half of the real answer, then nothing more.
   */
  kind: 'status' | 'html' | 'text' | 'huge' | 'hang' | 'reset' | 'truncate' | 'stall'
  /** HTTP status of `status` and `html`. Default 503. */
  status?: number
  /** Sent as `Retry-After`, in seconds. Default none. */
  retryAfterSeconds?: number
  /** Length of a `huge` body. Default 64 MiB. */
  bytes?: number
  /** How many requests are hit before the route works again. Default all. */
  times?: number
}

/** Changes to the fields of an answer; `set` may add fields, `drop` wins over it. */
export interface AnswerEdit {
  /** Fields to put into the answer, or to put in the place of its own. */
  set?: Record<string, unknown>
  /** Names of fields to leave out. */
  drop?: string[]
}

/** Switches of one user. */
export interface UserSwitches {
  /** AADSTS50053. */
  locked?: boolean
  /** AADSTS50057. */
  disabled?: boolean
  /** AADSTS50055. */
  passwordExpired?: boolean
  /** AADSTS50076 with claims without a second factor; a page asks for the code in the browser. */
  mfa?: boolean
  /** AADSTS65001 until the user has consented in the browser: to everything, or to these scopes. */
  consentNeeded?: boolean | string[]
  /** `challenge`: AADSTS53003 with claims, until a sign-in in the browser has passed those claims on and a second factor. `block`: AADSTS53003 always. */
  conditionalAccess?: 'challenge' | 'block'
  /** Sign-in frequency: AADSTS70043 for refresh tokens whose sign-in is older than this. */
  signInFrequencySeconds?: number
  /** When set, ends what the user has: sessions, and refresh tokens with AADSTS50173. A new sign-in works. */
  revoked?: boolean
  /**
   * When set, the sample API takes no access token from before from a client that said `cp1`: it answers a claims challenge.
   * Refresh tokens stay good.
   */
  accessTokensRevoked?: boolean
  /** The user declines to consent: `access_denied`, AADSTS65004. */
  declines?: boolean
  /** Any number of the catalogue, answered to each token request of the user; of several, the last decides on the `error`. */
  aadsts?: number | number[]
  /** The fault that the federation server answers to the user, though the password is right. */
  trustFault?: FaultName
  /** The number of AADSTS81001 to 81012, or any other, that seamless single sign-on answers to the user. */
  seamlessSsoError?: number
  /** An authentication context (as `c1`) that the sample API demands: with a claims challenge from clients that said `cp1`, of others with 403. */
  apiDemands?: string
}

/** All switches with their values. */
export interface Scenario {
  /** Life of an access token. Default 3599. */
  expiresInSeconds: number
  /** Life of an access token while the service is down. Default 3599. */
  extExpiresInSeconds: number
  /** When to refresh early; `null`: not said. Default `null`. */
  refreshInSeconds: number | null
  /** `keepOld`: a new refresh token each time, the old one stays good, as Entra does · `revokeOld`: the old one dies, and its reuse ends the grant · `off`: no new one. Default `keepOld`. */
  rotation: 'keepOld' | 'revokeOld' | 'off'
  /** Inactivity after which a refresh token dies (AADSTS700082). Default 90 days. */
  refreshTokenLifetimeSeconds: number
  /** Life of an authorization code (AADSTS70008). Default 600. */
  codeLifetimeSeconds: number
  /** Life of a device code (AADSTS70020). Default 900. */
  deviceCodeLifetimeSeconds: number
  /** How often a device may ask. Default 5. */
  pollIntervalSeconds: number
  /** A device that asks more often than it may is told `slow_down`, and its interval grows by 5 seconds. Default off: `authorization_pending`, as Entra answers. */
  slowDown: boolean
  /**
   * What a device code request to an alias gets. `accepted`: a code at `/common` and `/organizations` · `noTenantInfo`: AADSTS50059
   * at both · `unsupported`: AADSTS90133 at `/common`. At `/consumers` always AADSTS90133. Default `accepted`.
   */
  deviceCodeAliases: 'accepted' | 'noTenantInfo' | 'unsupported'
  /** The device code answer has a `verification_uri_complete`, which Entra's has not. Default off. */
  verificationUriComplete: boolean
  /** Whoever comes with `prompt=create` to Entra's or External ID's endpoint of the tenant may sign up. Default on; off, the parameter counts for nothing. */
  signUp: boolean
  /** Families of client ids: `apps` goes by each app's own setting, `all` and `none` override it. Default `apps`. */
  foci: 'apps' | 'all' | 'none'
  /** Carriage returns and newlines inside error descriptions, as the service wrote until 2023. Default off: spaces. */
  crlf: boolean
  /** How far the service's clock is ahead of the tenant's, in seconds. Default 0. */
  clockOffsetSeconds: number
  /** How long each answer is held back. Default 0. */
  latencyMs: number
  /** A number of the catalogue, or several, answered to each token request. Default none. */
  aadsts: number | number[] | null
  /** Faults by route; `all` hits each route that has none of its own. */
  faults: Partial<Record<RouteName | 'all', Fault>>
  /** Switches by user name. */
  users: Record<string, UserSwitches>
  /** Edits of the successful token answer. */
  tokenAnswer: AnswerEdit
  /** Edits of the device code answer. */
  deviceCodeAnswer: AnswerEdit
  /** Edits of error bodies. */
  errorAnswer: AnswerEdit
  /** Edits of what authorize hands to the redirect URI. */
  authorizeAnswer: AnswerEdit
  /** Edits of openid-configuration. */
  discoveryAnswer: AnswerEdit
  /** Edits of instance discovery. */
  instanceAnswer: AnswerEdit
  /** Edits of the user realm. */
  realmAnswer: AnswerEdit
  /** How the organization's federation server differs from the usual. */
  federation: FederationSwitches
  /** Edits of the claims in the federation server's assertions: `UPN`, `ImmutableID`, `insidecorporatenetwork`, and others. */
  assertionClaims: AnswerEdit
  /** Edits of the key set. */
  keysAnswer: AnswerEdit
  /** Edits of the sample API's answer. */
  apiAnswer: AnswerEdit
  /** Edits of the claims in ID tokens. */
  idTokenClaims: AnswerEdit
  /** Edits of the claims in access tokens. */
  accessTokenClaims: AnswerEdit
}

/** The answers that can be edited. */
export type AnswerName = {
  [Key in keyof Scenario]: Scenario[Key] extends AnswerEdit ? (AnswerEdit extends Scenario[Key] ? Key : never) : never
}[keyof Scenario]

/**
 * Some switches to change; objects are merged into what is there, `null` puts a switch back to its default.
 * A fault is replaced whole.
 */
export type ScenarioPatch = Patch<Omit<Scenario, 'faults'>> & {
  /** By route, or `all`: what it answers instead; `null` takes a fault away. */
  faults?: Partial<Record<RouteName | 'all', Fault | null>> | null
}

/** Some of an object's fields, at any depth; `null` takes a field away. */
export type Patch<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { [Key in keyof Value]?: Patch<Value[Key]> | null }
    : Value

const DEFAULTS: Scenario = {
  expiresInSeconds: 3599,
  extExpiresInSeconds: 3599,
  refreshInSeconds: null,
  rotation: 'keepOld',
  refreshTokenLifetimeSeconds: 90 * 24 * 3600,
  codeLifetimeSeconds: 600,
  deviceCodeLifetimeSeconds: 900,
  pollIntervalSeconds: 5,
  slowDown: false,
  deviceCodeAliases: 'accepted',
  verificationUriComplete: false,
  signUp: true,
  foci: 'apps',
  crlf: false,
  clockOffsetSeconds: 0,
  latencyMs: 0,
  aadsts: null,
  faults: {},
  users: {},
  tokenAnswer: {},
  deviceCodeAnswer: {},
  errorAnswer: {},
  authorizeAnswer: {},
  discoveryAnswer: {},
  instanceAnswer: {},
  realmAnswer: {},
  federation: {},
  assertionClaims: {},
  keysAnswer: {},
  apiAnswer: {},
  idTokenClaims: {},
  accessTokenClaims: {},
}

/** Every switch at its default. */
export function defaultScenario(): Scenario {
  return structuredClone(DEFAULTS)
}

/**
 * A new scenario with the patch merged in; the given one stays as it is.
 *
 * @throws {TypeError} for a switch or a user that does not exist; the message lists what does.
 */
export function patchScenario(scenario: Scenario, patch: ScenarioPatch, usernames: readonly string[]): Scenario {
  assertKnown('scenario switch', Object.keys(patch), Object.keys(DEFAULTS))
  const lowered = patch.users ? { ...patch, users: lowerKeys(patch.users) } : patch
  assertKnown('user', Object.keys(lowered.users ?? {}), usernames)
  const base = structuredClone(scenario)
  // A new fault must not inherit the old one's status or what was left of its count.
  for (const route of Object.keys(patch.faults ?? {})) delete base.faults[route as RouteName]
  return { ...defaultScenario(), ...asRecord(merge(base, lowered)) }
}

function assertKnown(what: string, names: string[], known: readonly string[]): void {
  for (const name of names) {
    if (!known.includes(name)) throw new TypeError(`There is no ${what} '${name}'. There is: ${known.join(', ')}`)
  }
}

function lowerKeys<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]))
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return structuredClone(patch)
  const result = { ...asRecord(target) }
  for (const [key, value] of Object.entries(patch)) {
    // A scenario may come from a JSON file; that name would reach into the prototype of all objects.
    if (key === '__proto__' || value === undefined) continue
    if (value === null) delete result[key]
    // What an answer's field is set to is the wire's business: null and objects are taken as they are.
    else if (key === 'set' && isRecord(value)) result[key] = { ...asRecord(result[key]), ...structuredClone(value) }
    else result[key] = merge(result[key], value)
  }
  return result
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Applies an edit to the fields of an answer. */
export function editAnswer(answer: Record<string, unknown>, edit: AnswerEdit): Record<string, unknown> {
  const dropped = new Set(edit.drop)
  return Object.fromEntries(Object.entries({ ...answer, ...edit.set }).filter(([key]) => !dropped.has(key)))
}
