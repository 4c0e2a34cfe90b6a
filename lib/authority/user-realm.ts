/** Where a user signs in: here, or at a federation server of the organization's. */
import { ClientError } from '../errors.js'
import type { HttpClient } from '../http/http-client.js'
import { statusError } from '../http/status-error.js'
import type { Clock } from '../request/clock.js'

/** What is known about the realm of a user. */
export interface UserRealm {
  readonly accountType: 'managed' | 'federated'
}

/** Realms by cloud and user; of one application, since a singleton would outlive its trust. */
export type UserRealmCache = Map<string, { readonly realm: UserRealm; readonly goodUntil: number }>

/** Whose realm, and what to ask with. */
export interface UserRealmQuery {
  readonly http: HttpClient
  readonly clock: Clock
  readonly realms: UserRealmCache
  /** The cloud's host that requests go to. */
  readonly networkHost: string
  /** User principal name. */
  readonly username: string
  readonly correlationId: string
  readonly signal: AbortSignal | undefined
}

const LIFETIME_MS = 3_600_000
const MOST_REALMS = 1_000

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
  if (realms.size >= MOST_REALMS) realms.clear()
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

async function fetchUserRealm(query: UserRealmQuery): Promise<UserRealm> {
  const { http, networkHost, username, correlationId, signal } = query
  const url = new URL(`https://${networkHost}/common/userrealm/${encodeURIComponent(username)}`)
  url.searchParams.set('api-version', '1.0')
  const response = await http.send({
    method: 'GET',
    url,
    headers: { accept: 'application/json', 'client-request-id': correlationId, 'return-client-request-id': 'true' },
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
  const accountType = status === 200 ? accountTypeOf(body) : undefined
  if (accountType === undefined) {
    throw new ClientError('user_realm_discovery_failed', `User realm discovery answered HTTP ${status}`, {
      correlationId,
    })
  }
  if (accountType === 'managed' || accountType === 'federated') return { accountType }
  throw new ClientError('unknown_user_type', undefined, { correlationId })
}

function accountTypeOf(body: string): string | undefined {
  try {
    const { account_type } = JSON.parse(body) as { account_type?: unknown }
    return typeof account_type === 'string' ? account_type.toLowerCase() : undefined
  } catch {
    return undefined
  }
}
