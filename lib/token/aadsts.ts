/** What to do next for each AADSTS number that a desktop application meets. For hints only: nothing branches on a number. */

/** One row: what the number means, and the next step in one sentence. */
export interface AadstsEntry {
  readonly name: string
  readonly hint: string
}

type Row = readonly [number, AadstsEntry]

/** Rows that call for the same next step. */
function rows(hint: string, names: Readonly<Record<number, string>>): Row[] {
  return Object.entries(names).map(([number, name]) => [Number(number), { name, hint }])
}

/** A run of numbers that the service uses for one thing. */
function run(first: number, last: number, name: string, hint: string): Row[] {
  return Array.from({ length: last - first + 1 }, (_, offset) => [first + offset, { name, hint }])
}

const ADMINISTRATOR = 'the administrator of the tenant'
const SIGN_IN_AGAIN = 'Call acquireTokenInteractive so that the user signs in again.'
const SIGN_IN_WITH_CLAIMS =
  'Call acquireTokenInteractive or sign in with a device code, and pass on claims if the error has them; no password or Windows sign-in can answer this.'
const CHANGE_PASSWORD = 'Let the user change the password, for example during acquireTokenInteractive, then sign in.'
const MANAGED_DEVICE = `Sign in on a device that meets the policy, through acquireTokenInteractive with claims; otherwise ask ${ADMINISTRATOR} about Conditional Access.`
const NAME_A_TENANT =
  'Name a tenant in the authority, as GUID or domain, or use organizations where users of any tenant sign in with work accounts.'
const ONLY_A_TENANT =
  'Name a tenant in the authority, as GUID or domain; common and organizations do not say where the user is at home.'
const PUBLIC_CLIENT =
  'Allow public client flows in the app registration ("allowPublicClient": true in its manifest, under Authentication in the portal), then try again.'
const CHECK_REGISTRATION =
  'Check the clientId, that the authority names the tenant that the app is registered or installed in, and the app registration itself.'
const CHECK_RESOURCE =
  'Check the resource that the scopes belong to, and that it exists in this tenant and has been granted to the app.'
const CHECK_SCOPES = 'Check the spelling of the scopes, and ask for the scopes of one resource at a time.'
const CHECK_USERNAME = 'Ask for the user name again, and check that it belongs to the tenant of the authority.'
const TRY_LATER = `Try again in a minute; if it lasts, report the correlation ID to ${ADMINISTRATOR}.`
const START_AGAIN = 'Start the sign-in again; a code can be redeemed once, and only for a few minutes.'
const START_DEVICE_AGAIN = 'Start a new device code sign-in and let the user enter the new code.'
const REPORT =
  'Report this with the correlation ID to the makers of this library unless extraQueryParameters caused it.'
const CHECK_FEDERATION = `Check the clock and the token-signing certificate of the federation server, or ask ${ADMINISTRATOR}.`

/**
 * The table, ordered by what happened. Where a number has two rows the later one holds: it is an exception from a run.
 *
 * @see [Error codes](https://learn.microsoft.com/entra/identity-platform/reference-error-codes)
 */
