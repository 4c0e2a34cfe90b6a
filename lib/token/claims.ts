/** The `claims` parameter: the caller's claims with the client capabilities merged in. */

/**
 * Merges capabilities of the application and of the request into a claims request as `access_token.xms_cc`; `undefined`
 * when there is nothing to send.
 *
 * @see [OIDC Core § 5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter)
 */
export function buildClaims(
  claims: Readonly<Record<string, unknown>> | undefined,
  ...lists: ReadonlyArray<readonly string[]>
): string | undefined {
  const capabilities = [...new Set(lists.flat())]
  if (capabilities.length === 0) return claims === undefined ? undefined : JSON.stringify(claims)
  const accessToken = typeof claims?.access_token === 'object' ? (claims.access_token as object) : {}
  return JSON.stringify({ ...claims, access_token: { ...accessToken, xms_cc: { values: capabilities } } })
}
