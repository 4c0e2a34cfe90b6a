/** The device code grant: a device asks whether its user has signed in elsewhere. */
import { EntraError } from '../entra-error.js'
import { parseClaims } from '../requested-claims.js'
import type { Grant } from './grant.js'

/**
 * Redeems a device code, or says why not yet. MSAL Python sends the code under two names, and no scope: the scopes are
 * those that the device asked for at first.
 *
 * @see [RFC 8628 § 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)
 */
export const deviceCode: Grant = ({ exchange, state, app }) => {
  const { form } = exchange
  const code = form.get('device_code') ?? form.get('code')
  if (code === undefined) throw new EntraError(900144, { detail: 'device_code' })
  const claims = form.get('claims')
  const requested = claims === undefined ? undefined : parseClaims(claims)
  const { slowDown } = state.scenario
  const authorization = state.deviceCodes.redeem(code, { clientId: app.clientId, now: state.clock.now(), slowDown })
  return { authorization: { ...authorization, claims: requested ?? authorization.claims } }
}
