/** `login --flow password`: signs in with a user name and a password that is typed without echo or comes by a pipe. */
import { AuthError, type AuthenticationResult, InteractionRequiredError } from '../../index.js'
import { nextCommand } from '../application.js'
import type { CommandContext } from '../context.js'
import { Hinted } from '../failure.js'
import { printable } from '../text.js'
import { UsageError } from '../usage-error.js'
import { deadline, PATIENCE_SECONDS } from './deadline.js'
import { readHidden } from './hidden-line.js'
import { readPipedPassword } from './piped-password.js'
import { placeOf, type SignIn, tellNote } from './sign-in.js'

/**
 * Gets the password and signs in with it. It is never an argument or a variable, which other programs can see.
 *
 * @throws {UsageError} – there is no terminal to type it at and no --password-stdin, or nothing usable came.
 * @throws {Hinted} – the service wants more than a password, or another server knows it; the hint is the login to run.
 * @throws {Interrupted} – Ctrl-C.
 * @throws {AuthError} as acquireTokenByUsernamePassword.
 */
export async function signInWithPassword({ context, application }: SignIn): Promise<AuthenticationResult> {
  const { options, stderr, signal } = context
  const { username = '' } = options
  stderr.line(`Signing in to ${placeOf(context)} as ${stderr.style.bold(printable(username))} with a password.`)
  tellNote(context)
  const password = await readPassword(context)
  try {
    return await application.app.acquireTokenByUsernamePassword({
      scopes: application.scopes,
      username,
      password,
      signal,
    })
  } catch (error) {
    const hint = wayOut(context, error)
    throw hint === undefined ? error : new Hinted(error, hint)
  } finally {
    password.fill(0)
  }
}

async function readPassword({ options, stderr, signal }: CommandContext): Promise<Uint8Array> {
  const seconds = options.timeout ?? PATIENCE_SECONDS
  const until = deadline(seconds, signal, `No password came within ${seconds} s.`)
  const { stdin } = process
  if (options['password-stdin']) return readPipedPassword(stdin, until)
  if (!stdin.isTTY) {
    throw new UsageError('there is no terminal to type the password at', 'Pass it with --password-stdin.')
  }
  return readHidden(stdin, stderr, { question: 'Password (not shown): ', signal: until })
}

/** The login that can do what a password cannot; `undefined` where it is the user name or the password that is wrong. */
function wayOut(context: CommandContext, error: unknown): string | undefined {
  const reason = reasonFor(error)
  const login = () => nextCommand(context, 'login', '--username', context.options.username ?? '')
  return reason === undefined ? undefined : `${reason}: ${login()}`
}

function reasonFor(error: unknown): string | undefined {
  if (error instanceof AuthError && ELSEWHERE.has(error.code)) return 'Sign in there, in a browser or with a code'
  if (!(error instanceof InteractionRequiredError)) return undefined
  const { classification, claims } = error
  if (classification === 'consent_required') return 'Somebody has to consent first, once. Do it with'
  if (classification === 'user_password_expired') return 'Change the password while you sign in with'
  const isMoreNeeded = claims !== undefined || MORE_NEEDED.has(classification)
  return isMoreNeeded ? 'A password is not enough here. Sign in with more than that' : undefined
}

// Another server than the one that is asked knows these passwords.
const ELSEWHERE: ReadonlySet<string> = new Set(['federated_user_not_supported', 'ropc_not_supported_for_msa'])
const MORE_NEEDED: ReadonlySet<string> = new Set(['basic_action', 'additional_action'])
