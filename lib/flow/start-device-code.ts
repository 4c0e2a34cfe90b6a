/** Asks for a device code: what the user types on another device. */
import { isMicrosofts } from '../authority/authority.js'
import { ClientError } from '../errors.js'
import type { DeviceCode, StartDeviceCodeRequest } from '../request/requests.js'
import { scopesToSend, validScopes } from '../request/scopes.js'
import { type ValidCommon, validCommon } from '../request/validate.js'
import { buildClaims } from '../token/claims.js'
import { fetchDeviceCode } from '../token/device-code-endpoint.js'
import type { FlowContext } from './flow-context.js'
import { targetForRequest } from './target.js'

/** The checked form of a request that starts a device code sign-in. */
export interface ValidStartRequest extends ValidCommon {
  readonly scopes: readonly string[]
}

/**
 * Checks a request of startDeviceCode.
 *
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 */
export function validStartRequest(request: StartDeviceCodeRequest): ValidStartRequest {
  return Object.freeze({ ...validCommon(request), scopes: validScopes(request.scopes) })
}

/**
 * Gets a device code.
 *
 * @throws {ClientError} device_code_not_supported – the authority has no endpoint for it.
 * @throws {ServiceError} or {ClientError} as listed at fetchDeviceCode.
 * @see [RFC 8628 § 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1)
 */
export async function startDeviceCode(context: FlowContext, request: ValidStartRequest): Promise<DeviceCode> {
  const { endpoints, authority } = await targetForRequest(context, request)
  if (endpoints.deviceCode === undefined) {
    throw new ClientError('device_code_not_supported', undefined, { correlationId: request.correlationId })
  }
  const started = await fetchDeviceCode(context, {
    endpoint: endpoints.deviceCode,
    clientId: context.clientId,
    isMicrosofts: isMicrosofts(authority),
    scope: scopesToSend(request.scopes),
    claims: buildClaims(request.claims, context.clientCapabilities, request.clientCapabilities),
    correlationId: request.correlationId,
    extraQueryParameters: request.extraQueryParameters,
    signal: request.signal,
  })
  return { ...started, clientId: context.clientId, scopes: [...request.scopes] }
}
