/** Lets the system prove to a proxy who the user is. */
import type { HttpClientOptions, Negotiator } from '../http/http-client.js'
import type { Logger } from '../logger.js'
import { type LoadedAddon, requireCapability } from '../native/addon.js'

/** What it needs. */
export interface ProxyNegotiatorOptions {
  /** As in the configuration. */
  readonly proxy: HttpClientOptions['proxy']
  /** Asked once a proxy wants to know. */
  readonly native: () => LoadedAddon
  readonly logger: Logger
}

/**
 * Makes what answers a proxy. The caller has made sure that the application wants the proxy told.
 *
 * Conversations reject as listed at createNegotiator.
 */
export function proxyNegotiator({ proxy, native, logger }: ProxyNegotiatorOptions): (url: URL) => Negotiator {
  const { servicePrincipalName, allowNtlm = true } = typeof proxy === 'object' ? proxy : {}
  return url => ({
    async open(channelBindings) {
      const [{ createNegotiator, servicePrincipalNameOf }, { Steps }] = await Promise.all([
        import('./negotiator.js'),
        import('./steps.js'),
      ])
      const negotiator = createNegotiator({
        native: requireCapability(native(), 'negotiate'),
        servicePrincipalName: servicePrincipalName ?? servicePrincipalNameOf(url),
        kerberos: {},
        allowNtlm,
        steps: new Steps(logger),
        correlationId: undefined,
      })
      return negotiator.open(channelBindings)
    },
  })
}
