/** Is this host trusted, and by which names does its cloud go? Known hosts are answered without a request. */
import { ClientError, oneLine, ServiceError } from '../errors.js'
import type { HttpClient, HttpResponse } from '../http/http-client.js'
import type { Logger } from '../logger.js'
import { orAborted } from '../request/abort.js'
import type { Authority } from './authority.js'
import { computeEndpoints } from './endpoints.js'
import { type Cloud, findKnownCloud, singleHostCloud } from './known-clouds.js'
import { assertTrustedRealm } from './webfinger.js'

const DISCOVERY_HOST = 'login.microsoftonline.com'
const TIMEOUT_MS = 10_000

/** What one application trusts. */
export interface InstanceDiscoveryOptions {
  http: HttpClient
  logger: Logger
  /** Hosts, each `host` or `host:port` in lower case, that are trusted without asking. */
  knownAuthorities: ReadonlySet<string>
  /** False: any host is trusted without asking. */
  enabled: boolean
}

/** Wire shape of the answer: `{"tenant_discovery_endpoint":"…","metadata":[{"preferred_network":"…","preferred_cache":"…","aliases":["…"]}]}` */
interface DiscoveryAnswer {
  error?: unknown
  error_description?: unknown
  tenant_discovery_endpoint?: unknown
  metadata?: unknown
}

/** Knows the clouds; asks the public cloud about an unknown host once for each application. */
export class InstanceDiscovery {
  readonly #options: InstanceDiscoveryOptions
  readonly #clouds = new Map<string, Cloud>()
  readonly #pending = new Map<string, Promise<Cloud>>()

  constructor(options: InstanceDiscoveryOptions) {
    this.#options = options
  }

  /** What is known without a request; an unknown host counts as a cloud of its own. Good enough to look into the cache. */
  cloudForLookUp(authority: Authority): Cloud {
    return this.#trusted(authority) ?? singleHostCloud(authority.host)
  }

  /**
   * The cloud of a host that is about to be sent a credential.
   *
   * @throws {ServiceError} invalid_instance – the cloud does not know this host.
   * @throws {ClientError} untrusted_authority – nothing vouches for the host of a B2C authority.
   * @throws {ClientError} invalid_authority – the host of an AD FS authority does not vouch for itself.
   * @throws {ClientError} network_error, request_timeout, … – the cloud could not be asked, so the host is not trusted.
   * @throws the signal's reason when it fires; whoever else waits for the same host goes on waiting.
   */
  async cloudForRequest(authority: Authority, correlationId: string, signal?: AbortSignal): Promise<Cloud> {
    const trusted = this.#trusted(authority)
    if (trusted !== undefined) return trusted
    signal?.throwIfAborted()
    let pending = this.#pending.get(authority.host)
    if (pending === undefined) {
      pending = this.#ask(authority, correlationId).finally(() => this.#pending.delete(authority.host))
      this.#pending.set(authority.host, pending)
    }
    return orAborted(pending, signal)
  }

  #trusted({ kind, host, path }: Authority): Cloud | undefined {
    // Its own configuration has to name it. Providers on one host are told apart, in the cache too, by their paths.
    if (kind === 'oidc') return singleHostCloud(host, path)
    const known = findKnownCloud(host) ?? this.#clouds.get(host)
    if (known !== undefined) return known
    const { knownAuthorities, enabled } = this.#options
    if (enabled && !knownAuthorities.has(host) && !isMicrosofts(kind, host)) return undefined
    return this.#remember(host, singleHostCloud(host))
  }

  #remember(host: string, cloud: Cloud): Cloud {
    this.#clouds.set(host, cloud)
    return cloud
  }

  async #ask(authority: Authority, correlationId: string): Promise<Cloud> {
    const { http, logger } = this.#options
    const { kind, host } = authority
    // The public cloud knows neither of the two kinds.
    if (kind === 'b2c')
      throw new ClientError('untrusted_authority', `${host} is not a known host of B2C`, { correlationId })
    if (kind === 'adfs') {
      await assertTrustedRealm(http, host, correlationId)
      return this.#remember(host, singleHostCloud(host))
    }
    const url = new URL(`https://${DISCOVERY_HOST}/common/discovery/instance`)
    url.searchParams.set('api-version', '1.1')
    url.searchParams.set('authorization_endpoint', computeEndpoints(authority, authority.host).authorize.href)
    logger.verbose('asking whether the authority host is trusted', `asking whether ${authority.host} is trusted`)
    const headers = {
      accept: 'application/json',
      'client-request-id': correlationId,
      'return-client-request-id': 'true',
    }
    const response = await http
      .send({
        method: 'GET',
        url,
        headers,
        timeoutMs: TIMEOUT_MS,
        retryOn5xx: true,
        correlationId,
        purpose: 'instance discovery',
      })
      .catch((error: unknown) => {
        throw whyItWasAsked(error, host)
      })
    const cloud = parseInstanceDiscovery(response, authority.host, correlationId)
    return this.#remember(authority.host, cloud)
  }
}

