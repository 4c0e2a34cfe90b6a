/** `{authority}/oauth2/deviceauth`: the page where a user types in what a device shows. */
import { page } from '../answers.js'
import { deviceEnd } from '../device-end.js'
import { dialectOf } from '../dialects/index.js'
import { EntraError } from '../entra-error.js'
import type { Exchange, Reply } from '../exchange.js'
import { deviceCodePage } from '../pages/index.js'
import type { Parameters } from '../parameters.js'
import { findSession, proceed } from '../sign-in.js'
import type { TenantState } from '../tenant-state.js'

/** A code in the URL is only filled in: going on is for the user to decide. (RFC 8628 § 3.3.1) */
export function deviceAuth(exchange: Exchange, state: TenantState): Reply {
  const { place } = exchange
  const dialect = dialectOf(place)
  dialect.resolve(state, place)
  const ask = (userCode: string | undefined, error?: string) => {
    const form = { action: `${place.base}/oauth2/deviceauth`, hidden: {} }
    const tenantName = state.name
    return page(
      200,
      deviceCodePage({ form, tenantName, ...(userCode && { userCode }), ...(error !== undefined && { error }) }),
    )
  }
  if (exchange.method !== 'POST') return ask(userCodeOf(exchange.query))

  const userCode = userCodeOf(exchange.form)
  const now = state.clock.now()
  try {
    const device = state.deviceCodes.find(userCode, place, now)
    // Whoever is signed in here must say so: the code may have come from a stranger. (RFC 8628 § 5.4)
    const request = {
      scopes: device.scopes,
      claims: device.claims,
      prompt: 'select_account',
      loginHint: undefined,
    } as const
    const flow = state.flows.start({ startedAt: now, place, end: deviceEnd(state, device), request })
    return proceed(state, exchange, flow, findSession(exchange, state))
  } catch (error) {
    if (error instanceof EntraError) return ask(userCode, dialect.errorText(error))
    throw error
  }
}

function userCodeOf(parameters: Parameters): string | undefined {
  return parameters.get('otc') ?? parameters.get('user_code')
}
