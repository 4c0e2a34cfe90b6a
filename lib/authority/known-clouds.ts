/** The public and national clouds, and the host names that mean the same cloud. */

/** One cloud. All hosts are lower-case. */
export interface Cloud {
  /** Host that requests go to. */
  readonly preferredNetwork: string
  /** Host that the cache files tokens under. */
  readonly preferredCache: string
  /** Every host name of this cloud, with which a cached token may be labelled. */
  readonly aliases: ReadonlySet<string>
  /** Host that takes Windows sign-ins of managed users (seamless single sign-on), where one is known. */
  readonly desktopSsoHost?: string
}

const cloud = (preferredNetwork: string, preferredCache: string, ...others: string[]): Cloud => ({
  preferredNetwork,
  preferredCache,
  aliases: new Set([preferredNetwork, preferredCache, ...others]),
})

/** What https://login.microsoftonline.com/common/discovery/instance answers, kept here so that no request is needed. */
const CLOUDS: readonly Cloud[] = [
  {
    ...cloud('login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'),
    desktopSsoHost: 'autologon.microsoftazuread-sso.com',
  },
  cloud('login.partner.microsoftonline.cn', 'login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'),
  cloud('login.microsoftonline.de', 'login.microsoftonline.de'),
  {
    ...cloud('login.microsoftonline.us', 'login.microsoftonline.us', 'login.usgovcloudapi.net'),
    desktopSsoHost: 'autologon.microsoft.us',
  },
  cloud('login-us.microsoftonline.com', 'login-us.microsoftonline.com'),
  cloud('login.windows-ppe.net', 'login.windows-ppe.net', 'sts.windows-ppe.net', 'login.microsoft-ppe.com'),
  cloud('login.sovcloud-identity.fr', 'login.sovcloud-identity.fr'),
  cloud('login.sovcloud-identity.de', 'login.sovcloud-identity.de'),
  cloud('login.sovcloud-identity.sg', 'login.sovcloud-identity.sg'),
]

const BY_HOST = new Map(CLOUDS.flatMap(entry => [...entry.aliases].map(host => [host, entry] as const)))

/** The cloud that a host belongs to, if it is one of Microsoft's. */
export function findKnownCloud(host: string): Cloud | undefined {
  return BY_HOST.get(host)
}

/** A cloud of one host. Its port is part of the name, and other MSALs leave the port out, so both are matched. */
export function singleHostCloud(host: string, path = ''): Cloud {
  if (path !== '') {
    // The cache folds the case of its environments.
    const environment = (host + path).toLowerCase()
    return { preferredNetwork: host, preferredCache: environment, aliases: new Set([environment]) }
  }
  const withoutPort = host.replace(/:\d+$/, '')
  return { preferredNetwork: host, preferredCache: host, aliases: new Set([host, withoutPort]) }
}