export const AADSTS_HINTS: ReadonlyMap<number, AadstsEntry> = new Map([
  // Who signs in
  ...rows('Ask for the user name and the password again.', { 50126: 'wrong user name or password' }),
  ...rows(CHECK_USERNAME, {
    50034: 'no such user in the directory',
    51004: 'no such account in the directory',
  }),
  ...rows('Invite the user as a guest to this tenant, or use the authority of the tenant the user belongs to.', {
    50020: 'user of another identity provider who is not in this tenant',
    90072: 'account of another tenant that is not in this one',
  }),
  ...rows('Let the user accept the invitation to this tenant first.', { 50014: 'guest has not accepted yet' }),
  ...rows('Let the user pick an account of this tenant with acquireTokenInteractive.', {
    16000: 'several or unsuitable accounts are signed in',
  }),
  ...rows('Wait before the next try, and check the user name and password, which failed too often.', {
    50053: 'account locked, or the address is blocked',
  }),
  ...rows(`Ask ${ADMINISTRATOR} to enable the account.`, { 50057: 'account disabled' }),
  ...rows('Use acquireTokenInteractive; this account has no password that the service could check.', {
    50056: 'no password is set for the user',
  }),
  ...rows(`Ask ${ADMINISTRATOR} to assign the user, or a group of theirs, to the app.`, {
    50105: 'user is not assigned to the app',
  }),
  ...rows(CHANGE_PASSWORD, {
    50055: 'password expired',
    50135: 'password change required because of risk',
    50144: 'password expired in the on-premises directory',
  }),

  // More than a password is needed
  ...rows(SIGN_IN_WITH_CLAIMS, {
    50072: 'user must enrol for multi-factor authentication',
    50074: 'strong authentication required',
    50076: 'multi-factor authentication required by policy',
    50078: 'multi-factor authentication has expired',
    50079: 'user must register for multi-factor authentication',
    50158: 'an external provider must verify the user',
  }),
  ...rows('Wait some minutes or use another method; text messages and calls to this user are used up for now.', {
    50088: 'limit of telephone verifications reached',
  }),
  ...rows(MANAGED_DEVICE, {
    50097: 'the device must authenticate',
    50129: 'the device is not registered',
    50131: 'Conditional Access refused because of device, place or risk',
    53000: 'the device is not compliant',
    53001: 'the device is not joined to the domain',
    530002: 'a compliant device is required',
  }),
  ...rows(`Ask ${ADMINISTRATOR} to approve this app for Conditional Access.`, { 53002: 'the app is not approved' }),
  ...rows(
    `Ask ${ADMINISTRATOR} which Conditional Access policy applies, then use acquireTokenInteractive with claims.`,
    {
      53003: 'blocked by Conditional Access',
      530032: 'blocked by a policy of the tenant',
      530035: 'blocked by the security defaults of the tenant',
    },
  ),
  ...rows(`Let the user sign in once from a trusted place or device, or ask ${ADMINISTRATOR}.`, {
    53004: 'registering for multi-factor authentication is blocked',
    53011: 'user is blocked by risk in the home tenant',
  }),
  ...rows('Check the registration of this device with the tenant and the certificate that belongs to it.', {
    50155: 'device authentication failed',
    50187: 'device authentication failed at the service',
  }),

  // The sign-in is too old, or there is none
  ...rows(SIGN_IN_AGAIN, {
    50085: 'the social identity provider wants a sign-in',
    50089: 'the sign-in took too long',
    50132: 'session ended, or the password changed',
    50133: 'session ended because the password changed',
    50173: 'sign-in revoked, a fresh one is needed',
    70000: 'grant malformed, or refresh token revoked',
    70043: 'refresh token is older than the sign-in frequency allows',
    700082: 'refresh token was not used for 90 days',
    700084: 'refresh token of a single-page app is older than a day',
  }),
  ...rows('Call acquireTokenInteractive without prompt: "none".', {
    50058: 'nobody is signed in',
    50140: 'the page asks whether to stay signed in',
    50199: 'the page asks the user to confirm the app',
  }),
  ...rows('Sign in again with acquireTokenInteractive; the code or the refresh token is too old.', {
    70008: 'code or refresh token expired',
  }),
  ...rows(START_AGAIN, {
    54005: 'code was redeemed before',
    50147: 'code challenge has the wrong size',
    501481: 'code verifier does not match the challenge',
    501491: 'code verifier has the wrong size',
    700005: 'code belongs to another tenant',
  }),
  ...rows(
    'Keep the tokens in one PublicClientApplication and ask acquireTokenSilent first; wait before trying again.',
    {
      50196: 'the same request was sent in a loop',
    },
  ),

  // Consent
  ...rows(
    'Get consent once: let an administrator grant it under "API permissions" in the portal or at adminConsentUrl, or call acquireTokenInteractive, or sign in with a device code, or let the user open consentUrl, the /oauth2/v2.0/authorize page of this app.',
    { 65001: 'neither the user nor an administrator has consented' },
  ),
  ...rows('The user said no; ask again only when the user wants what needs these scopes.', {
    65004: 'user declined to consent',
  }),
  ...rows(`Ask ${ADMINISTRATOR} to grant these scopes to the app under "API permissions" in the portal.`, {
    90094: 'consent of an administrator is needed',
    90095: 'consent of an administrator has been asked for',
  }),

  // The app registration and what it asks for
  ...rows(PUBLIC_CLIENT, {
    70002: 'client credentials invalid or missing',
    7000218: 'client secret or assertion is missing',
  }),
  ...rows('Leave the client secret or assertion out of extraQueryParameters; a desktop app has none.', {
    50012: 'client assertion not valid',
    700025: 'a public client sent a secret',
    7000215: 'client secret is wrong',
    7000222: 'client secret has expired',
  }),
  ...rows(CHECK_REGISTRATION, { 70001: 'app not found in the tenant', 700016: 'app not found in the directory' }),
  ...rows('Register the redirect URI, byte for byte, under "Mobile and desktop applications" in the portal.', {
    50011: 'redirect URI is not registered',
  }),
  ...rows('Use the tenant of the app as authority, or make the app registration multi-tenant.', {
    50194: 'app of one tenant used over common',
  }),
  ...rows(CHECK_RESOURCE, {
    50001: 'resource not found in the tenant',
    500011: 'resource not found in the tenant',
    65002: 'Microsoft has not preauthorized this app for the resource',
    65005: 'app does not list the resource it asks for',
    650052: 'the organization has no subscription for the resource',
    650053: 'scope does not exist at the resource',
    650054: 'resource is not available to the app',
    650055: 'resource is misconfigured',
    650056: 'app is misconfigured, or lacks consent to this resource',
    650057: 'resource is not listed in the app registration',
  }),
  ...rows(CHECK_SCOPES, {
    28002: 'scope is empty or not valid',
    28003: 'scope is empty',
    70011: 'scope is not valid',
  }),

  // The authority
  ...rows(NAME_A_TENANT, {
    90010: 'this kind of sign-in does not work over common or consumers',
    9001023: 'this kind of sign-in does not work over common or consumers',
  }),
  ...rows(ONLY_A_TENANT, {
    50059: 'nothing says which tenant is meant',
    50128: 'nothing says which tenant is meant',
    90019: 'no tenant in the request',
    90133: 'device code does not work over common or consumers',
  }),
  ...rows('Check the tenant in the authority for a typing error, and that it still has a subscription.', {
    90002: 'tenant not found',
  }),
  ...rows('Check the host in the authority for a typing error, or list it in knownAuthorities if it is right.', {
    50049: 'the cloud does not know this host',
    50050: 'the host of the authority is malformed',
  }),

  // Federation and Windows sign-in
  ...rows(CHECK_FEDERATION, {
    50008: 'SAML token not valid',
    50013: 'assertion not valid',
    500133: 'assertion is outside its time range',
  }),
  ...rows(`Check the user name's domain, and ask ${ADMINISTRATOR} whether its federation is set up.`, {
    50107: 'the federated domain does not exist',
  }),
  ...rows('Sign in as a user of the Windows domain, or use acquireTokenInteractive.', {
    50180: 'integrated Windows authentication is needed',
  }),
  ...rows(
    `Ask ${ADMINISTRATOR} to have the federation server issue the ImmutableID claim and to synchronize the user.`,
    {
      90020: 'the SAML assertion lacks the ImmutableID',
    },
  ),
  ...run(
    80001,
    80014,
    'pass-through authentication agent failed',
    `Ask ${ADMINISTRATOR} whether the authentication agents and the domain controllers run; until then try again later.`,
  ),
  ...rows(`Ask ${ADMINISTRATOR} about the logon hours of the account.`, { 80012: 'sign-in outside the logon hours' }),
  ...run(
    81004,
    81012,
    'seamless single sign-on failed',
    'Check the Kerberos ticket (klist) and the time of this machine, or use acquireTokenInteractive.',
  ),
  ...rows(`Ask ${ADMINISTRATOR} to enable seamless single sign-on, or use acquireTokenInteractive.`, {
    81007: 'seamless single sign-on is not enabled for the tenant',
  }),

  // Device code
  ...rows('Nothing is wrong; keep polling until the user has finished.', { 70016: 'the user has not finished yet' }),
  ...rows(START_DEVICE_AGAIN, {
    70018: 'device code is not valid',
    70019: 'device code has expired',
    70020: 'device code has expired',
    90119: 'no user code was entered',
    90120: 'user code was used before',
    90121: 'user code is not valid or was used before',
  }),

  // What the service could not read
  ...rows('This authority does not offer this kind of sign-in; use acquireTokenInteractive.', {
    70003: 'grant type not supported',
  }),
  ...rows(REPORT, {
    70007: 'response mode not supported',
    90013: 'input not valid',
    90014: 'a field is missing',
    90023: 'request not valid',
    90100: 'parameter not valid',
    900144: 'the body lacks a parameter',
    900561: 'wrong HTTP method',
    901002: 'parameter "resource" is not for this endpoint',
    9002313: 'request malformed',
  }),

  // The service is busy
  ...rows(TRY_LATER, {
    90006: 'passing failure of the service',
    90024: 'passing failure of the service',
    90033: 'passing failure of the service',
    90090: 'passing failure of the service',
  }),
  ...rows('Wait as long as retryAfter says before the next call.', { 90055: 'too many requests for this tenant' }),
])
