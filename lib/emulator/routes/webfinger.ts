/** `GET /.well-known/webfinger`: AD FS says that it is the realm that a client is about to trust. */
import { json } from '../answers.js'
import { EntraError } from '../entra-error.js'
import type { Exchange, Reply } from '../exchange.js'
import type { TenantState } from '../tenant-state.js'

const TRUSTED_REALM = 'http://schemas.microsoft.com/rel/trusted-realm'

/**
 * Vouches for the host that was asked; MSAL.NET leaves its port out.
 *
 * @see [RFC 7033 § 4](https://www.rfc-editor.org/rfc/rfc7033#section-4)
 */
export function webfinger({ query, origin }: Exchange, _state: TenantState): Reply {
  const resource = query.get('resource')
  if (resource === undefined) throw new EntraError(900144, { detail: 'resource' })
  const isOwn = URL.canParse(resource) && new URL(resource).hostname === new URL(origin).hostname
  const asked = query.get('rel') ?? TRUSTED_REALM
  if (!isOwn) return json(404, { error: 'not_found' })
  const links = asked === TRUSTED_REALM ? [{ rel: TRUSTED_REALM, href: resource }] : []
  return json(200, { subject: resource, links })
}
