/** Where one request goes: its authority, the cloud's names, and the endpoints. */
import { computeEndpoints, type Endpoints } from '../authority/endpoints.js'
import { chooseAuthority, type Target } from '../authority/request-authority.js'
import type { AccountInfo } from '../request/result.js'
import type { ValidCommon } from '../request/validate.js'
import type { FlowContext } from './flow-context.js'

/** A target that requests can be sent to. */
export interface TargetWithEndpoints extends Target {
  readonly endpoints: Endpoints
}

/** Decides where a request goes from what is known without a request: enough to look into the cache. */
export function targetForLookUp(context: FlowContext, request: ValidCommon, account?: AccountInfo): Target {
  const { clouds } = context
  const authority = chooseAuthority(
    {
      application: context.authority,
      requested: request.authority,
      tenantId: request.tenantId,
      homeTenant: account && (homeTenantOf(account) ?? account.tenantId),
      userFlow: account && userFlowOf(account),
    },
    known => clouds.cloudForLookUp(known),
  )
  return { authority, cloud: clouds.cloudForLookUp(authority) }
}

/**
 * The same for a request that sends a credential: an unknown host is asked about first.
 *
 * @throws {ServiceError} invalid_instance – the host is not to be trusted.
 * @throws {ClientError} untrusted_authority, invalid_authority, invalid_issuer – nothing vouches for the host.
 * @throws {ClientError} network_error, … – it could not be found out.
 */
export async function targetForRequest(
  context: FlowContext,
  request: ValidCommon,
  account?: AccountInfo,
): Promise<TargetWithEndpoints> {
  const { authority } = targetForLookUp(context, request, account)
  const cloud = await context.clouds.cloudForRequest(authority, request.correlationId, request.signal)
  if (authority.kind !== 'oidc') {
    return { authority, cloud, endpoints: computeEndpoints(authority, cloud.preferredNetwork) }
  }
  const { discoverOpenIdConfiguration } = await import('../authority/openid-configuration.js')
  const { correlationId, signal } = request
  return { authority, cloud, ...(await discoverOpenIdConfiguration({ ...context, authority, correlationId, signal })) }
}

/** B2C home account ids are `<object ID>-<user flow>.<tenant ID>`. */
function userFlowOf({ homeAccountId }: AccountInfo): string | undefined {
  return /-(b2c_1a?_[\w-]+)(?:\.|$)/i.exec(homeAccountId)?.[1]
}

/** The tenant where a user is at home; undefined for AD FS and for users of providers without tenants. */
export function homeTenantOf({ homeAccountId }: AccountInfo): string | undefined {
  const dot = homeAccountId.indexOf('.')
  return dot === -1 ? undefined : homeAccountId.slice(dot + 1)
}
