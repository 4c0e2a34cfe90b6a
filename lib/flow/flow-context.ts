/** What every flow is handed: the checked configuration, the services, and nothing it could reach around. */
import type { Authority } from '../authority/authority.js'
import type { InstanceDiscovery } from '../authority/instance-discovery.js'
import type { OpenIdConfigurations } from '../authority/openid-configuration.js'
import type { Target } from '../authority/request-authority.js'
import type { UserRealmCache } from '../authority/user-realm.js'
import type { BrowserLauncher } from '../browser/open-browser.js'
import type { CacheStore } from '../cache/cache-store.js'
import type { CachedTokens } from '../cache/cache-view.js'
import type { HttpClient } from '../http/http-client.js'
import type { Logger } from '../logger.js'
import type { LoadedAddon } from '../native/addon.js'
import type { Clock } from '../request/clock.js'
import type { Configuration } from '../request/configuration.js'
import type { TokenResponse } from '../token/token-response.js'
import type { FederationServers } from '../wstrust/federation-metadata.js'
import type { SingleFlight } from './single-flight.js'

/** What a refresh brought, for every caller who shared it. */
export interface RefreshedTokens {
  readonly target: Target
  readonly tokens: TokenResponse
  /** The one that was sent, which is the first caller's. */
  readonly correlationId: string
}

/** What another process had brought by the time that a refresh had its turn. */
export interface FoundTokens {
  readonly found: CachedTokens
}

/** Readonly bundle; built once for each application in app/services.ts. */
export interface FlowContext {
  readonly clientId: string
  readonly authority: Authority
  readonly redirectUri: string
  readonly clientCapabilities: readonly string[]
  readonly extendedLifetime: boolean
  readonly parentWindow: Configuration['parentWindow']
  readonly clouds: InstanceDiscovery
  readonly http: HttpClient
  readonly cache: CacheStore
  readonly clock: Clock
  readonly logger: Logger
  readonly browser: BrowserLauncher
  /** Refreshes under way, so that callers of the same token share one. */
  readonly refreshes: SingleFlight<RefreshedTokens | FoundTokens>
  /** When a background refresh may be tried again, by its key; `Infinity` while one is under way. */
  readonly backgroundBackOff: Map<string, number>
  /** Where users sign in, as learned for passwords and for Windows sign-ins. */
  readonly realms: UserRealmCache
  /** What their federation servers offer. */
  readonly federationServers: FederationServers
  /** Loads the addon, the first time. */
  native(): LoadedAddon
  readonly providers: OpenIdConfigurations
  readonly knownAuthorities: ReadonlySet<string>
  /** Fires when the application is closed. */
  readonly closed: AbortSignal
}
