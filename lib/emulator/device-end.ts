/** The end of a sign-in for a device: the device learns what the user decided, the user may close the page. */
import { errorAsPage, page } from './answers.js'
import type { Authorization } from './authorization.js'
import type { WaitingDevice } from './device-codes.js'
import { EntraError } from './entra-error.js'
import type { Exchange, Reply } from './exchange.js'
import type { FlowEnd } from './flow-end.js'
import { noticePage } from './pages/index.js'
import type { TenantState } from './tenant-state.js'

export function deviceEnd(state: TenantState, device: WaitingDevice): FlowEnd {
  const { app, userCode } = device
  return {
    app,
    userCode,
    finish: (exchange, { authorization }) =>
      decide(state, exchange, device, authorization, {
        title: 'You have signed in',
        message: `You have signed in to ${app.name} on your device. You may close this window.`,
      }),
    refuse: exchange =>
      decide(state, exchange, device, 'declined', {
        title: 'You have not signed in',
        message: `${app.name} on your device is told so. You may close this window.`,
      }),
  }
}

function decide(
  state: TenantState,
  exchange: Exchange,
  device: WaitingDevice,
  decision: Authorization | 'declined',
  notice: { title: string; message: string },
): Reply {
  try {
    state.deviceCodes.decide(device, decision, state.clock.now())
  } catch (error) {
    // Somebody else was faster with the same code, or the user too slow; no page of the sign-in could mend that.
    if (error instanceof EntraError) return errorAsPage(error, exchange, state)
    throw error
  }
  return page(200, noticePage({ ...notice, tenantName: state.name }))
}
