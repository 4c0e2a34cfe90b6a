/** `POST {authority}/oauth2/v2.0/devicecode`, at AD FS without the version: a device asks for a code to show to its user. */
import { json } from '../answers.js'
import { dialectOf } from '../dialects/index.js'
import { EntraError } from '../entra-error.js'
import type { Exchange, Reply } from '../exchange.js'
import { requireField } from '../grants/grant.js'
import { parseClaims } from '../requested-claims.js'
import { editAnswer, type Scenario } from '../scenario.js'
import { parseScopes } from '../scopes.js'
import type { TenantSegment } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'

/**
 * The codes, and where the user types theirs in: on the host that was asked, since nothing stands in for
 * microsoft.com here.
 *
 * @see [RFC 8628 § 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.2)
 */
export function deviceCode(exchange: Exchange, state: TenantState): Reply {
  if (exchange.method !== 'POST') throw new EntraError(900561, { detail: 'POST' })
  const { scenario } = state
  const { place } = exchange
  const dialect = dialectOf(place)
  assertServed(dialect.resolve(state, place), scenario.deviceCodeAliases)
  const { deviceCode, userCode } = state.deviceCodes.issue({
    app: state.apps.find(requireField(exchange, 'client_id')),
    place,
    scopes: parseScopes(requireField(exchange, 'scope')),
    claims: parseClaims(exchange.form.get('claims')),
    expiresAt: new Date(state.clock.now().getTime() + scenario.deviceCodeLifetimeSeconds * 1000),
    intervalSeconds: scenario.pollIntervalSeconds,
  })
  const verificationUri = `${exchange.origin}${dialect.devicePage(place)}`
  const answer = {
    user_code: userCode,
    device_code: state.keepSecret(deviceCode),
    ...named(dialect.verificationFields, '', verificationUri),
    ...(scenario.verificationUriComplete
      ? named(dialect.verificationFields, '_complete', `${verificationUri}?user_code=${userCode}`)
      : {}),
    expires_in: scenario.deviceCodeLifetimeSeconds,
    interval: scenario.pollIntervalSeconds,
    message: `To sign in, open the page ${verificationUri} in a browser and enter the code ${userCode}.`,
  }
  return json(200, editAnswer(answer, scenario.deviceCodeAnswer))
}

function named(fields: readonly string[], suffix: string, value: string): Record<string, string> {
  return Object.fromEntries(fields.map(field => [`${field}${suffix}`, value]))
}

function assertServed(tenant: TenantSegment, aliases: Scenario['deviceCodeAliases']): void {
  if (aliases === 'noTenantInfo' && (tenant === 'common' || tenant === 'organizations')) throw new EntraError(50059)
  if (tenant === 'consumers' || (aliases === 'unsupported' && tenant === 'common')) throw new EntraError(90133)
}
