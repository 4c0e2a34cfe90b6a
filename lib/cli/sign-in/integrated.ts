/** `login --flow integrated`, and the first thing that `auto` tries: whom Windows or a Kerberos ticket knows, without a prompt. */
import { AuthError, type AuthenticationResult, findSystemUser, InteractionRequiredError } from '../../index.js'
import { nextCommand } from '../application.js'
import { Hinted, tellSteps } from '../failure.js'
import { kerberosOf } from '../kerberos-options.js'
import { domainName } from '../pick-account.js'
import { printable } from '../text.js'
import { deadline } from './deadline.js'
import { federationMetadataOf, placeOf, type SignIn } from './sign-in.js'
import { type WayOut, wayOutOf } from './way-out.js'

/** How an attempt of `auto` ended: signed in, or with what the next way to sign in shall know. */
export type Attempt =
  | { readonly result: AuthenticationResult }
  | { readonly result?: undefined; readonly username?: string | undefined; readonly claims?: string | undefined }

/** How long `auto` gives it, in seconds: where it works it takes less than one. */
const ATTEMPT_SECONDS = 10

/**
 * Signs in; there is nothing else to fall back to.
 *
 * @throws {UsageError} – --federation-metadata cannot be read.
 * @throws {Hinted} – a person is needed; the hint is the login to run.
 * @throws {AuthError} as acquireTokenByIntegratedWindowsAuth.
 */
export async function signInIntegrated({ context, application }: SignIn): Promise<AuthenticationResult> {
  const { options, stderr, signal } = context
  const federationMetadata = await federationMetadataOf(context)
  const service = options['service-principal-name']
  const kerberos = kerberosOf(options)
  const as = options.username === undefined ? '' : ` as ${stderr.style.bold(printable(options.username))}`
  stderr.line(`Signing in to ${placeOf(context)}${as} by Windows or Kerberos, without a prompt.`)
  try {
    return await application.app.acquireTokenByIntegratedWindowsAuth({
      scopes: application.scopes,
      ...(options.username !== undefined && { username: options.username }),
      ...(service !== undefined && { servicePrincipalName: service }),
      ...(federationMetadata !== undefined && { federationMetadata }),
      ...(kerberos !== undefined && { kerberos }),
      desktopSso: options['desktop-sso'] === true,
      allowNtlm: options['no-ntlm'] !== true,
      signal,
    })
  } catch (error) {
    const wayOut = wayOutOf(error)
    if (wayOut === undefined) throw error
    const person = options.username === undefined ? [] : ['--username', options.username]
    throw new Hinted(error, `${REASONS[wayOut]}: ${nextCommand(context, 'login', ...person)}`)
  }
}

const REASONS: Readonly<Record<WayOut, string>> = {
  elsewhere: 'Sign in there, in a browser or with a code',
  consent: 'Somebody has to consent first, once. Do it with',
  'new-password': 'Change the password while you sign in with',
  'more-proof': 'Windows or Kerberos alone is not enough here. Sign in with more than that',
}

/**
 * Tries it where the system knows somebody who may be meant, for ten seconds and without NTLM, which alone could count as a wrong
 * password. Says in a line why it was passed over.
 *
 * @throws what is not about this way to sign in, such as the signal's reason.
 */
export async function tryIntegrated({ context, application }: SignIn): Promise<Attempt> {
  const { options, stderr } = context
  const { username, whyNot } = await findSystemUser({ signal: context.signal })
  const reason = whyNot ?? whyNotMeant(username ?? '', options)
  if (username === undefined || reason !== undefined) {
    stderr.prose('', `No sign-in without a prompt: ${printable(reason ?? '')}.`)
    return {}
  }
  stderr.line(`Signing in to ${placeOf(context)} as ${stderr.style.bold(printable(username))}, without a prompt …`)
  const seconds = Math.min(ATTEMPT_SECONDS, options.timeout ?? ATTEMPT_SECONDS)
  const signal = deadline(seconds, context.signal, `It was not done within ${seconds} s.`)
  try {
    const { scopes, app } = application
    return { result: await app.acquireTokenByIntegratedWindowsAuth({ scopes, allowNtlm: false, signal }) }
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof AuthError)) throw error
    tellFailure(context, error)
    // Who has to consent or to prove more is this user; else it may be anybody who signs in next.
    const isThisUser = error instanceof InteractionRequiredError && wayOutOf(error) !== undefined
    return isThisUser ? { username, claims: error.claims } : {}
  }
}

/** Somebody else may be meant than whom the system knows. */
function whyNotMeant(known: string, { username, domain }: SignIn['context']['options']): string | undefined {
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()
  if (username !== undefined && !same(username, known)) {
    return `the system knows ${known}, not ${username}; where they are the same, add --flow integrated`
  }
  if (domain !== undefined && !same(domainName(domain), known.slice(known.lastIndexOf('@') + 1))) {
    return `the system knows ${known}, who is not of ${domainName(domain)}`
  }
  return undefined
}

function tellFailure({ options, stderr }: SignIn['context'], error: AuthError): void {
  const wayOut = wayOutOf(error)
  const what = wayOut === undefined ? 'It did not work' : LACKS[wayOut]
  stderr.prose('', `${what}: ${printable(error.message)} [${printable(error.code)}]`)
  tellSteps(error, stderr, options.verbose === true)
}

const LACKS: Readonly<Record<WayOut, string>> = {
  elsewhere: 'It is a personal account',
  consent: 'Somebody has to consent first',
  'new-password': 'The password has to be changed',
  'more-proof': 'More proof is asked for',
}
