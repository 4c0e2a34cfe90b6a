/** The parameters of an authorization response, each at most once. */

/**
 * Reads `code`, `state`, `error` and the rest from a query or a form.
 *
 * @returns `undefined` when one is repeated: "Request and response parameters MUST NOT be included more than once."
 * @see [RFC 6749 § 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)
 */
export function parseAnswerParameters(encoded: string | URLSearchParams): ReadonlyMap<string, string> | undefined {
  const pairs = [...new URLSearchParams(encoded)]
  const parameters = new Map(pairs)
  return parameters.size === pairs.length ? parameters : undefined
}
