/** How a running emulator introduces itself: to programs in one line of JSON, to people with commands to paste. */
import type { Tenant } from '../emulator/index.js'
import type { CommandContext } from './context.js'
import { printTable } from './table.js'
import { longCommandLine, setVariable } from './text.js'

/** The line of `emulator --json`. `otc` is what the MFA page takes. */
export function emulatorJson(tenant: Tenant, caFile: string): Record<string, unknown> {
  const { authority, adfsAuthority, proxyUrl, controlUrl, tenantId, clientId } = tenant
  const users = tenant.users.map(({ username, password, kind, mfa, admin, otc }) => ({
    username,
    password,
    kind,
    ...(mfa && { mfa }),
    ...(admin && { admin }),
    otc,
  }))
  return { authority, adfsAuthority, proxyUrl, controlUrl, caFile, tenantId, clientId, users }
}

/** Prints where the tenant is, who lives there and what to type in another terminal. */
export function printEmulatorSummary(
  { stdout, programAnywhere }: CommandContext,
  tenant: Tenant,
  caFile: string,
): void {
  const { bold, dim, green } = stdout.style
  const { authority, adfsAuthority, proxyUrl, controlUrl, tenantId, clientId, users } = tenant
  stdout.line(`${green('✓')} ${bold(tenant.domain)} is up`)
  stdout.line()
  for (const [label, value, note] of [
    ['authority', authority],
    ['AD FS', adfsAuthority],
    ['proxy', proxyUrl, 'answers as login.microsoftonline.com'],
    ['control', controlUrl, 'GET, PATCH and DELETE the scenario'],
    ['tenant ID', tenantId],
    ['client ID', clientId],
    ['CA', caFile],
  ]) {
    stdout.line(`  ${dim((label ?? '').padEnd(9))}  ${value}${note === undefined ? '' : dim(`  ${note}`)}`)
  }
  stdout.line()
  printTable(
    stdout,
    ['USER NAME', 'PASSWORD', 'KIND'],
    users.map(({ username, password, kind, mfa, admin, otc }) => {
      const traits = [kind, ...(mfa ? [`code ${otc}`] : []), ...(admin ? ['administrator'] : [])]
      return [username, password, traits.join(', ')]
    }),
  )
  stdout.line()
  stdout.line('In another terminal, for a program of yours:')
  stdout.line()
  for (const [name, value] of variables(tenant, caFile)) stdout.line(`  ${setVariable(name, value)}`)
  stdout.line()
  stdout.line('Or from the command line:')
  stdout.line()
  stdout.line(`  ${longCommandLine(`${programAnywhere} login`, connection(tenant, caFile), '  ')}`)
  stdout.line()
  stdout.line(dim('Then the same with token, accounts or logout. The browser does not know this'))
  stdout.line(dim('CA and will warn; go on to localhost.'))
  stdout.line(`${bold('Ctrl-C')} stops the tenant.`)
}

/** What the examples of the documents read from the environment. Node reads the first of them when it starts. */
function variables({ authority, clientId }: Tenant, caFile: string): [string, string][] {
  return [
    ['NODE_EXTRA_CA_CERTS', caFile],
    ['LATCHKEY_CLIENT_ID', clientId],
    ['LATCHKEY_AUTHORITY', authority],
    ['LATCHKEY_KNOWN_AUTHORITY', new URL(authority).host],
  ]
}

function connection({ authority, clientId }: Tenant, caFile: string): string[][] {
  return [
    ['--authority', authority],
    ['--known-authority', new URL(authority).host],
    ['--client-id', clientId],
    ['--ca', caFile],
    // Apart from the user's real accounts.
    ['--cache-name', 'emulator'],
    ['--allow-unencrypted-storage'],
  ]
}
