/** Holds a scenario against what its switches take, so that a typing error does not pass as a switch that is off. */
import type { RouteName } from './exchange.js'
import { type FederationSwitches, TRUST_ENDPOINTS } from './federation-switches.js'
import type { AnswerEdit, Fault, Scenario, UserSwitches } from './scenario.js'
import { FAULTS } from './wstrust/fault.js'

type Check = (value: unknown) => string | undefined

const seconds: Check = value =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? undefined : 'a number, 0 or more'
const anyNumber: Check = value => (typeof value === 'number' && Number.isFinite(value) ? undefined : 'a number')
const numbers: Check = value =>
  Array.isArray(value) && value.every(item => !anyNumber(item)) ? undefined : 'a list of numbers'
const flag: Check = value => (typeof value === 'boolean' ? undefined : 'true or false')
const text: Check = value => (typeof value === 'string' ? undefined : 'a text')
const texts: Check = value => (Array.isArray(value) && value.every(item => !text(item)) ? undefined : 'a list of texts')
const anything: Check = () => undefined
const oneOf =
  (...choices: string[]): Check =>
  value =>
    choices.includes(String(value)) ? undefined : `one of ${choices.join(', ')}`
const either =
  (left: Check, right: Check): Check =>
  value =>
    left(value) && right(value) ? `${left(value)}, or ${right(value)}` : undefined
const absent: Check = value => (value === null ? undefined : 'null')

/** A record, so that the compiler misses none. */
const ROUTES: Record<RouteName | 'all', true> = {
  instanceDiscovery: true,
  openidConfiguration: true,
  keys: true,
  userRealm: true,
  mex: true,
  usernameMixed: true,
  windowsTransport: true,
  seamlessSso: true,
  thirdPartySts: true,
  webfinger: true,
  authorize: true,
  signIn: true,
  token: true,
  deviceCode: true,
  deviceAuth: true,
  adminConsent: true,
  logout: true,
  api: true,
  error: true,
  all: true,
}

const FAULT: Record<keyof Fault, Check> = {
  kind: oneOf('status', 'html', 'text', 'huge', 'hang', 'reset', 'truncate', 'stall'),
  status: value =>
    Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599 ? undefined : 'an HTTP status',
  retryAfterSeconds: seconds,
  bytes: seconds,
  times: seconds,
}

const USER: Record<keyof UserSwitches, Check> = {
  locked: flag,
  disabled: flag,
  passwordExpired: flag,
  mfa: flag,
  consentNeeded: either(flag, texts),
  conditionalAccess: oneOf('challenge', 'block'),
  signInFrequencySeconds: seconds,
  revoked: flag,
  accessTokensRevoked: flag,
  declines: flag,
  aadsts: either(anyNumber, numbers),
  apiDemands: text,
  trustFault: oneOf(...Object.keys(FAULTS)),
  seamlessSsoError: anyNumber,
}

const listOf =
  (...choices: readonly string[]): Check =>
  value =>
    Array.isArray(value) && value.every(item => choices.includes(item)) ? undefined : `a list of ${choices.join(', ')}`

const FEDERATION: Record<keyof FederationSwitches, Check> = {
  server: oneOf('adfs', 'thirdParty'),
  metadataScheme: oneOf('https', 'http'),
  metadata: oneOf('whole', 'httpAddresses', 'malformed', 'doctype', 'noEndpoints'),
  disabledEndpoints: listOf(...TRUST_ENDPOINTS),
  samlVersion: oneOf('1.1', '2.0'),
  tokenType: text,
  assertionPrefix: oneOf('own', 'inherited'),
  signature: oneOf('good', 'broken', 'none'),
  schemes: listOf('Negotiate', 'NTLM'),
  extendedProtection: oneOf('off', 'allow', 'require'),
  windowsUser: text,
  windowsVerdict: oneOf('accept', 'refuse'),
  negotiateLegs: seconds,
  mutualToken: flag,
  seamlessSso: oneOf('off', 'direct', 'asked', 'always'),
  audience: text,
  assertionLifetimeSeconds: seconds,
}

const EDIT: Record<keyof AnswerEdit, Check> = { set: anything, drop: texts }

const SWITCHES: Partial<Record<keyof Scenario, Check>> = {
  expiresInSeconds: seconds,
  extExpiresInSeconds: seconds,
  refreshInSeconds: either(seconds, absent),
  rotation: oneOf('keepOld', 'revokeOld', 'off'),
  refreshTokenLifetimeSeconds: seconds,
  codeLifetimeSeconds: seconds,
  deviceCodeLifetimeSeconds: seconds,
  pollIntervalSeconds: seconds,
  slowDown: flag,
  deviceCodeAliases: oneOf('accepted', 'noTenantInfo', 'unsupported'),
  verificationUriComplete: flag,
  signUp: flag,
  foci: oneOf('apps', 'all', 'none'),
  crlf: flag,
  clockOffsetSeconds: anyNumber,
  latencyMs: seconds,
  aadsts: either(anyNumber, either(numbers, absent)),
}

/** @throws {TypeError} that names the switch and says what it takes. */
export function assertScenario(scenario: Scenario): void {
  const { faults, users, federation, ...switches } = scenario
  assertFields('federation', federation, FEDERATION)
  for (const [name, value] of Object.entries(switches)) {
    const check = SWITCHES[name as keyof Scenario]
    if (check) assertValue(name, value, check)
    else assertFields(name, value, EDIT)
  }
  for (const [route, fault] of Object.entries(faults)) {
    assertValue('faults', route, oneOf(...Object.keys(ROUTES)))
    assertFields(`faults.${route}`, fault, FAULT)
    assertValue(`faults.${route}.kind`, fault.kind, FAULT.kind)
  }
  for (const [username, user] of Object.entries(users)) assertFields(`users.${username}`, user, USER)
}

function assertFields(where: string, record: unknown, checks: Record<string, Check>): void {
  assertValue(where, record, value => (typeof value === 'object' && value !== null ? undefined : 'an object'))
  for (const [name, value] of Object.entries(record as object)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (!check) throw new TypeError(`${where} has no '${name}'. It has: ${Object.keys(checks).join(', ')}`)
    assertValue(`${where}.${name}`, value, check)
  }
}

function assertValue(where: string, value: unknown, check: Check): void {
  const wanted = check(value)
  if (wanted !== undefined) throw new TypeError(`${where} must be ${wanted}, not ${JSON.stringify(value)}`)
}
