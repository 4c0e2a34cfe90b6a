/** LATCHKEY_NO_USER: nobody is there to be asked, so only the cache can answer. */
import { type AuthenticationResult, InteractionRequiredError } from '../../index.js'
import { nextCommand } from '../application.js'
import { Hinted } from '../failure.js'
import { accountsOf } from '../pick-account.js'
import type { SignIn } from './sign-in.js'

/** Whether the environment says that nobody is there: LATCHKEY_NO_USER is set, and not to 0. */
export function isUnattended(env: NodeJS.ProcessEnv): boolean {
  const value = env.LATCHKEY_NO_USER?.trim() ?? ''
  return value !== '' && value !== '0'
}

/**
 * Answers for --username or --domain, or for the only account.
 *
 * @throws {Hinted} – somebody has to be asked; the hint is the login to run where somebody is.
 * @throws {AuthError} as acquireTokenSilent.
 */
export async function signInUnattended({ context, application }: SignIn): Promise<AuthenticationResult> {
  const { options, stderr, signal } = context
  const { app, scopes } = application
  stderr.line('Nobody is asked, since LATCHKEY_NO_USER is set; looking for an earlier sign-in.')
  const { username } = options
  const found = await app.getAccounts(username === undefined ? {} : { username })
  const [account, ...others] = accountsOf(found, options.domain)
  try {
    if (others.length > 0)
      throw new InteractionRequiredError('multiple_accounts_for_login_hint', 'Several accounts fit.')
    if (account === undefined) throw new InteractionRequiredError('user_null', 'Nobody has signed in yet.')
    return await app.acquireTokenSilent({ scopes, account, signal })
  } catch (error) {
    if (!(error instanceof InteractionRequiredError)) throw error
    const names = others.length > 0 ? ', or name the user with --username' : ''
    const login = nextCommand(context, 'login', ...(username === undefined ? [] : ['--username', username]))
    throw new Hinted(error, `Sign in where somebody is, without LATCHKEY_NO_USER${names}: ${login}`)
  }
}
