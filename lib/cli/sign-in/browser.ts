/** `login --flow interactive`: signs in with the browser of this machine. */
import type { AuthenticationResult } from '../../index.js'
import { tellingBrowserOpener } from '../browser-opener.js'
import { domainName } from '../pick-account.js'
import { placeOf, type SignIn, tellNote } from './sign-in.js'

/**
 * Opens the browser and waits for the person to come back.
 *
 * @throws {AuthError} as acquireTokenInteractive.
 */
export async function signInWithBrowser(what: SignIn): Promise<AuthenticationResult> {
  const { context, application, knownUser, claims } = what
  const { options, stderr, signal } = context
  const loginHint = options.username ?? knownUser
  stderr.line(`Opening your browser to sign in to ${placeOf(context)} …`)
  tellNote(context)
  return application.app.acquireTokenInteractive({
    scopes: application.scopes,
    ...(options.prompt !== undefined && { prompt: options.prompt }),
    ...(loginHint !== undefined && { loginHint }),
    ...(claims !== undefined && { claims }),
    ...(options.domain !== undefined && { domainHint: domainName(options.domain) }),
    ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
    systemBrowser: { openBrowser: tellingBrowserOpener(stderr) },
    signal,
  })
}
