/** Looks at everything on this machine that a sign-in depends on, and says what is wrong and what to do. */
import type { DiagnoseOptions, Diagnosis } from './diagnosis.js'

/**
 * Runs all checks at once: Node, the native addon, the token cache and its encryption, proxy, certificates, the authority, the
 * clock, Kerberos ticket, what Windows is joined to, the federation server and its service name, browser, display, and whether
 * this is SSH, a container or WSL. No request has a credential or a ticket: one goes to the authority, and where that is of an
 * organization and a user is known, one with the user name to it, and one for the metadata of the federation server.
 *
 * Resolves with one entry a check, in a fixed order, whatever is wrong. No entry holds a secret. With a `flow` those are not `ok` that
 * it needs and that fail, and no others.
 *
 * @throws the signal's reason when it fires.
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis[]> {
  // What an application asks for once, if ever.
  const { runChecks } = await import('./run-checks.js')
  return runChecks(options, { platform: process.platform, env: process.env, root: '/' })
}
