/** Who signs: the `iss` that tokens and openid-configuration agree on. */
import type { Exchange } from './exchange.js'
import { cloudOf } from './hosts.js'

/** The issuer of v2 tokens for a tenant; an alias of a cloud signs in the name of the cloud's main host. */
export function issuerOf(exchange: Exchange, tenantId: string): string {
  const host = new URL(exchange.origin).hostname
  const cloud = cloudOf(host)
  return `${cloud ? `https://${cloud.preferredNetwork}` : exchange.origin}/${tenantId}/v2.0`
}
