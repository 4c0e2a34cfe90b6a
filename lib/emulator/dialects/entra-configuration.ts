/** Entra's openid-configuration. */
import type { Exchange } from '../exchange.js'
import { GRAPH_HOST } from '../hosts.js'
import { CONSUMERS_TENANT_ID, canonicalSegment, type TenantSegment } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'

/**
 * A tenant asked for by its domain is answered with its GUID; for `common` and `organizations` the issuer has the
 * literal `{tenantid}` in it, since it differs from user to user.
 *
 * @see [OpenID Connect Discovery § 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)
 */
export function entraConfiguration(asked: {
  exchange: Exchange
  state: TenantState
  tenant: TenantSegment
  issuer: (exchange: Exchange, tenantId: string) => string
}): Record<string, unknown> {
  const { exchange, state, tenant, issuer } = asked
  const { base } = exchange.place
  // What stands before the tenant, as dSTS's /dstsv2, stays.
  const canonical = base.slice(0, base.lastIndexOf('/') + 1) + canonicalSegment(state, tenant)
  const issuerTenant = issuerSegment(state, tenant)
  const isV2 = exchange.path.toLowerCase().includes('/v2.0/')
  return {
    ...endpoints(exchange, canonical, isV2 ? '/v2.0' : ''),
    issuer: isV2 ? issuer(exchange, issuerTenant) : `https://sts.windows.net/${issuerTenant}/`,
    ...FEATURES,
  }
}

function issuerSegment(state: TenantState, tenant: TenantSegment): string {
  if (tenant === 'tenant') return state.id
  return tenant === 'consumers' ? CONSUMERS_TENANT_ID : '{tenantid}'
}

function endpoints({ origin, local }: Exchange, base: string, version: '' | '/v2.0'): Record<string, string> {
  const oauth = `${origin}${base}/oauth2${version}`
  return {
    token_endpoint: `${oauth}/token`,
    jwks_uri: `${origin}${base}/discovery${version}/keys`,
    userinfo_endpoint: `${local ? origin : `https://${GRAPH_HOST}`}/oidc/userinfo`,
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    end_session_endpoint: `${oauth}/logout`,
    kerberos_endpoint: `${origin}${base}/kerberos`,
  }
}

/** As the service says it; there is no `code_challenge_methods_supported` in it, though PKCE is supported. */
const FEATURES = {
  token_endpoint_auth_methods_supported: [
    'client_secret_post',
    'private_key_jwt',
    'client_secret_basic',
    'self_signed_tls_client_auth',
  ],
  response_modes_supported: ['query', 'fragment', 'form_post'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
  response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
  scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  request_uri_parameter_supported: false,
  http_logout_supported: true,
  frontchannel_logout_supported: true,
  claims_supported: [
    'sub',
    'iss',
    'aud',
    'exp',
    'iat',
    'auth_time',
    'nonce',
    'preferred_username',
    'name',
    'tid',
    'ver',
    'email',
  ],
  tenant_region_scope: 'EU',
  cloud_instance_name: 'microsoftonline.com',
  cloud_graph_host_name: 'graph.windows.net',
  msgraph_host: 'graph.microsoft.com',
  rbac_url: 'https://pas.windows.net',
}
