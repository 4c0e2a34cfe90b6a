/** Where a request is addressed: in which dialect, to which tenant and, at B2C, to which policy. */
import { AUTOLOGON_HOST, type TenantHosts } from './hosts.js'

/** The services that the emulator speaks as: Entra, Azure AD B2C, AD FS, and Entra External ID (CIAM). */
export type DialectName = 'entra' | 'b2c' | 'adfs' | 'ciam'

/** An authority, as the path and the host of a request name it. */
export interface Place {
  readonly dialect: DialectName
  /** The path of the authority as the client wrote it, without a slash at the end: `/common`, `/tfp/contoso.com/b2c_1_susi`. */
  readonly base: string
  /** The tenant's segment, lower-case; empty at AD FS, which has none. */
  readonly tenant: string
  /** B2C's policy, lower-case. */
  readonly policy: string | undefined
}

/** The place of requests that are addressed to no authority: the sample API, webfinger. */
export const NO_AUTHORITY: Place = { dialect: 'entra', base: '', tenant: 'common', policy: undefined }

interface Form {
  readonly dialect: DialectName
  readonly path: RegExp
}

const ADFS: Form = { dialect: 'adfs', path: /^\/adfs(?=\/|$)/i }
const B2C: Form = { dialect: 'b2c', path: /^\/tfp\/(?<tenant>[^/]+)\/(?<policy>[^/]+)/i }
const B2C_WITHOUT_TFP: Form = { dialect: 'b2c', path: /^\/(?<tenant>[^/]+)\/(?<policy>b2c_1a?_[^/]+)/i }
const DSTS: Form = { dialect: 'entra', path: /^\/dstsv2\/(?<tenant>[^/]+)/i }
const ENTRA: Form = { dialect: 'entra', path: /^\/(?<tenant>[^/]+)/ }
const CIAM: Form = { dialect: 'ciam', path: /^\/(?<tenant>[^/]+)/ }

/** Takes the authority off the front of a path; `undefined` for a path that no authority of this host has. */
export function findPlace(
  hosts: TenantHosts,
  hostname: string,
  pathname: string,
): { place: Place; rest: string } | undefined {
  for (const { dialect, path } of formsOf(hosts, hostname)) {
    const match = path.exec(pathname)
    if (!match) continue
    const { tenant = '', policy } = match.groups ?? {}
    const place = { dialect, base: match[0], tenant: decode(tenant).toLowerCase(), policy: policy?.toLowerCase() }
    return { place, rest: pathname.slice(match[0].length) }
  }
  return undefined
}

/** What was issued in one place is good in another only if this is so. */
export function isSameRealm(left: Place, right: Place): boolean {
  return left.dialect === right.dialect && left.policy === right.policy
}

/** A host that belongs to one service knows the paths of that one only. */
function formsOf(hosts: TenantHosts, hostname: string): readonly Form[] {
  if (hostname === hosts.adfs) return [ADFS]
  if (hostname === AUTOLOGON_HOST) return [ENTRA]
  if (hostname === hosts.b2c) return [B2C, B2C_WITHOUT_TFP]
  if (hosts.ciam.includes(hostname)) return [CIAM]
  return [ADFS, B2C, B2C_WITHOUT_TFP, DSTS, ENTRA]
}

/** Percent-decodes; a stray percent sign stands for itself, since MSAL.NET sends user names unescaped. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