/** Whoever forgot `knownAuthorities` reads of a host that is not in the configuration: what it was asked for, and a way round. */
function whyItWasAsked(error: unknown, host: string): unknown {
  if (!(error instanceof ClientError)) return error
  const hint = `It was to vouch for ${host}: check that name for a typing error, or list it in knownAuthorities if it is right. ${error.hint}`
  const { cause, correlationId } = error
  return new ClientError(error.code as ConstructorParameters<typeof ClientError>[0], error.message, {
    cause,
    correlationId,
    hint,
  })
}

/** Hosts on which Microsoft gives each customer a name. */
function isMicrosofts(kind: Authority['kind'], host: string): boolean {
  return (kind === 'b2c' && host.endsWith('.b2clogin.com')) || (kind === 'ciam' && host.endsWith('.ciamlogin.com'))
}

/**
 * Judges the answer of instance discovery.
 *
 * @throws {ServiceError} invalid_instance – the host is not one of the cloud's.
 * @throws {ClientError} tenant_discovery_failed – the answer is not what instance discovery answers.
 */
export function parseInstanceDiscovery(response: HttpResponse, host: string, correlationId: string): Cloud {
  let answer: DiscoveryAnswer
  try {
    answer = JSON.parse(response.body) as DiscoveryAnswer
  } catch (cause) {
    throw new ClientError('tenant_discovery_failed', `Instance discovery answered HTTP ${response.status}, not JSON`, {
      correlationId,
      cause,
    })
  }
  if (typeof answer?.error === 'string') {
    const error = oneLine(answer.error) || 'unknown_error'
    const description = typeof answer.error_description === 'string' ? answer.error_description : error
    throw new ServiceError(error, description, {
      hint: `Check the authority for a typing error; if ${host} is right, list it in knownAuthorities.`,
      status: response.status,
      error,
      correlationId,
      responseBody: response.body,
    })
  }
  if (response.status !== 200 || typeof answer?.tenant_discovery_endpoint !== 'string') {
    throw new ClientError('tenant_discovery_failed', `Instance discovery answered HTTP ${response.status}`, {
      correlationId,
    })
  }
  const entries: unknown[] = Array.isArray(answer.metadata) ? answer.metadata : []
  for (const entry of entries) {
    const cloud = parseCloud(entry)
    if (cloud?.aliases.has(host)) return cloud
  }
  return singleHostCloud(host)
}

function parseCloud(entry: unknown): Cloud | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { preferred_network, preferred_cache, aliases } = entry as Record<string, unknown>
  if (typeof preferred_network !== 'string' || typeof preferred_cache !== 'string' || !Array.isArray(aliases)) {
    return undefined
  }
  const preferredNetwork = preferred_network.toLowerCase()
  const preferredCache = preferred_cache.toLowerCase()
  if (!isHost(preferredNetwork) || !isHost(preferredCache)) return undefined
  const hosts = aliases.filter(alias => typeof alias === 'string').map(alias => alias.toLowerCase())
  // Tokens are filed under preferred_cache, so it has to be one of the names they are looked for under.
  return {
    preferredNetwork,
    preferredCache,
    aliases: new Set([preferredNetwork, preferredCache, ...hosts.filter(isHost)]),
  }
}

/** Is it a host, with a port or without, and nothing that would lead a URL made of it elsewhere? */
function isHost(name: string): boolean {
  return URL.canParse(`https://${name}`) && new URL(`https://${name}`).host === name
}
