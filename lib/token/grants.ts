/** One pure function for each grant: what the form to the token endpoint says. */

/** Form fields; those that are `undefined` are not sent. */
export type GrantFields = Readonly<Record<string, string | undefined>>

/**
 * A code from the authorize endpoint.
 *
 * @see [RFC 6749 § 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3) and [RFC 7636 § 4.5](https://www.rfc-editor.org/rfc/rfc7636#section-4.5)
 */
export function authorizationCodeGrant(
  code: string,
  redirectUri: string,
  codeVerifier: string | undefined,
): GrantFields {
  return { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier }
}

/**
 * A refresh token.
 *
 * @see [RFC 6749 § 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)
 */
export function refreshTokenGrant(refreshToken: string): GrantFields {
  return { grant_type: 'refresh_token', refresh_token: refreshToken }
}

/**
 * A user name and a password.
 *
 * @see [RFC 6749 § 4.3.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2)
 */
export function passwordGrant(username: string, password: string): GrantFields {
  return { grant_type: 'password', username, password }
}

/**
 * A code that the user approves on another device.
 *
 * @see [RFC 8628 § 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)
 */
export function deviceCodeGrant(deviceCode: string): GrantFields {
  return { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode }
}

/**
 * An assertion of a federation server about the user, as it came. The alphabet is the one of RFC 4648 § 4, with padding, as
 * MSAL.NET sends it; RFC 7522 would have the one for URLs.
 *
 * @see [RFC 7522 § 2.1](https://www.rfc-editor.org/rfc/rfc7522#section-2.1)
 */
export function samlBearerGrant(samlVersion: '1.1' | '2.0', assertion: string): GrantFields {
  const name = samlVersion === '1.1' ? 'saml1_1-bearer' : 'saml2-bearer'
  return {
    grant_type: `urn:ietf:params:oauth:grant-type:${name}`,
    assertion: Buffer.from(assertion, 'utf8').toString('base64'),
  }
}
