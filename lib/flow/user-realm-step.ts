/** The first step of passwords and Windows sign-ins: asks where the user signs in, and notes it. */
import { findUserRealm, type UserRealm } from '../authority/user-realm.js'
import { ClientError } from '../errors.js'
import type { ValidCommon } from '../request/validate.js'
import { type Steps, shown } from '../wstrust/steps.js'
import type { FlowContext } from './flow-context.js'
import type { TargetWithEndpoints } from './target.js'

/** Whose realm. */
export interface RealmQuestion {
  readonly username: string
  readonly target: TargetWithEndpoints
  readonly desktopSso: boolean
  readonly steps: Steps
}

/**
 * Finds the realm.
 *
 * @throws {ClientError} ropc_not_supported_for_msa – a personal account.
 * @throws {ClientError} or {ServiceError} as listed at findUserRealm.
 */
export async function realmOf(
  { http, clock, realms }: FlowContext,
  { correlationId, signal }: ValidCommon,
  { username, target, desktopSso, steps }: RealmQuestion,
): Promise<UserRealm> {
  const { authority, cloud } = target
  const networkHost = cloud.preferredNetwork
  const query = { http, clock, realms, authority, networkHost, username, desktopSso, correlationId, signal }
  const realm = await findUserRealm(query)
  const { accountType, domainName, metadataUrl } = realm
  const server = accountType === 'federated' ? `, metadata at ${whereIn(metadataUrl)}` : ''
  steps.add(`user realm: ${networkHost} says ${accountType}${server}`)
  if (domainName === 'live.com') throw new ClientError('ropc_not_supported_for_msa', undefined, { correlationId })
  return realm
}

/** It has not been judged yet, and may have a password in it. */
function whereIn(metadataUrl: string | undefined): string {
  if (metadataUrl === undefined) return 'no address'
  return URL.canParse(metadataUrl) ? shown(new URL(metadataUrl)) : 'what is no address'
}
