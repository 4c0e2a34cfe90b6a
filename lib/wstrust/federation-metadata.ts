/** Finds the federation server's address for one kind of sign-in: in its metadata, which is fetched, remembered or given. */
import { ClientError, ServiceError } from '../errors.js'
import type { AnswerCache } from '../http/answer-cache.js'
import type { HttpClient } from '../http/http-client.js'
import { parseRetryAfter } from '../http/retry-after.js'
import { statusError } from '../http/status-error.js'
import type { Clock } from '../request/clock.js'
import {
  chooseEndpoint,
  type FederationServer,
  type Proof,
  parseMexDocument,
  type WsTrustEndpoint,
} from './mex-document.js'
import { type Steps, shown } from './steps.js'
import { XmlError } from './xml.js'

/** What federation servers said about themselves, by the address of their metadata. */
export type FederationServers = AnswerCache<FederationServer>

/** What is known about the server, and what to ask with. */
export interface FederationQuery {
  readonly http: HttpClient
  readonly clock: Clock
  readonly servers: FederationServers
  readonly steps: Steps
  /** `federation_metadata_url` of the realm. */
  readonly metadataUrl: string | undefined
  /** `federation_active_auth_url` of the realm, for where there is no metadata. */
  readonly activeUrl: string | undefined
  /** The metadata itself, from the caller; then nothing is asked for. */
  readonly document: string | undefined
  readonly correlationId: string
  readonly signal: AbortSignal | undefined
}

const PURPOSE = 'federation metadata request'

/**
 * Finds the address. Metadata is kept for an hour; failures never.
 *
 * @throws {ClientError} missing_federation_metadata_url – there is neither metadata nor an address of this kind.
 * @throws {ServiceError} accessing_ws_metadata_exchange_failed – refused, or its address is not https.
 * @throws {ServiceError} service_not_available, request_throttled – the server is down or overloaded.
 * @throws {ClientError} parsing_ws_metadata_exchange_failed – not a MEX document.
 * @throws {ClientError} wstrust_endpoint_not_found – no https address for this kind of sign-in.
 * @throws {ClientError} network_error, tls_error, … – the server could not be asked.
 */
export async function findWsTrustEndpoint(query: FederationQuery, proof: Proof): Promise<WsTrustEndpoint> {
  const { steps, metadataUrl, document, correlationId } = query
  if (document === undefined && metadataUrl === undefined) return activeEndpoint(query, proof)
  const server = document === undefined ? await findServer(query) : parse(document, undefined, correlationId)
  const endpoint = chooseEndpoint(server, proof)
  if (endpoint === undefined) {
    // Whoever administers it may add the address the next minute.
    forgetFederationServer(query)
    const insecure = server.insecure === 0 ? '' : `; ${server.insecure} addresses are not https and were passed over`
    throw new ClientError(
      'wstrust_endpoint_not_found',
      `The federation server offers no address for ${WORDS[proof]}${insecure}`,
      { correlationId },
    )
  }
  steps.add(`federation metadata: WS-Trust ${endpoint.version} for ${WORDS[proof]} at ${shown(endpoint.url)}`)
  return endpoint
}

/** Forgets what may be why a sign-in failed. */
export function forgetFederationServer({ servers, metadataUrl }: Pick<FederationQuery, 'servers' | 'metadataUrl'>) {
  if (metadataUrl !== undefined) servers.delete(metadataUrl)
}

const WORDS: Readonly<Record<Proof, string>> = {
  windows: 'Windows sign-in (windowstransport)',
  password: 'a user name and a password (usernamemixed)',
}

/** Without metadata the realm's own address has to do, if its path says that it is of this kind. */
function activeEndpoint({ activeUrl, steps, correlationId }: FederationQuery, proof: Proof): WsTrustEndpoint {
  const url = activeUrl !== undefined && URL.canParse(activeUrl) ? new URL(activeUrl) : undefined
  const isForWindows = url !== undefined && /\/windowstransport\/?$/i.test(url.pathname)
  if (url === undefined || isForWindows !== (proof === 'windows')) {
    throw new ClientError('missing_federation_metadata_url', undefined, { correlationId })
  }
  if (url.protocol !== 'https:') {
    throw new ClientError('wstrust_endpoint_not_found', `${shown(url)} is not https`, { correlationId })
  }
  if (url.username !== '' || url.password !== '') {
    throw new ClientError('wstrust_endpoint_not_found', `${shown(url)} has a user name or password in it`, {
      correlationId,
    })
  }
  // It is sent nowhere, but would be in the message.
  url.hash = ''
  const version = /\/trust\/13\//i.test(url.pathname) ? '1.3' : '2005'
  steps.add(`federation metadata: none; WS-Trust ${version} for ${WORDS[proof]} at ${shown(url)}, as the realm says`)
  return { url, version, proof }
}

async function findServer(query: FederationQuery): Promise<FederationServer> {
  const { servers, clock, metadataUrl = '', steps } = query
  const known = servers.get(metadataUrl, clock.now())
  if (known !== undefined) {
    steps.add('federation metadata: remembered')
    return known
  }
  const server = await fetchServer(query, metadataUrl)
  servers.set(metadataUrl, server, clock.now())
  return server
}

async function fetchServer(query: FederationQuery, metadataUrl: string): Promise<FederationServer> {
  const { http, clock, steps, correlationId, signal } = query
  const url = URL.canParse(metadataUrl) ? new URL(metadataUrl) : undefined
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    throw new ServiceError(
      'accessing_ws_metadata_exchange_failed',
      'The address of the federation metadata is not an https URL, so nothing is read from it',
      { correlationId, hint: 'Ask the administrator to give the domain an https address, or pass federationMetadata.' },
    )
  }
  const response = await http.send({
    method: 'GET',
    url,
    headers: { accept: 'application/xml, text/xml, */*' },
    signal,
    retryOn5xx: true,
    correlationId,
    purpose: PURPOSE,
  })
  const { status, body } = response
  steps.add(`federation metadata: GET ${shown(url)} answered ${status}`)
  const nowMs = clock.now()
  const down = statusError(response, { purpose: PURPOSE, correlationId, nowMs })
  if (down !== undefined) throw down
  if (status !== 200) {
    const where = status >= 300 && status < 400 ? ', a redirect that is not followed' : ''
    throw new ServiceError('accessing_ws_metadata_exchange_failed', `${shown(url)} answered HTTP ${status}${where}`, {
      status,
      correlationId,
      retryAfter: parseRetryAfter(response.headers['retry-after'], nowMs),
      responseBody: body,
    })
  }
  return parse(body, url, correlationId)
}

function parse(document: string, location: URL | undefined, correlationId: string): FederationServer {
  try {
    return parseMexDocument(document, location)
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause
    const which = location === undefined ? 'The document in federationMetadata' : `The answer of ${shown(location)}`
    throw new ClientError('parsing_ws_metadata_exchange_failed', `${which} is no MEX document: ${cause.message}`, {
      correlationId,
      cause,
    })
  }
}
