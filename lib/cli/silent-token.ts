/** Gets a token of a user who has signed in before; says the whole login command where the user is needed. */
import { type AuthenticationResult, InteractionRequiredError, type PublicClientApplication } from '../index.js'
import { nextCommand, scopesOf } from './application.js'
import type { CommandContext } from './context.js'
import { Hinted } from './failure.js'
import { accountsOf, domainName, pickAccount } from './pick-account.js'

/** What is asked for. */
export interface SilentTokenRequest {
  readonly scopes: string[]
  /** Claims of a challenge; they renew the token. */
  readonly claims?: string
  readonly forceRefresh?: boolean
}

/**
 * Acquires the token for the account of --account and --domain, or for the only one.
 *
 * @throws {Hinted} – the user is needed; the hint is the whole login command.
 * @throws {UsageError} or {AuthError} as pickAccount and acquireTokenSilent.
 */
export async function silentToken(
  app: PublicClientApplication,
  context: CommandContext,
  request: SilentTokenRequest,
): Promise<AuthenticationResult> {
  const { options, signal } = context
  const account = pickAccount(accountsOf(await app.getAccounts(), options.domain), options.account)
  try {
    if (account === undefined && (options.domain ?? options.account) === undefined) throw nobody()
    // With a domain the library must not choose: it would take the only user of another one.
    if (account === undefined && options.domain !== undefined) throw nobodyOf(options.domain)
    return await app.acquireTokenSilent({
      ...request,
      signal,
      // An account that is not there is the library's to report, by name.
      ...(account !== undefined ? { account } : options.account !== undefined && { loginHint: options.account }),
    })
  } catch (error) {
    if (!(error instanceof InteractionRequiredError)) throw error
    throw new Hinted(error, `Sign in first: ${loginCommand(context, request, account?.username ?? options.account)}`)
  }
}

function nobody(): InteractionRequiredError {
  const classification = 'acquire_token_silent_failed'
  return new InteractionRequiredError('user_null', 'Nobody is signed in yet.', { classification })
}

function nobodyOf(domain: string): InteractionRequiredError {
  return new InteractionRequiredError('no_account_for_login_hint', `Nobody of ${domainName(domain)} is signed in.`)
}

function loginCommand(context: CommandContext, { scopes }: SilentTokenRequest, username: string | undefined): string {
  const { options } = context
  const hint = username?.includes('@') ? ['--username', username] : []
  const domain = options.domain === undefined ? [] : ['--domain', options.domain]
  // What was typed is repeated anyway, and the login finds the profile and the default by itself.
  const derived = scopesOf(options.scope).join(' ') === scopes.join(' ') ? [] : scopes
  return nextCommand(context, 'login', ...derived.flatMap(scope => ['--scope', scope]), ...hint, ...domain)
}
