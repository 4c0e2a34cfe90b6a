/** Where a user signs in: here, or at a federation server of the organization's. */
import { ClientError } from '../errors.js'
import type { HttpClient } from '../http/http-client.js'
import { parseJsonObject } from '../http/json-object.js'
import { statusError } from '../http/status-error.js'
import type { Clock } from '../request/clock.js'
import { microsoftHeaders } from '../request/library.js'
import type { Authority } from './authority.js'

/** What is known about the realm of a user. */
export interface UserRealm {
  readonly accountType: 'managed' | 'federated'
  /** Lower-case; `live.com` for personal accounts. */
  readonly domainName: string | undefined
}

/** Realms by cloud and user; of one application, since a singleton would outlive its trust. */
export type UserRealmCache = Map<string, { readonly realm: UserRealm; readonly goodUntil: number }>

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
  readonly correlationId: string
  readonly signal: AbortSignal | undefined
}

const LIFETIME_MS = 3_600_000
const MOST_REALMS = 1_000
const MAX_BYTES = 65_536

/** Do users of this authority sign in at different places, so that one has to ask? */
export function hasUserRealms({ kind }: Authority): boolean {
  return kind === 'aad' || kind === 'dsts'
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
  const known = realms.get(key)
  if (known !== undefined && clock.now() < known.goodUntil) return known.realm
  const realm = await fetchUserRealm(query)
  // In the order of the answers, so that the oldest goes first.
  realms.delete(key)
  const [oldest] = realms.keys()
  if (realms.size >= MOST_REALMS && oldest !== undefined) realms.delete(oldest)
  realms.set(key, { realm, goodUntil: clock.now() + LIFETIME_MS })
  return realm
}

/** Forgets a realm that may be why a sign-in failed: organizations move users from one kind to the other one by one. */
export function forgetUserRealm(query: Pick<UserRealmQuery, 'realms' | 'networkHost' | 'username'>): void {
  query.realms.delete(keyOf(query))
}

function keyOf({ networkHost, username }: Pick<UserRealmQuery, 'networkHost' | 'username'>): string {
  return `${networkHost} ${username.toLowerCase()}`
}

/**
 * The URL to ask. The user name is encoded whole: a guest's has a `#` in it.
 *
 * @throws {ClientError} user_realm_discovery_failed – the name would be read as a step in the path.
 */
export function userRealmUrl(
  query: Pick<UserRealmQuery, 'authority' | 'networkHost' | 'username' | 'correlationId'>,
): URL {
  const { authority, networkHost, username, correlationId } = query
  // A URL parser takes one dot or two for a step between folders, encoded or not.
  if (username === '.' || username === '..') {
    throw new ClientError('user_realm_discovery_failed', undefined, { correlationId })
  }
  const folder = authority.kind === 'dsts' ? '/dstsv2' : ''
  return new URL(`https://${networkHost}${folder}/common/userrealm/${encodeURIComponent(username)}?api-version=1.0`)
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
 * Sample: `{"ver":"1.0","account_type":"Managed","domain_name":"contoso.com","cloud_instance_name":"microsoftonline.com"}`
 *
 * @throws {ClientError} unknown_user_type, user_realm_discovery_failed – as at {@link findUserRealm}.
 */
export function parseUserRealm(status: number, body: string, correlationId: string): UserRealm {
  const answer = parseJsonObject(body)
  if (status !== 200 || answer === undefined) {
    const what = `HTTP ${status}${answer === undefined ? ', not JSON' : ''}`
    throw new ClientError('user_realm_discovery_failed', `User realm discovery answered ${what}`, {
      correlationId,
      // Nothing that a user can type brings about a page.
      hint: answer === undefined ? 'Check whether a proxy or a captive portal answers for the service.' : undefined,
    })
  }
  const { account_type, domain_name } = answer
  const accountType = typeof account_type === 'string' ? account_type.toLowerCase() : ''
  if (accountType === 'managed' || accountType === 'federated') {
    return { accountType, domainName: typeof domain_name === 'string' ? domain_name.toLowerCase() : undefined }
  }
  if (accountType === 'unknown') throw new ClientError('unknown_user_type', undefined, { correlationId })
  throw new ClientError('user_realm_discovery_failed', 'User realm discovery named no account type that is known', {
    correlationId,
  })
}
