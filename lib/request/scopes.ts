/** Scope lists: validate, split, join, and compare without case or order. */
import { ClientError } from '../errors.js'

/** Every request asks for these, so that the answer names the user and can be renewed. */
const ALWAYS_ASKED = ['openid', 'profile', 'offline_access']
const MAX_SCOPES = 200
// "scope-token = 1*( %x21 / %x23-5B / %x5D-7E )" (RFC 6749 § 3.3)
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/

/**
 * Checks a caller's scopes and drops repetitions.
 *
 * @throws {ClientError} empty_scopes – there is none.
 * @throws {ClientError} invalid_request – one of them is not a single scope.
 * @see [RFC 6749 § 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)
 */
export function validScopes(scopes: unknown, field = 'scopes'): readonly string[] {
  if (!Array.isArray(scopes)) {
    throw new ClientError('invalid_request', `${field} must be an array of strings`, {
      hint: `Pass ${field} as an array, for example ${field}: ["User.Read"].`,
    })
  }
  if (scopes.length === 0) throw new ClientError('empty_scopes', `${field} is empty`)
  if (scopes.length > MAX_SCOPES)
    throw new ClientError('invalid_request', `${field} has more than ${MAX_SCOPES} entries`)
  const unique: string[] = []
  for (const scope of scopes) {
    if (typeof scope !== 'string' || !SCOPE_TOKEN.test(scope)) {
      throw new ClientError('invalid_request', `${field} holds something that is not one scope`, {
        hint: 'Pass each scope as an array element of its own, without spaces or quotes.',
      })
    }
    if (!unique.some(known => isSameScope(known, scope))) unique.push(scope)
  }
  return Object.freeze(unique)
}

function isSameScope(one: string, other: string): boolean {
  return one.length === other.length && one.toLowerCase() === other.toLowerCase()
}

/** The scopes that go on the wire: the asked ones and those every request needs. */
export function scopesToSend(...lists: ReadonlyArray<readonly string[]>): string {
  const seen = new Map<string, string>()
  for (const scope of [...lists.flat(), ...ALWAYS_ASKED]) {
    const folded = scope.toLowerCase()
    if (!seen.has(folded)) seen.set(folded, scope)
  }
  return [...seen.values()].join(' ')
}

/** Splits a `scope` field of an answer. */
export function splitScopes(text: string): string[] {
  return text.split(' ').filter(scope => scope !== '')
}

/** One text for all spellings and orders of the same scopes. */
export function scopesKey(scopes: readonly string[]): string {
  return scopes
    .map(scope => scope.toLowerCase())
    .sort()
    .join(' ')
}
