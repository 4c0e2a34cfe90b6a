/** `GET /adfs/services/trust/mex`: which ways to sign in the organization's federation server has, and where. */
import type { Exchange, Reply } from '../exchange.js'
import type { TenantState } from '../tenant-state.js'
import { editedMetadata, federationServer } from '../wstrust/federation-server.js'
import { httpPage } from '../wstrust/http-page.js'
import { writeMex } from '../wstrust/mex.js'

export function mex(exchange: Exchange, state: TenantState): Reply {
  const { federation } = state.scenario
  if (federation.server === 'thirdParty') return httpPage(404)
  const { metadata, disabledEndpoints = [] } = federation
  const scheme = metadata === 'httpAddresses' ? 'http:' : 'https:'
  const base = `${federationServer(exchange, state).replace('https:', scheme)}/adfs/services/trust`
  const disabled: readonly string[] = disabledEndpoints
  const without = (path: string) => metadata === 'noEndpoints' || disabled.includes(path)
  return editedMetadata(writeMex({ base, without }), state)
}
