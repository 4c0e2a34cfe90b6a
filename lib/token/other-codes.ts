/** What to do next for the codes of B2C and AD FS, which stand in the text of a refusal only. For hints: nothing branches on them. */

/** One row: what the code means, and the next step in one sentence. */
export interface OtherCodeEntry {
  readonly name: string
  readonly hint: string
}

/** Rows that call for the same next step. */
function rows(hint: string, names: Readonly<Record<string, string>>): [string, OtherCodeEntry][] {
  return Object.entries(names).map(([code, name]) => [code, { name, hint }])
}

const CHECK_CREDENTIALS = 'Ask for the user name and the password again.'
const CHECK_SCOPES =
  'Ask for a scope that the app may have: one of a web API, or the client ID itself; openid alone brings no access token.'
const PUBLIC_CLIENT = 'Allow public client flows in the app registration of the B2C tenant, under Authentication.'
const SIGN_IN_AGAIN = 'Call acquireTokenInteractive so that the user signs in again.'
const AD_FS_APPLICATION =
  'Check the clientId, and that the app is registered as a native application in an application group of the AD FS server.'
const AD_FS_PERMISSION =
  'Have the web API of the scopes registered on the AD FS server, and the app permitted to use it with these scopes.'

/**
 * The table, ordered by what happened.
 *
 * @see [Error codes of Azure AD B2C](https://learn.microsoft.com/azure/active-directory-b2c/error-codes)
 */
export const OTHER_CODES: ReadonlyMap<string, OtherCodeEntry> = new Map([
  // Who signs in
  ...rows(CHECK_CREDENTIALS, {
    AADB2C90052: 'wrong user name or password',
    AADB2C90053: 'no such user',
    AADB2C90054: 'wrong user name or password',
    AADB2C90225: 'wrong user name or password',
    MSIS9659: 'wrong user name or password',
  }),
  ...rows('Wait before the next try, or have an administrator unlock the account.', {
    AADB2C90111: 'account locked',
    AADB2C90114: 'account locked for a while',
  }),
  ...rows('Call acquireTokenInteractive with the authority of the user flow that resets passwords.', {
    AADB2C90118: 'the user forgot the password',
  }),
  ...rows('The user cancelled; offer the sign-in again when the user asks for it.', {
    AADB2C90091: 'the user cancelled',
  }),
  ...rows(SIGN_IN_AGAIN, {
    AADB2C90077: 'nobody is signed in and the page may not ask',
    AADB2C90080: 'code or refresh token expired',
    AADB2C90085: 'the service failed and wants a new sign-in',
    AADB2C90128: 'the account does not exist any more',
    AADB2C90129: 'sign-in revoked',
    MSIS9615: 'refresh token expired',
  }),
  ...rows('Start the sign-in again; a code can be redeemed once, and only for a few minutes.', {
    MSIS9612: 'code not valid',
  }),
  ...rows('Use the authority, with its user flow, that the user signed in with.', {
    AADB2C90088: 'code or refresh token of another tenant or user flow',
  }),

  // The app registration and what it asks for
  ...rows(CHECK_SCOPES, {
    AADB2C90012: 'scope not supported',
    AADB2C90055: 'scope names no resource',
    AADB2C90115: 'scope names neither a resource nor the client ID',
    AADB2C90117: 'scope not supported',
  }),
  ...rows('Ask for the scopes of one resource at a time.', { AADB2C90146: 'scopes of several resources' }),
  ...rows(PUBLIC_CLIENT, {
    AADB2C90057: 'app not configured for the implicit flow',
    AADB2C90058: 'app not configured for public clients',
    AADB2C90079: 'client secret is missing',
    AADB2C90224: 'app not configured for the resource owner password flow',
  }),
  ...rows('Register the app in the B2C tenant, for accounts of any identity provider, and use its client ID.', {
    AADB2C90018: 'client ID is not registered in the tenant',
    AADB2C90068: 'app was not made for B2C',
    AADB2C90248: 'app was not made in the B2C portal',
  }),
  ...rows(AD_FS_APPLICATION, {
    MSIS9607: 'client ID is not registered',
    MSIS9622: 'client secret is missing or wrong',
  }),
  ...rows(AD_FS_PERMISSION, {
    MSIS9602: 'resource is not registered',
    MSIS9605: 'app is not permitted to use the resource',
  }),
  ...rows('This authority does not offer this kind of sign-in; use acquireTokenInteractive, or another user flow.', {
    AADB2C90086: 'grant type not supported',
    MSIS9611: 'grant type not supported',
  }),

  // The service
  ...rows('Try again in a minute.', {
    AADB2C90035: 'service not available for a moment',
    AADB2C90037: 'the service failed',
    AADB2C90048: 'the service failed',
    AADB2C90244: 'too many requests',
  }),
  ...rows('Ask whoever runs the web API that the user flow calls, with the correlation ID.', {
    AADB2C90075: 'a web API of the user flow failed',
    AADB2C90261: 'a web API of the user flow failed',
  }),
])

const CODE = /\b(?:AADB2C\d{5}|MSIS\d{4})\b/g

/** The hint of the last code in a description that has one. */
export function hintInText(description: string): string | undefined {
  const known = description.match(CODE)?.findLast(code => OTHER_CODES.has(code))
  return known === undefined ? undefined : OTHER_CODES.get(known)?.hint
}
