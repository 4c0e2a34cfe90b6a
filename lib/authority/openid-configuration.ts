/** Another OpenID provider's endpoints, which nothing but its own metadata tells. */
import { ClientError } from '../errors.js'
import type { HttpClient } from '../http/http-client.js'
import { parseJsonObject } from '../http/json-object.js'
import { statusError } from '../http/status-error.js'
import { orAborted } from '../request/abort.js'
import type { Clock } from '../request/clock.js'
import { type Authority, authorityUrl } from './authority.js'
import type { Endpoints } from './endpoints.js'

/** What a provider says of itself. */
export interface OpenIdConfiguration {
  /** As its ID tokens have it, byte for byte. */
  readonly issuer: string
  readonly endpoints: Endpoints
  /** The provider promises to name itself in each authorization response. (RFC 9207 § 3) */
  readonly namesIssuerInAnswers: boolean
}

/** Configurations of one application by authority, and when each was asked for; those under way are waited for by all. */
export type OpenIdConfigurations = Map<
  string,
  { readonly found: Promise<OpenIdConfiguration>; readonly askedAt: number }
>

/** Whom to ask, and what with. */
export interface OpenIdDiscovery {
  readonly http: HttpClient
  readonly clock: Clock
  readonly providers: OpenIdConfigurations
  /** Hosts whose issuers the application's owner vouches for. */
  readonly knownAuthorities: ReadonlySet<string>
  readonly authority: Authority
  readonly correlationId: string
  readonly signal: AbortSignal | undefined
}

const LIFETIME_MS = 3_600_000
const MOST_PROVIDERS = 100

/**
 * Finds a provider's configuration, at most once an hour.
 *
 * @throws {ClientError} tenant_discovery_failed – what is published there is no configuration.
 * @throws {ClientError} invalid_issuer – the configuration is that of another provider.
 * @throws {ServiceError} service_not_available, request_throttled – the provider is down or overloaded.
 * @throws {ClientError} network_error, tls_error, request_timeout, … – it could not be asked.
 * @throws the signal's reason when it fires; whoever else waits goes on waiting.
 * @see [OpenID Connect Discovery § 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)
 */
export function discoverOpenIdConfiguration(discovery: OpenIdDiscovery): Promise<OpenIdConfiguration> {
  const { providers, clock, authority, signal } = discovery
  const key = authorityUrl(authority)
  const known = providers.get(key)
  if (known !== undefined && clock.now() - known.askedAt < LIFETIME_MS) return orAborted(known.found, signal)
  const found = fetchConfiguration(discovery)
  if (providers.size >= MOST_PROVIDERS) providers.clear()
  const entry = { found, askedAt: clock.now() }
  providers.set(key, entry)
  found.catch(() => {
    if (providers.get(key) === entry) providers.delete(key)
  })
  return orAborted(found, signal)
}

async function fetchConfiguration(discovery: OpenIdDiscovery): Promise<OpenIdConfiguration> {
  const { http, clock, authority, correlationId, knownAuthorities } = discovery
  const purpose = 'discovery of the OpenID provider'
  const response = await http.send({
    method: 'GET',
    url: new URL(`${authorityUrl(authority)}/.well-known/openid-configuration`),
    headers: { accept: 'application/json' },
    retryOn5xx: true,
    correlationId,
    purpose,
  })
  const refusal = statusError(response, { purpose, correlationId, nowMs: clock.now() })
  if (refusal !== undefined) throw refusal
  if (response.status !== 200) {
    throw new ClientError('tenant_discovery_failed', `The ${purpose} was answered with HTTP ${response.status}`, {
      correlationId,
    })
  }
  return parseOpenIdConfiguration(response.body, { authority, knownAuthorities, correlationId })
}

/**
 * Judges a configuration.
 *
 * Sample: `{"issuer":"https://idp.example","authorization_endpoint":"…","token_endpoint":"…","device_authorization_endpoint":"…"}`
 *
 * @throws {ClientError} tenant_discovery_failed, invalid_issuer – as at {@link discoverOpenIdConfiguration}.
 */
export function parseOpenIdConfiguration(
  body: string,
  expected: Pick<OpenIdDiscovery, 'authority' | 'knownAuthorities' | 'correlationId'>,
): OpenIdConfiguration {
  const { authority, knownAuthorities, correlationId } = expected
  const refuse = (why: string): never => {
    throw new ClientError('tenant_discovery_failed', `The configuration of the OpenID provider ${why}`, {
      correlationId,
    })
  }
  const configuration = parseJsonObject(body) ?? refuse('is not a JSON object')
  const endpoint = (name: string): URL | undefined => {
    const value = configuration[name]
    if (value === undefined) return undefined
    // Codes and passwords are sent there.
    const isSecure = typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'https:'
    return isSecure ? new URL(value) : refuse(`has a ${name} that is not an https URL`)
  }
  const { issuer } = configuration
  if (typeof issuer !== 'string') return refuse('names no issuer')
  if (!isIssuer(issuer, authorityUrl(authority), knownAuthorities)) {
    throw new ClientError('invalid_issuer', `The authority is ${authorityUrl(authority)}, its issuer ${issuer}`, {
      correlationId,
      hint: 'Set authority to the issuer, or list the host of the issuer in knownAuthorities.',
    })
  }
  return {
    issuer,
    endpoints: {
      authorize: endpoint('authorization_endpoint') ?? refuse('has no authorization_endpoint'),
      token: endpoint('token_endpoint') ?? refuse('has no token_endpoint'),
      deviceCode: endpoint('device_authorization_endpoint'),
    },
    namesIssuerInAnswers: configuration.authorization_response_iss_parameter_supported === true,
  }
}

/** "The issuer value returned MUST be identical to the Issuer URL"; a slash at the end is what people leave out. (§ 4.3) */
function isIssuer(issuer: string, authority: string, knownAuthorities: ReadonlySet<string>): boolean {
  if (issuer.replace(/\/$/, '') === authority) return true
  if (!URL.canParse(issuer)) return false
  const { protocol, host } = new URL(issuer)
  return protocol === 'https:' && knownAuthorities.has(host)
}
