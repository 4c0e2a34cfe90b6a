/** Everything a tenant knows and remembers; the routes read and change it. */
import { createUser, defaultUsers, domainOf, type EmulatedUser, switchesOf, type UserOptions } from './accounts.js'
import { type App, Apps, FAMILY_APPS } from './apps.js'
import { AssertionIds } from './assertion-ids.js'
import { type B2cPolicy, namePolicies } from './b2c-policies.js'
import { BoundedMap } from './bounded.js'
import { type Clock, createClock } from './clock.js'
import { Codes } from './codes.js'
import { Connections } from './connections.js'
import { Consents } from './consents.js'
import { DeviceCodes } from './device-codes.js'
import { Flows } from './flows.js'
import { type TenantHosts, tenantHosts } from './hosts.js'
import { stableGuid } from './identifiers.js'
import type { NegotiateAcceptor } from './negotiate/acceptor.js'
import { scriptOf } from './negotiate/script.js'
import { ScriptedAcceptor } from './negotiate/scripted-acceptor.js'
import { RefreshTokens } from './refresh-tokens.js'
import type { RecordedRequest } from './request-log.js'
import { defaultScenario, patchScenario, type Scenario, type ScenarioPatch, type UserSwitches } from './scenario.js'
import { assertScenario } from './scenario-check.js'
import { DesktopTokens } from './seamless-sso/desktop-tokens.js'
import { Sessions } from './sessions.js'
import { assertOptions, type TenantOptions } from './tenant-options.js'

/** The demo application, known to every tenant. */
export const DEMO_CLIENT_ID = stableGuid('latchkey demo')

const MAX_SECRETS = 10_000

/** The state of one tenant. */
export class TenantState {
  readonly id: string
  readonly domain: string
  readonly federatedDomain: string
  /** The hosts that are this tenant's alone. */
  readonly hosts: TenantHosts
  /** B2C's policies by lower-case name. */
  readonly b2cPolicies: ReadonlyMap<string, B2cPolicy>
  readonly users: EmulatedUser[]
  readonly apps: Apps
  readonly clock: Clock
  readonly sessions = new Sessions()
  readonly flows = new Flows()
  readonly codes = new Codes()
  readonly assertionIds = new AssertionIds()
  /** What seamless single sign-on handed out, until it is brought to the token endpoint. */
  readonly desktopTokens = new DesktopTokens()
  readonly deviceCodes = new DeviceCodes()
  readonly refreshTokens = new RefreshTokens()
  readonly consents = new Consents()
  readonly connections = new Connections()
  /** Judges the tokens of Windows users. */
  readonly acceptor: NegotiateAcceptor
  /** What these tokens should be bound to, by the host that was asked; known once there are certificates. */
  channelBindings: (host: string) => Buffer = () => Buffer.alloc(0)
  readonly requests: RecordedRequest[] = []
  /** The tenant's own origin, known once it listens. */
  origin = ''
  scenario: Scenario
  readonly #initialScenario: Scenario
  readonly #secrets = new BoundedMap<true>(MAX_SECRETS)
  /** How often a password was held against a user's, by user name in lower case. */
  readonly passwordChecks: Record<string, number> = {}
  /** Since when a user's access tokens are good for the sample API, by user id. */
  readonly #revokedAt = new Map<string, Date>()

