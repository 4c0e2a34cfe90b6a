/** `GET /common/discovery/instance`: is this a sign-in host, and by what other names is it known? */
import { json } from '../answers.js'
import { EntraError } from '../entra-error.js'
import type { Exchange, Reply } from '../exchange.js'
import { CLOUDS, cloudOf } from '../hosts.js'
import { findPlace } from '../place.js'
import { editAnswer } from '../scenario.js'
import type { TenantState } from '../tenant-state.js'

/** API 1.0 answers the discovery endpoint only, 1.1 the names of all clouds too. */
export function instanceDiscovery(exchange: Exchange, state: TenantState): Reply {
  const endpoint = exchange.query.get('authorization_endpoint')
  if (endpoint === undefined) throw new EntraError(900144, { detail: 'authorization_endpoint' })
  if (!URL.canParse(endpoint) || !endpoint.toLowerCase().startsWith('https://')) throw new EntraError(50050)
  const { host, hostname, pathname } = new URL(endpoint)
  const own = new URL(state.origin).host
  if (host !== own && !cloudOf(hostname)) throw new EntraError(50049, { detail: host })

  const base = findPlace(state.hosts, hostname, pathname)?.place.base ?? '/common'
  const version = exchange.query.get('api-version') === '1.0' ? '1.0' : '1.1'
  const metadata = [...CLOUDS, { preferredNetwork: own, preferredCache: own, aliases: [own] }].map(cloud => ({
    preferred_network: cloud.preferredNetwork,
    preferred_cache: cloud.preferredCache,
    aliases: cloud.aliases,
  }))
  const answer = {
    tenant_discovery_endpoint: `https://${host}${base}/v2.0/.well-known/openid-configuration`,
    'api-version': version,
    ...(version === '1.1' ? { metadata } : {}),
  }
  return json(200, editAnswer(answer, state.scenario.instanceAnswer))
}
