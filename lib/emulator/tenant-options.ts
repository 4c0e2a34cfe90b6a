/** What a caller may choose about a tenant, and what a started tenant offers. */
import type { EmulatedUser, UserOptions } from './accounts.js'
import type { AppOptions } from './apps.js'
import type { B2cPolicyKind } from './b2c-policies.js'
import type { Clock } from './clock.js'
import { isGuid } from './identifiers.js'
import type { NegotiateAcceptor } from './negotiate/acceptor.js'
import type { RecordedRequest } from './request-log.js'
import type { ScenarioPatch } from './scenario.js'

/** Options of {@link startTenant}; each has a default. */
export interface TenantOptions {
  /** Port of the tenant's own origin. Default: any free one. */
  port?: number
  /** Port of the CONNECT proxy. Default: any free one. */
  proxyPort?: number
  /** Address to listen on. Default: loopback only. */
  host?: string
  /** Tenant id, a GUID. Default: one made from the domain, the same at each start. */
  tenantId?: string
  /** Domain of the managed users. Default `contoso.onmicrosoft.com`. */
  domain?: string
  /** Users besides the tenant's own; one of the same name replaces the tenant's. */
  users?: UserOptions[]
  /** Applications besides the demo's and the family of Azure tools. */
  apps?: AppOptions[]
  /** Switches that hold from the start and after `scenario(null)`. */
  scenario?: ScenarioPatch
  /**
   * Policies of the tenant's B2C besides `b2c_1_susi`, which signs in, `b2c_1_edit_profile`, and `b2c_1_ropc`, which takes
   * passwords. By name: `pages` signs in in the browser, `editProfile` lets the user edit the profile then, `password` signs in
   * at the token endpoint.
   */
  b2cPolicies?: Record<string, B2cPolicyKind>
  /** Judges the tokens of Windows users at `windowstransport`. Default: believes them, see `federation` of {@link Scenario}. */
  negotiate?: NegotiateAcceptor
  /** Refuse client ids that are not registered. Default no: any GUID is an app. */
  strictApps?: boolean
}

/** A running tenant. */
export interface Tenant {
  /** `https://localhost:PORT/<domain>`: the authority to configure. */
  readonly authority: string
  /** `https://localhost:PORT/adfs`: the authority of the tenant's AD FS; behind the proxy `https://adfs.<federated domain>/adfs`. */
  readonly adfsAuthority: string
  /**
   * The authority of a B2C policy, `https://localhost:PORT/tfp/<domain>/<policy>`. Default policy `b2c_1_susi`.
   * Behind the proxy it is `https://<name>.b2clogin.com/tfp/<domain>/<policy>`; `/tfp` may be left out of either.
   */
  b2cAuthority(policy?: string): string
  /** `https://<name>.ciamlogin.com/<domain>`: the authority of the tenant as Entra External ID, behind the proxy only. */
  readonly ciamAuthority: string
  /** `https://localhost:PORT`. */
  readonly origin: string
  /** The tenant's GUID. */
  readonly tenantId: string
  /** The domain of the managed users. */
  readonly domain: string
  /** The demo application's client id. */
  readonly clientId: string
  /** `http://127.0.0.1:PORT`: set as `HTTPS_PROXY`, it makes the tenant answer as login.microsoftonline.com. */
  readonly proxyUrl: string
  /**
   * `http://127.0.0.1:PORT/`: where other programs on this machine read the scenario and the requests (GET), change switches
   * (PATCH, JSON) and put all back (DELETE).
   */
  readonly controlUrl: string
  /** The CA to trust, as PEM. Good for the emulator's own names only. */
  readonly caPem: string
  /** The tenant's users with their passwords; those who sign up are added. */
  readonly users: EmulatedUser[]
  /** The latest requests (1 000), oldest first. */
  readonly requests: RecordedRequest[]
  /** How often a password was held against a user's, right or wrong, by user name in lower case; a directory would lock the account after so many. */
  readonly passwordChecks: Readonly<Record<string, number>>
  /** Time, as the tenant sees it. */
  readonly clock: Clock
  /** The secrets that the tenant issued or holds (the latest 10 000): passwords, codes, tokens. For leak tests. */
  readonly issuedSecrets: string[]
  /**
   * Merges switches into the scenario; `null` returns to how the tenant started.
   *
   * @throws {TypeError} for a switch or user that does not exist.
   */
  scenario(patch: ScenarioPatch | null): void
  /** Stops the tenant and ends all its connections at once. */
  close(): Promise<void>
}

/** Labels of letters, digits and hyphens, at least two. */
const DOMAIN = /^(?=.{3,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i

/** @throws {TypeError} for an id, domain or user name that could not be one. */
export function assertOptions({ tenantId, domain, users = [] }: TenantOptions): void {
  if (tenantId !== undefined && !isGuid(tenantId)) throw new TypeError(`tenantId is not a GUID: '${tenantId}'`)
  if (domain !== undefined && !DOMAIN.test(domain)) throw new TypeError(`domain is not a domain name: '${domain}'`)
  for (const { username } of users) {
    if (!/^[^\s@]+@[^\s@]+$/.test(username))
      throw new TypeError(`a user name must look like name@domain: '${username}'`)
  }
}
