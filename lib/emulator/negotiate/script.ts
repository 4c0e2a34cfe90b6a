/** What the scenario tells the scripted acceptor. */

import { isSeamlessSignOn } from '../seamless-sso/address.js'
import type { TenantState } from '../tenant-state.js'
import type { NegotiateLeg } from './acceptor.js'
import type { Script } from './scripted-acceptor.js'

export function scriptOf(state: TenantState, { path }: NegotiateLeg): Script {
  const { windowsUser, windowsVerdict, negotiateLegs = 1, mutualToken = true } = state.scenario.federation
  const kind = isSeamlessSignOn(path) ? 'managed' : 'federated'
  const usual = state.users.find(user => user.kind === kind)
  return {
    user: windowsUser ?? usual?.username ?? '',
    refuses: windowsVerdict === 'refuse',
    legs: negotiateLegs,
    mutual: mutualToken,
  }
}
