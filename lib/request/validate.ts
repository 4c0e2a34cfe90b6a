/** Turns a caller's request into a frozen copy that has been checked; the caller's object is never changed. */
import { ClientError } from '../errors.js'
import type { CommonRequest } from './requests.js'

/** The fields that every flow starts from. */
export interface ValidCommon {
  readonly correlationId: string
  readonly claims: Readonly<Record<string, unknown>> | undefined
  readonly clientCapabilities: readonly string[]
  readonly extraQueryParameters: Readonly<Record<string, string>>
  readonly authority: string | undefined
  readonly tenantId: string | undefined
  readonly signal: AbortSignal | undefined
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
// A tenant is a GUID, a domain name or one of the three words; it becomes a path segment and must stay one.
const TENANT = /^[a-z0-9][a-z0-9._-]{0,254}$/i
const NOTHING: Readonly<Record<string, string>> = Object.freeze({})
const NO_CAPABILITIES: readonly string[] = Object.freeze([])
const MAX_TEXT = 32_768
const MAX_CLAIMS_DEPTH = 64

const refuse = (message: string, hint?: string): never => {
  throw new ClientError('invalid_request', message, { hint })
}

/**
 * Checks that a value is a string of a sensible length, or absent.
 *
 * @throws {ClientError} invalid_request – it is something else.
 */
export function optionalText(value: unknown, field: string, max = MAX_TEXT): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value === '') return refuse(`${field} must be a string that is not empty`)
  if (value.length > max) return refuse(`${field} is longer than ${max} characters`)
  return value
}

/**
 * The same for a field that has to be there.
 *
 * @throws {ClientError} invalid_request – it is missing or not a string.
 */
export function requiredText(value: unknown, field: string, max = MAX_TEXT): string {
  return optionalText(value, field, max) ?? refuse(`${field} is missing`)
}

/**
 * Checks a number of seconds.
 *
 * @throws {ClientError} invalid_request – it is not between 1 second and 1 day.
 */
export function optionalSeconds(value: unknown, field: string): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && value >= 1 && value <= 86_400) return value
  return refuse(`${field} must be a number of seconds between 1 and 86400`)
}

/**
 * Parses a claims request.
 *
 * @throws {ClientError} invalid_json_claims_format – it is not the text of a JSON object.
 * @see [OIDC Core § 5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter)
 */
export function parseClaims(claims: unknown): Readonly<Record<string, unknown>> | undefined {
  if (claims === undefined) return undefined
  if (typeof claims !== 'string' || claims.length > MAX_TEXT) throw new ClientError('invalid_json_claims_format')
  if (claims.trim() === '') return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(claims)
  } catch (cause) {
    throw new ClientError('invalid_json_claims_format', undefined, { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ClientError('invalid_json_claims_format')
  }
  // A challenge comes from whatever API the app talks to, and writing JSON costs stack.
  if (isDeeperThan(MAX_CLAIMS_DEPTH, parsed)) throw new ClientError('invalid_json_claims_format')
  return parsed as Record<string, unknown>
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(member => isDeeperThan(levels - 1, member))
}

function validCapabilities(value: unknown): readonly string[] {
  if (value === undefined) return NO_CAPABILITIES
  const isList = Array.isArray(value) && value.length <= 100
  if (isList && value.every(entry => typeof entry === 'string' && entry !== '' && entry.length <= 256)) {
    return Object.freeze([...value] as string[])
  }
  return refuse('clientCapabilities must be an array of strings')
}

function validQuery(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return NOTHING
  // A list, a Map and URLSearchParams are objects too, but their contents are not their properties.
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) {
    return refuse('extraQueryParameters must be an object whose properties are the parameters')
  }
  const entries = Object.entries(value)
  for (const [name, text] of entries) {
    if (typeof text !== 'string' || name === '') refuse('extraQueryParameters must map names to strings')
    if (text.length > MAX_TEXT) refuse(`${name} of extraQueryParameters is longer than ${MAX_TEXT} characters`)
  }
  return Object.freeze(Object.fromEntries(entries) as Record<string, string>)
}

/**
 * Checks the fields that every request may carry. Each flow adds its own to them and freezes the whole.
 *
 * @throws {ClientError} invalid_request, invalid_json_claims_format – a field has the wrong shape.
 * @throws the signal's reason when it has already fired.
 */
export function validCommon(request: CommonRequest): ValidCommon {
  if (typeof request !== 'object' || request === null) return refuse('the request must be an object')
  const { correlationId, claims, clientCapabilities, extraQueryParameters, authority, tenantId, signal } = request
  if (correlationId !== undefined && !(typeof correlationId === 'string' && GUID.test(correlationId))) {
    refuse('correlationId must be a GUID', 'Leave it out to have one made.')
  }
  if (tenantId !== undefined && !(typeof tenantId === 'string' && TENANT.test(tenantId))) {
    refuse('tenantId must be a GUID or a domain name')
  }
  if (authority !== undefined && tenantId !== undefined) {
    refuse('both authority and tenantId are given', 'The authority already names a tenant; pass one of the two.')
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse('signal must be an AbortSignal')
  signal?.throwIfAborted()
  return {
    correlationId: correlationId ?? crypto.randomUUID(),
    claims: parseClaims(claims),
    clientCapabilities: validCapabilities(clientCapabilities),
    extraQueryParameters: validQuery(extraQueryParameters),
    authority: optionalText(authority, 'authority', 2_048),
    tenantId,
    signal,
  }
}
