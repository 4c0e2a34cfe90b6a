/** What the scenario tells the scripted acceptor. */
import type { EmulatedUser } from '../accounts.js'
import type { Scenario } from '../scenario.js'
import { isSeamlessSignOn } from '../seamless-sso/address.js'
import type { NegotiateLeg } from './acceptor.js'
import type { Script } from './scripted-acceptor.js'

interface Tenant {
  readonly scenario: Scenario
  readonly users: readonly EmulatedUser[]
}

/** The script for a leg, by where it came to: each service has users of its own. */
export function scriptOf({ scenario, users }: Tenant, { path }: NegotiateLeg): Script {
  const { windowsUser, windowsVerdict, negotiateLegs = 1, mutualToken = true } = scenario.federation
  const kind = isSeamlessSignOn(path) ? 'managed' : 'federated'
  const usual = users.find(user => user.kind === kind)
  return {
    user: windowsUser ?? usual?.username ?? '',
    refuses: windowsVerdict === 'refuse',
    legs: negotiateLegs,
    mutual: mutualToken,
  }
}
