/** The device_code grant: a program asks whether its code was approved. */

import { EntraError } from '../entra-error.js'
import type { Exchange } from '../exchange.js'
import type { Grant } from './grant.js'

/**
 * Redeems an approved device code. MSAL Python sends it as `code` too, and older clients as nothing else.
 *
 * @see [RFC 8628 § 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)
 */
export const deviceCode: Grant = ({ exchange, state, app }) => {
  const { deviceCodeSlowDown: slowDown } = state.scenario
  const authorization = state.deviceCodes.poll({ deviceCode: codeOf(exchange), app, now: state.clock.now(), slowDown })
  return { authorization }
}

function codeOf(exchange: Exchange): string {
  const code = exchange.form.get('device_code') ?? exchange.form.get('code')
  if (code === undefined) throw new EntraError(900144, { detail: 'device_code' })
  return code
}
