/** The host names that the emulator may stand in for: its certificate, its CA's name constraints, its proxy. */

/** Entra's sign-in hosts, public and national, as instance discovery lists them. */
export const CLOUDS: readonly Cloud[] = [
  {
    preferredNetwork: 'login.microsoftonline.com',
    preferredCache: 'login.windows.net',
    aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
  },
  {
    preferredNetwork: 'login.partner.microsoftonline.cn',
    preferredCache: 'login.partner.microsoftonline.cn',
    aliases: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
  },
  {
    preferredNetwork: 'login.microsoftonline.de',
    preferredCache: 'login.microsoftonline.de',
    aliases: ['login.microsoftonline.de'],
  },
  {
    preferredNetwork: 'login.microsoftonline.us',
    preferredCache: 'login.microsoftonline.us',
    aliases: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
  },
  {
    preferredNetwork: 'login-us.microsoftonline.com',
    preferredCache: 'login-us.microsoftonline.com',
    aliases: ['login-us.microsoftonline.com'],
  },
]

interface Cloud {
  readonly preferredNetwork: string
  readonly preferredCache: string
  readonly aliases: readonly string[]
}

/** Microsoft Graph, so that a token can be spent where real programs spend it. */
export const GRAPH_HOST = 'graph.microsoft.com'

/** Seamless single sign-on, where managed users prove who they are by Kerberos. */
export const AUTOLOGON_HOST = 'autologon.microsoftazuread-sso.com'

/** The loopback names and addresses of the emulator's own origin. */
export const LOOPBACK_NAMES: readonly string[] = ['localhost']
export const LOOPBACK_ADDRESSES: readonly string[] = ['127.0.0.1', '::1']

/** The cloud a host belongs to, `undefined` for a host that is none of Microsoft's. */
export function cloudOf(host: string): Cloud | undefined {
  return CLOUDS.find(cloud => cloud.aliases.includes(host))
}

/** The hosts that are one tenant's own. */
export interface TenantHosts {
  readonly adfs: string
  /** `<name>.b2clogin.com`. */
  readonly b2c: string
  /** `<name>.ciamlogin.com`, and the same with the tenant's id, which CIAM issues its tokens under. */
  readonly ciam: readonly string[]
}

/** A tenant's hosts: B2C and CIAM go by the first label of its domain. */
export function tenantHosts(tenant: { id: string; domain: string; federatedDomain: string }): TenantHosts {
  const name = firstLabel(tenant.domain)
  return {
    adfs: `adfs.${tenant.federatedDomain}`,
    b2c: `${name}.b2clogin.com`,
    ciam: [`${name}.ciamlogin.com`, `${tenant.id}.ciamlogin.com`],
  }
}

/** `contoso` of `contoso.onmicrosoft.com`. */
export function firstLabel(domain: string): string {
  return domain.split('.')[0] ?? domain
}

/** Every host but its own that the proxy answers for. */
export function impersonatedHosts(hosts: TenantHosts): string[] {
  return [...CLOUDS.flatMap(cloud => cloud.aliases), GRAPH_HOST, AUTOLOGON_HOST, hosts.adfs, hosts.b2c, ...hosts.ciam]
}

/**
 * The origin that the client sees the emulator under, from the Host header; a name that is none of the
 * emulator's is answered as its own origin.
 */
export function addressOf(host: string, hosts: TenantHosts, ownOrigin: string): { origin: string; local: boolean } {
  const url = URL.canParse(`https://${host}`) ? new URL(`https://${host}`) : new URL(ownOrigin)
  const name = url.hostname.replace(/^\[|\]$/g, '')
  if (impersonatedHosts(hosts).includes(name)) return { origin: url.origin, local: false }
  const loopback = LOOPBACK_NAMES.includes(name) || LOOPBACK_ADDRESSES.includes(name)
  return { origin: loopback ? url.origin : ownOrigin, local: true }
}
