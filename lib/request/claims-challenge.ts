/** Reads the claims challenge of a web API: what a new token has to satisfy. */

/** A header beyond this is no challenge of an API that means well. */
const MAX_HEADER = 16_384
// "challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]" (RFC 9110 § 11.3). One step of the scanner each.
const SEPARATORS = /[\s,]*/y
const PARAMETER = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))/y
const SCHEME = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s+[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$)))?/y
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/**
 * The claims of a `WWW-Authenticate` header, as JSON text for `claims` of the next request; `undefined` when it has none.
 *
 * Sample: `Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="`
 *
 * @see [RFC 9110 § 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1) and [Claims challenges](https://learn.microsoft.com/entra/identity-platform/claims-challenge)
 */
export function parseClaimsChallenge(header: string | null | undefined): string | undefined {
  if (typeof header !== 'string' || header.length > MAX_HEADER) return undefined
  let scheme = ''
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(header)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  while (at < header.length) {
    take(SEPARATORS)
    const parameter = take(PARAMETER)
    if (parameter !== null) {
      const [, name = '', quoted, token = ''] = parameter
      if (scheme !== 'bearer' || name.toLowerCase() !== 'claims') continue
      return jsonOf(quoted?.replace(/\\(.)/g, '$1') ?? token)
    }
    const next = take(SCHEME)
    if (next === null) return undefined
    scheme = (next[1] ?? '').toLowerCase()
  }
  return undefined
}

function jsonOf(text: string): string | undefined {
  const json = BASE64.test(text) ? Buffer.from(text, 'base64').toString('utf8') : text
  try {
    const claims: unknown = JSON.parse(json)
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? json : undefined
  } catch {
    return undefined
  }
}
