/** The checked form of a device code request, in one step or in two. */
import { ClientError } from '../errors.js'
import type { DeviceCode, DeviceCodeRequest } from '../request/requests.js'
import { validScopes } from '../request/scopes.js'
import { optionalSeconds, requiredText, type ValidCommon, validCommon } from '../request/validate.js'

/** What the device code flow works from. */
export interface ValidDeviceCodeRequest extends ValidCommon {
  readonly scopes: readonly string[]
  /** Where the code comes from: it is there already, or it is fetched and shown. */
  readonly source: { readonly deviceCode: DeviceCode } | { readonly show: (code: DeviceCode) => void | Promise<void> }
  readonly once: boolean
  readonly timeoutSeconds: number | undefined
}

const refuse = (message: string, hint?: string): never => {
  throw new ClientError('invalid_request', message, { hint })
}

/**
 * Checks a request of acquireTokenByDeviceCode.
 *
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape, or the code is another application's.
 */
export function validDeviceCodeRequest(request: DeviceCodeRequest, clientId: string): ValidDeviceCodeRequest {
  const common = validCommon(request)
  // Callers without types may pass both, or neither.
  const { deviceCodeCallback, deviceCode, poll, timeoutSeconds } = request as Partial<
    Record<'deviceCodeCallback' | 'deviceCode' | 'poll' | 'timeoutSeconds', unknown>
  >
  if ((deviceCodeCallback === undefined) === (deviceCode === undefined)) {
    refuse(
      'either deviceCodeCallback or deviceCode is needed',
      'Pass as deviceCodeCallback a function that shows its message to the user; or what startDeviceCode gave as deviceCode.',
    )
  }
  if (deviceCodeCallback !== undefined && typeof deviceCodeCallback !== 'function') {
    refuse('deviceCodeCallback must be a function')
  }
  if (deviceCodeCallback !== undefined && poll !== undefined) refuse('poll goes with deviceCode only')
  if (poll !== undefined && poll !== 'once' && poll !== 'untilDone') refuse("poll must be 'once' or 'untilDone'")
  const started = deviceCode === undefined ? undefined : validDeviceCode(deviceCode, clientId)
  return Object.freeze({
    ...common,
    scopes: validScopes(request.scopes ?? started?.scopes),
    source: started ? { deviceCode: started } : { show: deviceCodeCallback as (code: DeviceCode) => void },
    once: poll === 'once',
    timeoutSeconds: optionalSeconds(timeoutSeconds, 'timeoutSeconds'),
  })
}

/** It may have been kept as JSON in between, so its date may be text; nothing of the caller's object is changed. */
function validDeviceCode(value: unknown, clientId: string): DeviceCode {
  if (typeof value !== 'object' || value === null) return refuse('deviceCode must be what startDeviceCode gave')
  const code = value as Partial<Record<keyof DeviceCode, unknown>>
  if (code.clientId !== clientId) refuse('deviceCode was started for another clientId')
  // `null`, a number and `true` make dates too, of another day than was meant.
  const isDate = typeof code.expiresOn === 'string' || (typeof code.expiresOn === 'object' && code.expiresOn !== null)
  const expiresOn = new Date(isDate ? (code.expiresOn as string | Date) : Number.NaN)
  if (Number.isNaN(expiresOn.getTime())) refuse('deviceCode.expiresOn is not a date')
  const { intervalSeconds } = code
  if (typeof intervalSeconds !== 'number' || !(intervalSeconds >= 1 && intervalSeconds <= 3_600)) {
    refuse('deviceCode.intervalSeconds must be a number from 1 to 3600')
  }
  requiredText(code.deviceCode, 'deviceCode.deviceCode')
  return { ...(code as DeviceCode), expiresOn }
}
