/** `GET /common/userrealm/{upn}?api-version=1.0`: does the user sign in here or at the organization's AD FS? */
import { domainOf } from '../accounts.js'
import { json } from '../answers.js'
import { EntraError } from '../entra-error.js'
import { type Exchange, param, type Reply } from '../exchange.js'
import { editAnswer } from '../scenario.js'
import { seamlessBase } from '../seamless-sso/address.js'
import type { TenantState } from '../tenant-state.js'
import { federationServer } from '../wstrust/federation-server.js'
import { THIRD_PARTY_METADATA, THIRD_PARTY_PASSWORD } from '../wstrust/third-party.js'

const CLOUD = { cloud_instance_name: 'microsoftonline.com', cloud_audience_urn: 'urn:federation:MicrosoftOnline' }

/** A user principal name, or a bare domain; neither is a phone number. */
const USER_OR_DOMAIN = /^(?:[^@]+@)?[^@\s.]+(?:\.[^@\s.]+)+$/

/** The domains of personal Microsoft accounts, which are one realm of their own. */
const PERSONAL_DOMAINS = ['live.com', 'outlook.com', 'hotmail.com', 'msn.com']

/** The version 1.0 answer; version 2 has other fields and no MSAL asks for it. */
export function userRealm(exchange: Exchange, state: TenantState): Reply {
  if (exchange.query.get('api-version') !== '1.0') throw new EntraError(90100, { detail: 'api-version' })
  const username = param(exchange, 'username')
  if (!USER_OR_DOMAIN.test(username)) throw new EntraError(90100, { detail: 'user' })
  return json(
    200,
    editAnswer({ ver: '1.0', ...accountType(state, exchange, username), ...CLOUD }, state.scenario.realmAnswer),
  )
}

function accountType(state: TenantState, exchange: Exchange, username: string): Record<string, string> {
  const domain = domainOf(username)
  const realm = state.realmOf(username)
  // Federated with a service that speaks no WS-Trust to others: there are no addresses.
  if (realm === 'unknown' && PERSONAL_DOMAINS.includes(domain)) {
    return { account_type: 'Federated', domain_name: 'live.com', federation_protocol: 'WSTrust' }
  }
  if (realm === 'unknown') return { account_type: 'Unknown' }
  if (realm === 'federated') return federated(domain, federationAddresses(state, exchange))
  if (!isSentToSeamlessSso(state, exchange)) return { account_type: 'Managed', domain_name: domain }
  const base = seamlessBase(exchange, domain)
  const suffix = `?client-request-id=${exchange.correlationId}`
  return federated(domain, { metadata: `${base}/mex${suffix}`, active: `${base}/2005/usernamemixed${suffix}` })
}

interface Addresses {
  metadata: string
  active: string
}

function federated(domain: string, { metadata, active }: Addresses): Record<string, string> {
  return {
    account_type: 'Federated',
    domain_name: domain,
    federation_protocol: 'WSTrust',
    federation_metadata_url: metadata,
    federation_active_auth_url: active,
  }
}

function federationAddresses(state: TenantState, exchange: Exchange): Addresses {
  const { server, metadataScheme } = state.scenario.federation
  const origin = federationServer(exchange, state)
  const [metadata, active] =
    server === 'thirdParty'
      ? [THIRD_PARTY_METADATA, THIRD_PARTY_PASSWORD]
      : ['/adfs/services/trust/mex', '/adfs/services/trust/2005/usernamemixed']
  const scheme = metadataScheme === 'http' ? 'http:' : 'https:'
  return { metadata: `${origin.replace('https:', scheme)}${metadata}`, active: `${origin}${active}` }
}

/** The service tells only some clients of seamless single sign-on. */
function isSentToSeamlessSso(state: TenantState, exchange: Exchange): boolean {
  const { seamlessSso } = state.scenario.federation
  return seamlessSso === 'always' || (seamlessSso === 'asked' && exchange.query.get('iwa') === 'v2')
}
