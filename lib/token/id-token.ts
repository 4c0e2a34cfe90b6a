/** Decodes the ID token and checks that it was issued for this application, this sign-in and this authority. */
import { type Authority, CONSUMERS_TENANT } from '../authority/authority.js'
import type { Cloud } from '../authority/known-clouds.js'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'
import type { IdTokenClaims } from '../request/result.js'

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/
const CLOCK_SKEW_SECONDS = 300
const TEXT_CLAIMS = 'iss sub nonce oid tid preferred_username upn email name given_name family_name'.split(' ')
const NUMBER_CLAIMS = ['exp', 'nbf', 'iat']

/**
 * Decodes the claims. The signature is not checked: the token came over TLS straight from the token endpoint.
 *
 * @throws {ClientError} invalid_jwt – it is not a JSON Web Token.
 * @see [OIDC Core § 3.1.3.7, item 6](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)
 */
export function decodeIdToken(idToken: string, correlationId?: string): IdTokenClaims {
  const payload = idToken.split('.')[1]
  if (payload === undefined) throw new ClientError('invalid_jwt', undefined, { correlationId })
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) throw new TypeError('not an object')
    return dropMistyped(claims as Record<string, unknown>)
  } catch {
    // The parser's own message quotes the text, which is about a person.
    throw new ClientError('invalid_jwt', undefined, { correlationId })
  }
}

/** A common claim of another type than its own counts as absent, so that the rest of the library can rely on the types. */
function dropMistyped(claims: Record<string, unknown>): IdTokenClaims {
  for (const name of TEXT_CLAIMS) if (typeof claims[name] !== 'string') delete claims[name]
  for (const name of NUMBER_CLAIMS) if (typeof claims[name] !== 'number') delete claims[name]
  return claims
}

/** What an ID token is held against. */
export interface IdTokenExpectation {
  readonly clientId: string
  readonly authority: Authority
  readonly cloud: Cloud
  /** The discovered issuer; `undefined` where it follows from the authority. */
  readonly issuer: string | undefined
  /** Sent with the authorize request, if there was one. */
  readonly nonce: string | undefined
  readonly nowMs: number
  readonly correlationId: string
  readonly logger: Logger
}

/**
 * Checks audience, issuer and nonce. A token that has expired only warns, since the clock of this machine may be off.
 *
 * @throws {ClientError} invalid_audience, invalid_issuer, nonce_mismatch – the token was not issued for this sign-in.
 * @see [OIDC Core § 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)
 */
export function checkIdToken(claims: IdTokenClaims, expected: IdTokenExpectation): void {
  const { clientId, nonce, nowMs, correlationId, logger } = expected
  const audience: unknown = claims.aud
  const audiences = Array.isArray(audience) ? audience : [audience]
  if (!audiences.some(entry => typeof entry === 'string' && entry.toLowerCase() === clientId.toLowerCase())) {
    throw new ClientError('invalid_audience', undefined, { correlationId })
  }
  if (!isIssuerOf(claims, expected)) {
    throw new ClientError('invalid_issuer', `The ID token was issued by ${String(claims.iss)}`, { correlationId })
  }
  if (nonce !== undefined && claims.nonce !== nonce) {
    throw new ClientError('nonce_mismatch', undefined, { correlationId })
  }
  const nowSeconds = nowMs / 1000
  if (typeof claims.exp === 'number' && claims.exp + CLOCK_SKEW_SECONDS < nowSeconds) {
    logger.warning('the ID token has already expired: check the clock of this machine')
  }
}

/** The issuer that was discovered, or one on a host of the cloud and of the tenant that was asked. */
export function isIssuerOf(
  claims: Pick<IdTokenClaims, 'iss' | 'tid'>,
  { authority, cloud, issuer: discovered }: Pick<IdTokenExpectation, 'authority' | 'cloud' | 'issuer'>,
): boolean {
  if (typeof claims.iss !== 'string') return false
  if (discovered !== undefined) return claims.iss === discovered
  if (!URL.canParse(claims.iss)) return false
  const issuer = new URL(claims.iss)
  if (issuer.protocol !== 'https:') return false
  const isOwnHost = cloud.aliases.has(issuer.host.toLowerCase())
  // External ID issues in the name of the tenant's GUID: https://<GUID>.ciamlogin.com/<GUID>/v2.0.
  if (authority.kind === 'ciam') return isOwnHost || issuer.hostname.endsWith('.ciamlogin.com')
  return isOwnHost && (authority.kind !== 'aad' || isIssuerOfTenant(claims, issuer, authority.tenant))
}

/** `https://<host of the cloud>/<tid>/v2.0`, or `https://sts.windows.net/<tid>/` for v1 tokens. */
function isIssuerOfTenant({ tid }: Pick<IdTokenClaims, 'tid'>, issuer: URL, authorityTenant: string): boolean {
  const tenant = issuer.pathname.split('/')[1]?.toLowerCase()
  if (typeof tid === 'string' && tid.toLowerCase() !== tenant) return false
  const asked = authorityTenant === 'consumers' ? CONSUMERS_TENANT : authorityTenant
  return GUID.test(asked) ? tenant === asked : true
}
