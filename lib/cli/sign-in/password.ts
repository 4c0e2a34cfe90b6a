/** `login --flow password`: signs in with a user name and a password that is typed without echo or comes by a pipe. */
import { type AuthenticationResult, InteractionRequiredError } from '../../index.js'
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
 * @throws {Hinted} – the service wants more than a password; the hint says what gives it.
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
    throw error instanceof InteractionRequiredError ? new Hinted(error, wayOut(context, error)) : error
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

function wayOut(context: CommandContext, { consentUrl }: InteractionRequiredError): string {
  const login = nextCommand(context, 'login', '--username', context.options.username ?? '')
  if (consentUrl === undefined) return `A password is not enough here. Sign in with more than that: ${login}`
  return `Somebody has to consent first, once. Do it with: ${login}\nor open: ${printable(consentUrl.href)}`
}