  constructor(options: TenantOptions) {
    assertOptions(options)
    this.domain = (options.domain ?? 'contoso.onmicrosoft.com').toLowerCase()
    this.federatedDomain = federatedDomainOf(this.domain)
    this.id = options.tenantId?.toLowerCase() ?? stableGuid(this.domain)
    this.hosts = tenantHosts(this)
    this.b2cPolicies = namePolicies(options.b2cPolicies ?? {})
    const people = mergeUsers(defaultUsers(this.domain, this.federatedDomain), options.users ?? [])
    this.users = people.map(user => createUser(user, this.id))
    const demo = { clientId: DEMO_CLIENT_ID, name: 'Latchkey demo' }
    this.apps = new Apps([demo, ...FAMILY_APPS, ...(options.apps ?? [])], options.strictApps ?? false)

    const switches = Object.fromEntries(people.map(user => [user.username.toLowerCase(), switchesOf(user)]))
    const start = { ...defaultScenario(), users: switches }
    this.#initialScenario = patchScenario(start, options.scenario ?? {}, this.#usernames())
    assertScenario(this.#initialScenario)
    this.scenario = structuredClone(this.#initialScenario)
    this.acceptor = options.negotiate ?? new ScriptedAcceptor(leg => scriptOf(this, leg))
    this.clock = createClock(() => this.scenario.clockOffsetSeconds)
  }

  /** The tenant's name on pages. */
  get name(): string {
    return this.domain
  }

  changeScenario(patch: ScenarioPatch | null): void {
    const next =
      patch === null ? structuredClone(this.#initialScenario) : patchScenario(this.scenario, patch, this.#usernames())
    assertScenario(next)
    this.scenario = next
    for (const [username, switches] of Object.entries(patch?.users ?? {})) {
      const user = this.findUser(username)
      if (user && (switches?.revoked || switches?.accessTokensRevoked)) this.#revokedAt.set(user.id, this.clock.now())
      if (user && switches?.revoked) this.#endSignIns(user)
    }
  }

  /** Adds a user who has signed up. */
  addUser(user: EmulatedUser): void {
    this.users.push(user)
  }

  findUser(username: string): EmulatedUser | undefined {
    const wanted = username.trim().toLowerCase()
    return this.users.find(user => user.username.toLowerCase() === wanted)
  }

  switches(user: EmulatedUser): UserSwitches {
    return this.scenario.users[user.username.toLowerCase()] ?? {}
  }

  /** Is this the user's password? Each time that it is asked counts, as a directory counts attempts. */
  checkPassword(user: EmulatedUser, password: string): boolean {
    const name = user.username.toLowerCase()
    this.passwordChecks[name] = (this.passwordChecks[name] ?? 0) + 1
    return password === user.password
  }

  /** Does the app share its refresh tokens with a family? */
  isFamily(app: App): boolean {
    const { foci } = this.scenario
    return foci === 'apps' ? app.family : foci === 'all'
  }

  /** Is this domain name one of the tenant's? */
  isOwnDomain(name: string | undefined): boolean {
    return name !== undefined && [this.domain, this.federatedDomain].includes(name.toLowerCase())
  }

  /** Is the domain of this user name one of the tenant's, and which? */
  realmOf(username: string): 'managed' | 'federated' | 'unknown' {
    const user = this.findUser(username)
    if (user) return user.kind
    const domain = domainOf(username)
    if (domain === this.federatedDomain) return 'federated'
    return domain === this.domain ? 'managed' : 'unknown'
  }

  /** Were the user's access tokens revoked after this time? */
  isRevokedSince(userId: string, time: Date): boolean {
    const revokedAt = this.#revokedAt.get(userId)
    return revokedAt !== undefined && time < revokedAt
  }

  /** Remembers a secret for leak tests, and returns it. */
  keepSecret(secret: string): string {
    this.#secrets.set(secret, true)
    return secret
  }

  issuedSecrets(): string[] {
    return [...this.users.map(user => user.password), ...this.#secrets.keys()]
  }

  #endSignIns(user: EmulatedUser): void {
    this.refreshTokens.revokeUser(user.id)
    this.sessions.signOutEverywhere(user.username)
  }

  #usernames(): string[] {
    return this.users.map(user => user.username.toLowerCase())
  }
}

function mergeUsers(defaults: UserOptions[], added: UserOptions[]): UserOptions[] {
  const byName = new Map([...defaults, ...added].map(user => [user.username.toLowerCase(), user]))
  return [...byName.values()]
}

/** contoso.onmicrosoft.com federates contoso.com, as real tenants do. */
function federatedDomainOf(domain: string): string {
  return domain.endsWith('.onmicrosoft.com') ? domain.replace('.onmicrosoft.com', '.com') : `federated.${domain}`
}
