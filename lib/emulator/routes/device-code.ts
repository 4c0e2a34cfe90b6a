/** `POST /{tenant}/oauth2/v2.0/devicecode`: a code for a program that has no browser. */
import { json } from '../answers.js'
import { EntraError } from '../entra-error.js'
import { type Exchange, param, type Reply } from '../exchange.js'
import { requireField } from '../grants/grant.js'
import { parseClaims } from '../requested-claims.js'
import { editAnswer } from '../scenario.js'
import { parseScopes } from '../scopes.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'

/** @see [RFC 8628 § 3.1, § 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.1) */
export function deviceCode(exchange: Exchange, state: TenantState): Reply {
  resolveTenant(state, param(exchange, 'tenant'))
  const { scenario } = state
  if (scenario.deviceCodeAadsts !== null) throw new EntraError(scenario.deviceCodeAadsts)
  const app = state.apps.find(requireField(exchange, 'client_id'))
  const lifetimeSeconds = scenario.deviceCodeLifetimeSeconds
  const code = state.deviceCodes.start({
    app,
    scopes: parseScopes(requireField(exchange, 'scope')),
    claims: parseClaims(exchange.form.get('claims')),
    expiresAt: new Date(state.clock.now().getTime() + lifetimeSeconds * 1000),
    intervalSeconds: scenario.deviceCodeIntervalSeconds,
  })
  const verificationUri = `${exchange.origin}/common/oauth2/deviceauth`
  const answer = {
    user_code: code.userCode,
    device_code: state.keepSecret(code.deviceCode),
    verification_uri: verificationUri,
    expires_in: lifetimeSeconds,
    interval: code.intervalSeconds,
    message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${code.userCode} to authenticate.`,
  }
  return json(200, editAnswer(answer, scenario.deviceCodeAnswer))
}
