/** The one place where the real clock, network, cache, browser, native addon and logger are built and handed down. */
import { InstanceDiscovery } from '../authority/instance-discovery.js'
import { createBrowserLauncher } from '../browser/open-browser.js'
import { CacheStore } from '../cache/cache-store.js'
import type { TokenCache } from '../cache/token-cache.js'
import type { FlowContext } from '../flow/flow-context.js'
import { SingleFlight } from '../flow/single-flight.js'
import { AnswerCache } from '../http/answer-cache.js'
import { createHttpClient } from '../http/undici-client.js'
import { createLogger } from '../logger.js'
import { type LoadedAddon, loadNativeAddon } from '../native/addon.js'
import type { Clock } from '../request/clock.js'
import { SYSTEM_CLOCK } from '../request/system-clock.js'
import { proxyNegotiator } from '../wstrust/proxy-negotiator.js'
import type { ValidConfiguration } from './configuration.js'

/** What tests put in the place of the real thing. */
export interface ServiceOverrides {
  readonly clock?: Clock
  readonly native?: LoadedAddon
}

/** What one application is made of; `closed` fires when it is closed. */
export interface ApplicationParts {
  readonly configuration: ValidConfiguration
  readonly tokenCache: TokenCache
  readonly closed: AbortSignal
  readonly overrides: ServiceOverrides
}

/** Builds what the flows of one application run on. */
export function createServices({ configuration, tokenCache, closed, overrides }: ApplicationParts): FlowContext {
  const { clientId, persistence, plugin, knownAuthorities, instanceDiscovery } = configuration
  const clock = overrides.clock ?? SYSTEM_CLOCK
  const logger = createLogger(configuration.logger)
  let loaded = overrides.native
  const native = () => {
    loaded ??= loadNativeAddon()
    return loaded
  }
  const http = createHttpClient({
    http: configuration.http,
    clock,
    logger,
    proxyNegotiator: proxyNegotiator({ proxy: configuration.http.proxy, native, logger }),
  })
  return {
    clientId,
    authority: configuration.authority,
    redirectUri: configuration.redirectUri,
    clientCapabilities: configuration.clientCapabilities,
    extendedLifetime: configuration.extendedLifetime,
    parentWindow: configuration.parentWindow,
    clouds: new InstanceDiscovery({ http, logger, knownAuthorities, enabled: instanceDiscovery }),
    http,
    cache: new CacheStore({ clientId, tokenCache, persistence, plugin, clock, logger, closed }),
    clock,
    logger,
    browser: createBrowserLauncher({ logger, native }),
    refreshes: new SingleFlight(),
    backgroundBackOff: new Map(),
    realms: new AnswerCache(),
    federationServers: new AnswerCache(),
    native,
    providers: new Map(),
    knownAuthorities,
    closed,
  }
}
