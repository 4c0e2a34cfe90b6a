/** `GET /common/userrealm/{upn}?api-version=1.0`: does the user sign in here or at the organization's AD FS? */
import { domainOf } from '../accounts.js'
import { json } from '../answers.js'
import { EntraError } from '../entra-error.js'
import { type Exchange, param, type Reply } from '../exchange.js'
import { editAnswer } from '../scenario.js'
import type { TenantState } from '../tenant-state.js'
import { federationServer } from '../wstrust/federation-server.js'

const CLOUD = { cloud_instance_name: 'microsoftonline.com', cloud_audience_urn: 'urn:federation:MicrosoftOnline' }

/** The version 1.0 answer; version 2 has other fields and no MSAL asks for it. */
export function userRealm(exchange: Exchange, state: TenantState): Reply {
  if (exchange.query.get('api-version') !== '1.0') throw new EntraError(90100, { detail: 'api-version' })
  const username = param(exchange, 'username')
  return json(
    200,
    editAnswer({ ver: '1.0', ...accountType(state, exchange, username), ...CLOUD }, state.scenario.realmAnswer),
  )
}

function accountType(state: TenantState, exchange: Exchange, username: string): Record<string, string> {
  const realm = state.realmOf(username)
  if (realm === 'unknown') return { account_type: 'Unknown' }
  if (realm === 'managed') return { account_type: 'Managed', domain_name: domainOf(username) }
  const server = federationServer(exchange, state)
  return {
    account_type: 'Federated',
    domain_name: domainOf(username),
    federation_protocol: 'WSTrust',
    federation_metadata_url: `${server}/adfs/services/trust/mex`,
    federation_active_auth_url: `${server}/adfs/services/trust/2005/usernamemixed`,
  }
}
