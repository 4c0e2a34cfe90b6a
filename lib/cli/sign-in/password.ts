/** `login --flow password`: signs in with a user name and a password that is typed without echo or comes by a pipe. */
import type { AuthenticationResult } from '../../index.js'
import { nextCommand } from '../application.js'
import type { CommandContext } from '../context.js'
import { Hinted } from '../failure.js'
import { printable } from '../text.js'
import { UsageError } from '../usage-error.js'
import { deadline, PATIENCE_SECONDS } from './deadline.js'
import { readHidden } from './hidden-line.js'
import { readPipedPassword } from './piped-password.js'
import { federationMetadataOf, placeOf, type SignIn, tellNote } from './sign-in.js'
import { type WayOut, wayOutOf } from './way-out.js'

/**
 * Gets the password and signs in with it. It is never an argument or a variable, which other programs can see.
 *
 * @throws {UsageError} – --federation-metadata cannot be read, there is no terminal to type it at and no --password-stdin, or nothing usable came.
 * @throws {Hinted} – the service wants more than a password, or another server knows it; the hint is the login to run.
 * @throws {Interrupted} – Ctrl-C.
 * @throws {AuthError} as acquireTokenByUsernamePassword.
 */
export async function signInWithPassword({ context, application }: SignIn): Promise<AuthenticationResult> {
  const { options, stderr, signal } = context
  const { username = '' } = options
  stderr.line(`Signing in to ${placeOf(context)} as ${stderr.style.bold(printable(username))} with a password.`)
  tellNote(context)
  const federationMetadata = await federationMetadataOf(context)
  const password = await readPassword(context)
  try {
    return await application.app.acquireTokenByUsernamePassword({
      scopes: application.scopes,
      username,
      password,
      ...(federationMetadata !== undefined && { federationMetadata }),
      signal,
    })
  } catch (error) {
    const hint = hintFor(context, error)
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
function hintFor(context: CommandContext, error: unknown): string | undefined {
  const wayOut = wayOutOf(error)
  const login = () => nextCommand(context, 'login', '--username', context.options.username ?? '')
  return wayOut === undefined ? undefined : `${REASONS[wayOut]}: ${login()}`
}

const REASONS: Readonly<Record<WayOut, string>> = {
  elsewhere: 'Sign in there, in a browser or with a code',
  consent: 'Somebody has to consent first, once. Do it with',
  'new-password': 'Change the password while you sign in with',
  'more-proof': 'A password is not enough here. Sign in with more than that',
}
