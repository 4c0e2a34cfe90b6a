/** Entra, which national clouds and dSTS sound like too. */
import { timestampOf } from '../clock.js'
import { EntraError } from '../entra-error.js'
import type { Exchange } from '../exchange.js'
import { cloudOf } from '../hosts.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'
import type { Dialect } from './dialect.js'
import { entraConfiguration } from './entra-configuration.js'
import { encodeClientInfo, entraTokenAnswer } from './entra-tokens.js'

export const entra: Dialect = speakEntra({
  // Their sign-in would go on at AD FS; the emulator takes the password on the spot.
  pagesFor: ['managed', 'federated'],
  resolve: (state, place) => resolveTenant(state, place.tenant),
  devicePage: () => '/common/oauth2/deviceauth',
  issuer: (exchange, tenantId) => {
    // An alias of a cloud signs in the name of the cloud's main host.
    const cloud = cloudOf(new URL(exchange.origin).hostname)
    return `${cloud ? `https://${cloud.preferredNetwork}` : exchange.origin}/${tenantId}/v2.0`
  },
})

/** A service that speaks like Entra but for what is given. */
export function speakEntra(differences: Pick<Dialect, 'pagesFor' | 'resolve' | 'devicePage' | 'issuer'>): Dialect {
  const { issuer, resolve } = differences
  return {
    ...differences,
    passwordsOf: ['managed'],
    sessionCookie: 'ESTSAUTH',
    forgotPassword: false,
    verificationFields: ['verification_uri'],
    assertOffered(exchange, _state, what) {
      if (what !== 'pages' && exchange.form.get('resource') !== undefined) throw new EntraError(901002)
    },
    assertScopes: () => undefined,
    // A user flow belongs to a tenant; at an alias for many nobody knows which.
    offersSignUp: (state, place) => state.scenario.signUp && resolve(state, place) === 'tenant',
    configuration: (exchange, state) =>
      entraConfiguration({ exchange, state, tenant: resolve(state, exchange.place), issuer }),
    clientInfo: (state, _place, user) => encodeClientInfo(user.id, state.id),
    tokenAnswer: issue => entraTokenAnswer(issue, issuer(issue.exchange, issue.state.id)),
    errorText: error => error.message,
    errorBody: (error, exchange, state) => ({
      error: error.error,
      error_description: describe(error, exchange, state),
      error_codes: error.numbers,
      timestamp: timestampOf(state.clock.now()),
      trace_id: exchange.traceId,
      correlation_id: exchange.correlationId,
      error_uri: errorUri(error, exchange),
      ...(error.suberror === undefined ? {} : { suberror: error.suberror }),
      ...(error.claims === undefined ? {} : { claims: error.claims }),
    }),
    errorRedirect: ({ error, subcode }, exchange, state) => ({
      error: error.error,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      error_description: describe(error, exchange, state),
      error_uri: errorUri(error, exchange),
      ...(error.claims === undefined ? {} : { claims: error.claims }),
    }),
  }
}

/** The sentence with the ids that support asks for. */
function describe(error: EntraError, exchange: Exchange, state: TenantState): string {
  const ids = [
    `Trace ID: ${exchange.traceId}`,
    `Correlation ID: ${exchange.correlationId}`,
    `Timestamp: ${timestampOf(state.clock.now())}`,
  ]
  return [error.message, ...ids].join(state.scenario.crlf ? '\r\n' : ' ')
}

function errorUri(error: EntraError, exchange: Exchange): string {
  return `${exchange.origin}/error?code=${error.number}`
}
