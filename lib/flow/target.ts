/** Where one request goes: its authority, the cloud's names, and the endpoints; and under which names its tokens are filed. */
import { type Authority, type Endpoints, endpointsOf, isMultiTenant, realmsOf } from '../authority/authority.js'
import type { Cloud } from '../authority/known-clouds.js'
import { chooseAuthority } from '../authority/request-authority.js'
import type { AccountInfo } from '../request/result.js'
import type { ValidCommon } from '../request/validate.js'
import type { FlowContext } from './flow-context.js'

/** The authority of one request and the cloud it is in. */
export interface Target {
  readonly authority: Authority
  readonly cloud: Cloud
}

/** Decides where a request goes from what is known without a request: enough to look into the cache. */
export function targetForLookUp(context: FlowContext, request: ValidCommon, account?: AccountInfo): Target {
  const { clouds } = context
  const authority = chooseAuthority(
    {
      application: context.authority,
      requested: request.authority,
      tenantId: request.tenantId,
      homeTenant: account?.homeAccountId.split('.')[1] ?? account?.tenantId,
    },
    known => clouds.cloudForLookUp(known),
  )
  return { authority, cloud: clouds.cloudForLookUp(authority) }
}

/**
 * The same for a request that sends a credential: an unknown host is asked about first.
 *
 * @throws {ServiceError} invalid_instance – the host is not to be trusted.
 * @throws {ClientError} network_error, … – it could not be found out.
 */
export async function targetForRequest(
  context: FlowContext,
  request: ValidCommon,
  account?: AccountInfo,
): Promise<Target & { readonly endpoints: Endpoints }> {
  const { authority } = targetForLookUp(context, request, account)
  const cloud = await context.clouds.cloudForRequest(authority, request.correlationId, request.signal)
  return { authority, cloud, endpoints: endpointsOf(authority, cloud.preferredNetwork) }
}

/** The realms to look under; `undefined` for common and organizations, where any tenant will do. */
export function realmsToFind(authority: Authority): readonly string[] | undefined {
  return isMultiTenant(authority) ? undefined : realmsOf(authority)
}
