/** Signing in without anybody: from what is kept, because LATCHKEY_NO_USER says so or because that will do. */
import { type AccountInfo, type AuthenticationResult, InteractionRequiredError } from '../../index.js'
import { nextCommand } from '../application.js'
import { Hinted } from '../failure.js'
import { accountsOf } from '../pick-account.js'
import { printable } from '../text.js'
import { personOf, type SignIn } from './sign-in.js'

/** Whether the environment says that nobody is there: LATCHKEY_NO_USER is set, and not to 0. */
export function isUnattended(env: NodeJS.ProcessEnv): boolean {
  const value = env.LATCHKEY_NO_USER?.trim() ?? ''
  return value !== '' && value !== '0'
}

/**
 * Answers for --username, --account or --domain, or for the only account, from the cache or its refresh token.
 *
 * @throws {InteractionRequiredError} multiple_accounts_for_login_hint, user_null – there is not exactly one account that fits.
 * @throws {AuthError} as acquireTokenSilent.
 */
export async function earlierSignIn({ context, application }: SignIn): Promise<AuthenticationResult> {
  const { options, signal } = context
  const { app, scopes } = application
  const found = await app.getAccounts(options.username === undefined ? {} : { username: options.username })
  const fitting = accountsOf(found, options.domain).filter(candidate => isMeant(candidate, options.account))
  const [account, ...others] = fitting
  if (others.length > 0) throw new InteractionRequiredError(SEVERAL, 'Several accounts fit.')
  if (account === undefined) {
    const person = personOf(context)
    const who = person === undefined ? '' : ` as ${printable(person)}`
    throw new InteractionRequiredError('user_null', `Nobody has signed in${who} yet.`)
  }
  return app.acquireTokenSilent({ scopes, account, signal })
}

/** A name was looked for already. */
function isMeant({ homeAccountId }: AccountInfo, wanted: string | undefined): boolean {
  return wanted === undefined || wanted.includes('@') || homeAccountId.toLowerCase() === wanted.toLowerCase()
}

const SEVERAL = 'multiple_accounts_for_login_hint'
const WHO = ['username', 'domain'] as const

/**
 * The same, for where nobody is; `alsoTry` is what may answer where there is no earlier sign-in, and needs nobody either.
 *
 * @throws {Hinted} – somebody has to be asked; the hint is the login to run where somebody is.
 * @throws {AuthError} as earlierSignIn.
 */
export async function signInUnattended(
  signIn: SignIn,
  alsoTry?: () => Promise<AuthenticationResult | undefined>,
): Promise<AuthenticationResult> {
  const { context } = signIn
  const { options, stderr } = context
  stderr.line('Nobody is asked, since LATCHKEY_NO_USER is set; looking for an earlier sign-in.')
  try {
    return await earlierSignIn(signIn)
  } catch (error) {
    if (!(error instanceof InteractionRequiredError)) throw error
    const result = error.code === SEVERAL ? undefined : await alsoTry?.()
    if (result !== undefined) return result
    const names = error.code === SEVERAL ? ', or name the user with --username' : ''
    const id = options.account === undefined || options.account.includes('@') ? [] : ['--account', options.account]
    const who = WHO.flatMap(name => (options[name] === undefined ? [] : [`--${name}`, options[name]]))
    const login = nextCommand(context, 'login', ...who, ...id)
    throw new Hinted(error, `Sign in where somebody is, without LATCHKEY_NO_USER${names}: ${login}`)
  }
}
