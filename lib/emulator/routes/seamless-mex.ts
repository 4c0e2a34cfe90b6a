/** `GET /{tenant}/winauth/trust/mex` of seamless single sign-on: the two ways in that it has. */
import type { Exchange, Reply } from '../exchange.js'
import { seamlessBase } from '../seamless-sso/address.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'
import { editedMetadata } from '../wstrust/federation-server.js'
import { writeMex } from '../wstrust/mex.js'

const ENDPOINTS = ['2005/windowstransport', '2005/usernamemixed']

export function seamlessMex(exchange: Exchange, state: TenantState): Reply {
  const { place, query } = exchange
  resolveTenant(state, place.tenant)
  const id = query.get('client-request-id')
  return editedMetadata(
    writeMex({
      base: seamlessBase(exchange, place.tenant),
      without: path => !ENDPOINTS.includes(path),
      suffix: id === undefined ? '' : `?${new URLSearchParams({ 'client-request-id': id })}`,
    }),
    state,
  )
}
