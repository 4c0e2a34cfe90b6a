/** An access token of the cache, as flows get to see it. */
import type { AccessTokenItem } from './item.js'

export interface CachedAccessToken {
  readonly accessToken: string
  /** All scopes that were granted. */
  readonly scopes: readonly string[]
  readonly expiresOn: Date
  readonly extendedExpiresOn: Date | undefined
  readonly refreshOn: Date | undefined
  /**
   * `valid`: works for more than five minutes. `extended`: expired, but a resource may still accept it for more than five
   * minutes, should the service be down. `expired`: neither.
   */
  readonly lifetime: 'valid' | 'extended' | 'expired'
}

/** A token with less time than this left may expire on its way. */
const EXPIRY_BUFFER_SECONDS = 300

/** Describes a record; `now` is in Unix seconds. */
export function describeAccessToken(item: AccessTokenItem, secret: string, now: number): CachedAccessToken {
  const { scopes, expiresOn, extendedExpiresOn, refreshOn } = item
  const limit = now + EXPIRY_BUFFER_SECONDS
  const isExtended = extendedExpiresOn !== undefined && extendedExpiresOn > limit
  return {
    accessToken: secret,
    scopes: scopes.granted,
    expiresOn: toDate(expiresOn),
    extendedExpiresOn: extendedExpiresOn === undefined ? undefined : toDate(extendedExpiresOn),
    refreshOn: refreshOn === undefined ? undefined : toDate(refreshOn),
    lifetime: expiresOn > limit ? 'valid' : isExtended ? 'extended' : 'expired',
  }
}

function toDate(unixSeconds: number): Date {
  return new Date(unixSeconds * 1000)
}
