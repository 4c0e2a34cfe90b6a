/** The one place where the real clock, network, cache, browser, native addon and logger are built and handed down. */
import { InstanceDiscovery } from '../authority/instance-discovery.js'
import { createBrowserLauncher } from '../browser/open-browser.js'
import { CacheStore } from '../cache/cache-store.js'
import type { FlowContext } from '../flow/flow-context.js'
import { SingleFlight } from '../flow/single-flight.js'
import { createHttpClient } from '../http/undici-client.js'
import { createLogger } from '../logger.js'
import type { Clock } from '../request/clock.js'
import type { Configuration } from '../request/configuration.js'
import { validConfiguration } from './configuration.js'
import { SYSTEM_CLOCK } from './system-clock.js'

/** What an application runs on. `closing` fires `context.closed`. */
export interface Services {
  readonly context: FlowContext
  readonly closing: AbortController
}

/** What tests put in the place of the real thing. */
export interface ServiceOverrides {
  readonly clock?: Clock
}

/**
 * Builds the services of one application.
 *
 * @throws {ClientError} no_client_id, invalid_authority, invalid_configuration – as validConfiguration.
 */
export function createServices(configuration: Configuration, overrides: ServiceOverrides = {}): Services {
  const { knownAuthorities, instanceDiscovery, ...valid } = validConfiguration(configuration)
  const logger = createLogger(configuration.logger)
  const clock = overrides.clock ?? SYSTEM_CLOCK
  const http = createHttpClient({ ...(configuration.http && { http: configuration.http }), clock, logger })
  const closing = new AbortController()
  const { clientId } = valid
  const { cache: persistence } = configuration
  const context: FlowContext = {
    ...valid,
    clouds: new InstanceDiscovery({ http, logger, knownAuthorities, enabled: instanceDiscovery }),
    http,
    cache: new CacheStore({ clientId, ...(persistence && { persistence }), clock, logger }),
    clock,
    logger,
    browser: createBrowserLauncher({ logger }),
    refreshes: new SingleFlight(),
    backgroundBackOff: new Map(),
    tenantIds: new Map(),
    closed: closing.signal,
  }
  return { context, closing }
}
