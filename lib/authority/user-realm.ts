/** Where a user signs in: here, or at a federation server of the organization's. */
import { ClientError, ServiceError } from '../errors.js'
import type { AnswerCache } from '../http/answer-cache.js'
import type { HttpClient } from '../http/http-client.js'
import { parseJsonObject } from '../http/json-object.js'
import { statusError } from '../http/status-error.js'
import type { Clock } from '../request/clock.js'
import { microsoftHeaders } from '../request/library.js'
import { type Authority, CONSUMERS_TENANT } from './authority.js'

/** What is known about the realm of a user. */
export interface UserRealm {
  readonly accountType: 'managed' | 'federated'
  /** Lower-case; `live.com` for personal accounts. */
  readonly domainName: string | undefined
  /** Where the federation server describes itself, as the service gave it. */
  readonly metadataUrl: string | undefined
  /** Where it takes passwords, or Windows sign-ins where the path ends so. */
  readonly activeUrl: string | undefined
  /** For whom its tokens have to be meant. */
  readonly audience: string
}

/** Realms by cloud and user. */
export type UserRealmCache = AnswerCache<UserRealm>

/** Whose realm, and what to ask with. */
export interface UserRealmQuery {
  readonly http: HttpClient
  readonly clock: Clock
  readonly realms: UserRealmCache
  readonly authority: Authority
  /** The cloud's host that requests go to. */
  readonly networkHost: string
  /** User principal name. */
  readonly username: string
  /** Ask for a domain with seamless single sign-on as if it were federated. Default false. */
  readonly desktopSso?: boolean
  readonly correlationId: string
  readonly signal: AbortSignal | undefined
}

const MAX_BYTES = 65_536
const PUBLIC_AUDIENCE = 'urn:federation:MicrosoftOnline'
const ANY_ACCOUNT: ReadonlySet<string> = new Set(['common', 'consumers', CONSUMERS_TENANT])

/** Do users of this authority sign in at different places, so that one has to ask? */
export function hasUserRealms({ kind }: Authority): boolean {
  return kind === 'aad' || kind === 'dsts'
}

/** Are its users not only those of organizations? Then nobody can be signed in by what an organization knows. */
export function isOfAnyAccount({ kind, tenant }: Authority): boolean {
  return kind === 'aad' && ANY_ACCOUNT.has(tenant)
}

/**
 * Finds the realm of a user. Answers are kept for an hour; that a user is unknown, and failures, never.
 *
 * @throws {ClientError} unknown_user_type – the service knows no such domain.
 * @throws {ClientError} user_realm_discovery_failed – it did not say, as for a telephone number.
 * @throws {ServiceError} service_not_available, request_throttled – the service is down or overloaded.
 * @throws {ClientError} network_error, request_timeout, … – it could not be asked.
 */
export async function findUserRealm(query: UserRealmQuery): Promise<UserRealm> {
  const { clock, realms } = query
  const key = keyOf(query)
  const known = realms.get(key, clock.now())
  if (known !== undefined) return known
  const realm = await fetchUserRealm(query)
  realms.set(key, realm, clock.now())
  return realm
}

/** Forgets a realm that may be why a sign-in failed: organizations move users from one kind to the other one by one. */
export function forgetUserRealm(query: RealmKey & Pick<UserRealmQuery, 'realms'>): void {
  query.realms.delete(keyOf(query))
}

type RealmKey = Pick<UserRealmQuery, 'networkHost' | 'username' | 'desktopSso'>

function keyOf({ networkHost, username, desktopSso = false }: RealmKey): string {
  return `${networkHost} ${desktopSso} ${username.toLowerCase()}`
}

/**
 * The URL to ask. The user name is encoded whole: a guest's has a `#` in it.
 *
 * @throws {ClientError} user_realm_discovery_failed – the name would be read as a step in the path.
 */
export function userRealmUrl(
  query: Pick<UserRealmQuery, 'authority' | 'networkHost' | 'username' | 'desktopSso' | 'correlationId'>,
): URL {
  const { authority, networkHost, username, desktopSso = false, correlationId } = query
  // A URL parser takes one dot or two for a step between folders, encoded or not.
  if (username === '.' || username === '..') {
    throw new ClientError('user_realm_discovery_failed', undefined, { correlationId })
  }
  const folder = authority.kind === 'dsts' ? '/dstsv2' : ''
  const url = new URL(
    `https://${networkHost}${folder}/common/userrealm/${encodeURIComponent(username)}?api-version=1.0`,
  )
  if (desktopSso) url.searchParams.set('iwa', 'v2')
  return url
}

async function fetchUserRealm(query: UserRealmQuery): Promise<UserRealm> {
  const { http, correlationId, signal } = query
  const response = await http.send({
    method: 'GET',
    url: userRealmUrl(query),
    headers: { ...microsoftHeaders(correlationId), accept: 'application/json' },
    maxBytes: MAX_BYTES,
    signal,
    retryOn5xx: true,
    correlationId,
    purpose: 'user realm discovery',
  })
  const refusal = statusError(response, { purpose: 'user realm discovery', correlationId, nowMs: query.clock.now() })
  if (refusal !== undefined) throw refusal
  return parseUserRealm(response.status, response.body, correlationId)
}

/**
 * Judges the answer.
 *
 * Sample: `{"ver":"1.0","account_type":"Federated","domain_name":"contoso.com","federation_metadata_url":"https://adfs.contoso.com/adfs/services/trust/mex","cloud_audience_urn":"urn:federation:MicrosoftOnline"}`
 *
 * @throws {ClientError} unknown_user_type, user_realm_discovery_failed – as at {@link findUserRealm}.
 */
export function parseUserRealm(status: number, body: string, correlationId: string): UserRealm {
  const answer = parseJsonObject(body)
  if (status !== 200 || answer === undefined) {
    const what = `HTTP ${status}${answer === undefined ? ', not JSON' : ''}`
    throw new ClientError('user_realm_discovery_failed', `User realm discovery answered ${what}`, {
      correlationId,
      cause: new ServiceError('http_status_not_200', `User realm discovery answered ${what}`, {
        status,
        correlationId,
        responseBody: body,
      }),
      // Nothing that a user can type brings about a page.
      hint: answer === undefined ? 'Check whether a proxy or a captive portal answers for the service.' : undefined,
    })
  }
  const text = (name: string): string | undefined => {
    const value = answer[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const accountType = text('account_type')?.toLowerCase()
  if (accountType === 'managed' || accountType === 'federated') {
    return {
      accountType,
      domainName: text('domain_name')?.toLowerCase(),
      metadataUrl: text('federation_metadata_url'),
      activeUrl: text('federation_active_auth_url'),
      audience: text('cloud_audience_urn') ?? PUBLIC_AUDIENCE,
    }
  }
  if (accountType === 'unknown') throw new ClientError('unknown_user_type', undefined, { correlationId })
  throw new ClientError('user_realm_discovery_failed', 'User realm discovery named no account type that is known', {
    correlationId,
  })
}
