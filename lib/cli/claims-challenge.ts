/** Reads the challenge with which an API demands more of a token: continuous access evaluation, authentication contexts. */

// A scheme, or a parameter with its value as a token or in quotes. (RFC 9110 § 11.6.1)
const PART = /[\s,]*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+)))?/y

/**
 * The claims, as JSON text, that a WWW-Authenticate header asks for, or `undefined` when it asks for none.
 *
 * @see [RFC 6750 § 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)
 */
export function claimsChallenge(header: string | undefined): string | undefined {
  for (const { scheme, parameters } of challenges(header ?? '')) {
    const claims = parameters.get('claims')
    if (scheme !== 'bearer' || parameters.get('error') !== 'insufficient_claims' || claims === undefined) continue
    const text = Buffer.from(claims, 'base64').toString('utf8')
    if (isJsonObject(text)) return text
  }
  return undefined
}

function challenges(header: string): { scheme: string; parameters: Map<string, string> }[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = []
  const parts = new RegExp(PART)
  for (let part = parts.exec(header); part !== null; part = parts.exec(header)) {
    const [, name = '', quoted, plain] = part
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain
    if (value === undefined) found.push({ scheme: name.toLowerCase(), parameters: new Map() })
    else found.at(-1)?.parameters.set(name.toLowerCase(), value)
  }
  return found
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
