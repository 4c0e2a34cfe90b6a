/** The `claims` parameter: client capabilities, and the challenge that a sign-in is to satisfy. */
import { EntraError, POLICY_ID } from './entra-error.js'

/** What the emulator understands of a `claims` parameter; everything else in it is accepted and ignored. */
export interface RequestedClaims {
  /** Client capabilities (`xms_cc`), as `cp1`. */
  readonly capabilities: readonly string[]
  /** The conditional access policy of the emulator was named (`capolids`). */
  readonly policy: boolean
  /** Authentication contexts (`acrs`), as `c1`. */
  readonly contexts: readonly string[]
  /** The claims that were asked for in the ID token. */
  readonly idToken: readonly string[]
}

const MAX_CLAIMS_CHARACTERS = 8192

/**
 * Reads a `claims` parameter.
 *
 * @throws {EntraError} 9002313 – not a JSON object, or too long.
 * @see [OpenID Connect Core § 5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter)
 */
export function parseClaims(text: string | undefined): RequestedClaims {
  const claims = text === undefined ? {} : parseObject(text)
  const accessToken = recordAt(claims, 'access_token')
  return {
    capabilities: valuesOf(accessToken, 'xms_cc'),
    policy: valuesOf(accessToken, 'capolids').includes(POLICY_ID),
    contexts: valuesOf(accessToken, 'acrs'),
    idToken: Object.keys(recordAt(claims, 'id_token')),
  }
}

function parseObject(text: string): Record<string, unknown> {
  const malformed = (why: string) => new EntraError(9002313, { detail: `the parameter 'claims' ${why}` })
  if (text.length > MAX_CLAIMS_CHARACTERS) throw malformed('is too long')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw malformed('is not JSON')
  }
  if (!isRecord(parsed)) throw malformed('is not a JSON object')
  return parsed
}

function recordAt(record: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = record[key]
  return isRecord(value) ? value : {}
}

function valuesOf(record: Record<string, unknown>, key: string): string[] {
  const { value, values } = recordAt(record, key)
  return [value, ...(Array.isArray(values) ? values : [])].filter(item => typeof item === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
