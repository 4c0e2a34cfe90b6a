/** What every way to sign in is given, and what each of them says in its first lines. */
import { type Application, readOptionFile } from '../application.js'
import type { CommandContext } from '../context.js'
import { domainName } from '../pick-account.js'
import { printable } from '../text.js'

/** A sign-in that is about to begin. */
export interface SignIn {
  readonly context: CommandContext
  readonly application: Application
  /** User name to fill in, where an attempt without a prompt has found it and none was given. */
  readonly knownUser?: string | undefined
  /** What the service asked for then. */
  readonly claims?: string | undefined
}

const MAX_NOTE = 200

/**
 * Contents of --federation-metadata.
 *
 * @throws {UsageError} – it cannot be read.
 */
export async function federationMetadataOf({ options }: CommandContext): Promise<string | undefined> {
  const file = options['federation-metadata']
  return file === undefined ? undefined : readOptionFile('federation-metadata', file)
}

/** Who shall sign in, where that was said: a user name, the id of an account, or a domain behind its `@`. */
export function personOf({ options }: CommandContext): string | undefined {
  return (
    options.username ?? options.account ?? (options.domain === undefined ? undefined : `@${domainName(options.domain)}`)
  )
}

/** The note of --prompt-hint, on one line and short enough for one; `undefined` when there is none. */
export function noteOf({ options }: CommandContext): string | undefined {
  const note = shortened(options['prompt-hint'] ?? '')
  return note === '' ? undefined : note
}

/** A note made fit to be shown: one line, nothing that a terminal would obey, at most 200 characters. */
export function shortened(note: string): string {
  const letters = [...printable(note)]
  return letters.length <= MAX_NOTE ? letters.join('') : `${letters.slice(0, MAX_NOTE - 1).join('')}…`
}

/** Shows the note from whoever started this program, so that the person knows what the sign-in is for. */
export function tellNote(context: CommandContext): void {
  const note = noteOf(context)
  if (note !== undefined) context.stderr.line(`Note from the caller: ${context.stderr.style.bold(note)}`)
}

/** The tenant of the authority as people say it: the domain, or the host where the path names none. */
export function placeOf({ options, stderr }: CommandContext): string {
  const { authority } = options
  if (authority === undefined || !URL.canParse(authority)) return stderr.style.bold('the Microsoft identity platform')
  const { host, pathname } = new URL(authority)
  const tenant = pathname.split('/')[1] ?? ''
  return stderr.style.bold(printable(tenant.includes('.') ? tenant : host))
}
