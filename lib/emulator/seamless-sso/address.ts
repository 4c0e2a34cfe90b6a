/** Where seamless single sign-on is for a client. */
import type { Exchange } from '../exchange.js'
import { AUTOLOGON_HOST } from '../hosts.js'

/** Its address for a domain, up to the name of the endpoint. On the tenant's own origin it is there too. */
export function seamlessBase(exchange: Exchange, domain: string): string {
  return `${exchange.local ? exchange.origin : `https://${AUTOLOGON_HOST}`}/${domain}/winauth/trust`
}

/** Is this the path of one of its endpoints? */
export function isSeamlessSignOn(path: string): boolean {
  return /^\/[^/]+\/winauth\/trust\//i.test(path)
}
