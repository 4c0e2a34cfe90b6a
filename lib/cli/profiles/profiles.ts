/** `latchkey profiles`: lists the sets of options that --profile chooses from, and says where they are kept. */
import type { Command, CommandContext } from '../context.js'
import { printTable } from '../table.js'
import { jsonLine, printable } from '../text.js'
import { profileInForce } from './chosen-profile.js'
import type { Profile } from './profile.js'
import { type Profiles, readProfiles } from './profiles-file.js'

const EXAMPLE = {
  profiles: {
    work: {
      clientId: '00000000-0000-0000-0000-000000000000',
      authority: 'https://login.microsoftonline.com/contoso.com',
      scopes: ['User.Read'],
      account: 'alice@contoso.com',
    },
  },
  default: 'work',
}

/**
 * Prints the profiles as a table, as JSON or as names only.
 *
 * @throws {UsageError} – as readProfiles and profileInForce.
 */
export const profiles: Command = async context => {
  const { options, stdout, stderr, env } = context
  const read = readProfiles(env)
  if (options.names) {
    for (const name of read.profiles.keys()) stdout.line(name)
    return
  }
  for (const warning of read.warnings) stderr.line(`${stderr.style.yellow('warning:')} ${warning}`)
  const inForce = profileInForce(read, options.profile)?.[0]
  if (options.json) stdout.line(jsonLine(profilesJson(read, inForce)))
  else if (read.profiles.size === 0) explain(context, read)
  else print(context, read, inForce)
}

function profilesJson({ file, exists, profiles }: Profiles, inForce: string | undefined) {
  const list = [...profiles].map(([name, profile]) => ({ name, ...profile }))
  return { file, exists, inForce: inForce ?? null, profiles: list }
}

function print({ stdout, stderr }: CommandContext, { file, profiles }: Profiles, inForce: string | undefined): void {
  const rows = [...profiles].map(([name, profile]) => [name === inForce ? `${name} *` : name, ...cells(profile)])
  printTable(stdout, ['PROFILE', 'CLIENT ID', 'AUTHORITY', 'SCOPES', 'ACCOUNT'], rows)
  stderr.line(inForce === undefined ? 'None is in force: choose one with --profile.' : '* is in force.')
  stderr.line(stderr.style.dim(`kept in ${printable(file)}`))
}

function cells({ clientId = '', authority = '', scopes = [], account = '' }: Profile): string[] {
  return [clientId, authority, scopes.join(' '), account]
}

function explain({ stderr }: CommandContext, { file, exists }: Profiles): void {
  stderr.line(`There are no profiles${exists ? '' : ' yet'}. They are kept in ${printable(file)}, for example:`)
  stderr.line()
  for (const line of JSON.stringify(EXAMPLE, undefined, 2).split('\n')) stderr.line(`  ${line}`)
}
