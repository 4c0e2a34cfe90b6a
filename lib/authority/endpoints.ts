/** The endpoints of an authority. Computed from its URL, so that a typing error cannot send a password elsewhere. */
import { type Authority, authorityUrl } from './authority.js'

/** Where the requests of one authority go. */
export interface Endpoints {
  readonly authorize: URL
  readonly token: URL
  /** Absent where the authority offers no device code. */
  readonly deviceCode: URL | undefined
}

/**
 * The endpoints of one of Microsoft's authorities, on the host that requests go to.
 *
 * @throws {ClientError} invalid_authority – the tenant, perhaps a part of an account's id, cannot be one.
 */
export function computeEndpoints(authority: Authority, networkHost: string): Endpoints {
  const base = `${authorityUrl(authority, networkHost)}/oauth2/${authority.kind === 'adfs' ? '' : 'v2.0/'}`
  return {
    authorize: new URL(`${base}authorize`),
    token: new URL(`${base}token`),
    deviceCode: new URL(`${base}devicecode`),
  }
}
