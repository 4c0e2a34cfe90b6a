/** What to do next for the codes of B2C and AD FS, which stand in the text of their refusals only. For hints: nothing branches on them. */

const CHECK_CREDENTIALS = 'Ask for the user name and the password again.'
const CHECK_SCOPES =
  'Ask for a scope of an API, or for the client ID itself as scope; openid alone brings no access token.'
const SIGN_IN_AGAIN = 'Call acquireTokenInteractive with the same user flow so that the user signs in again.'

const HINTS: ReadonlyMap<string, string> = new Map([
  ['AADB2C90225', CHECK_CREDENTIALS],
  ['AADB2C90057', 'Allow public client flows in the app registration of the B2C tenant.'],
  ['AADB2C90058', 'Allow public client flows in the app registration of the B2C tenant.'],
  ['AADB2C90075', 'Check that the user flow of the authority is one for resource owner passwords (ROPC).'],
  ['AADB2C90117', CHECK_SCOPES],
  ['AADB2C90055', CHECK_SCOPES],
  [
    'AADB2C90118',
    'The user forgot the password: call acquireTokenInteractive with the authority of the password reset user flow.',
  ],
  ['AADB2C90091', 'The user cancelled; offer the sign-in again when the user asks for it.'],
  ['AADB2C90077', SIGN_IN_AGAIN],
  ['AADB2C90080', SIGN_IN_AGAIN],
  ['AADB2C90088', 'The refresh token belongs to another user flow; use the authority that the user signed in with.'],
  ['AADB2C90129', SIGN_IN_AGAIN],
  ['MSIS9659', CHECK_CREDENTIALS],
  [
    'MSIS9607',
    'Check the clientId, and that the application is registered on the AD FS server as a native application.',
  ],
  [
    'MSIS9602',
    'Check that the resource of the scopes is registered on the AD FS server and granted to the application.',
  ],
])

const CODE = /\b(?:AADB2C\d{5}|MSIS\d{4})\b/g

/** The hint of the last code in a description that has one. */
export function hintInText(description: string): string | undefined {
  const codes = description.match(CODE) ?? []
  const known = codes.findLast(code => HINTS.has(code))
  return known === undefined ? undefined : HINTS.get(known)
}
