/** `/{tenant}/oauth2/deviceauth`: takes the code from the person, then signs the person in for the program that shows it. */
import { page } from '../answers.js'
import type { DeviceCode } from '../device-codes.js'
import { EntraError } from '../entra-error.js'
import { cookie, type Exchange, param, type Reply } from '../exchange.js'
import type { FlowEnd } from '../flow-end.js'
import { deviceCodePage, donePage } from '../pages/index.js'
import { SESSION_COOKIE } from '../sessions.js'
import { proceed } from '../sign-in.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'

export function deviceAuth(exchange: Exchange, state: TenantState): Reply {
  const tenantSegment = param(exchange, 'tenant').toLowerCase()
  resolveTenant(state, tenantSegment)
  const form = { action: exchange.path, hidden: {} }
  const filledIn = exchange.query.get('otc') ?? exchange.query.get('user_code') ?? ''
  if (exchange.method === 'GET') return page(200, deviceCodePage({ form, tenantName: state.name, code: filledIn }))
  const typed = exchange.form.get('otc') ?? exchange.form.get('user_code')
  try {
    const code = state.deviceCodes.find(typed, state.clock.now())
    const flow = state.flows.start({
      startedAt: state.clock.now(),
      tenantSegment,
      end: endAtDevice(code),
      request: {
        scopes: code.scopes,
        claims: code.claims,
        codeChallenge: undefined,
        nonce: undefined,
        // Whoever typed the code has to see for whom and for what, also with a session in this browser.
        prompt: 'select_account',
        loginHint: undefined,
        clientInfo: false,
      },
    })
    return proceed(state, exchange, flow, state.sessions.find(cookie(exchange, SESSION_COOKIE)))
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    return page(200, deviceCodePage({ form, tenantName: state.name, code: typed ?? '', error: error.message }))
  }
}

/** Tells the device, which asks for it, and the person, who is here. */
function endAtDevice(code: DeviceCode): FlowEnd {
  const { app } = code
  return {
    app,
    finish(_state, authorization) {
      code.state = authorization
      const message = `You have signed in to ${app.name} on your device.`
      return page(200, donePage({ title: 'Signed in', message }))
    },
    refuse(_state, _exchange, { error }) {
      code.state = 'declined'
      return page(200, donePage({ title: 'Not signed in', message: error.message }))
    },
  }
}
