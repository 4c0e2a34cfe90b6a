/** The emulator's AD FS with a real acceptor: it takes real tickets for HTTP/localhost, bound to its own channel, and nothing else. */
import { fileURLToPath } from 'node:url'
import { type NegotiateAcceptor, startTenant, type Tenant } from 'latchkey/emulator'
import type { Scope } from '../../support/machine.js'
import { Program } from '../../support/program.js'
import type { Kdc } from './kdc.js'

const PROGRAM = fileURLToPath(new URL('../../../test/kerberos/programs/accept-tokens.py', import.meta.url))

/** Users whose names at the service are those of their tickets. */
const USERS = [
  { username: 'joe@contoso.test', kind: 'federated' },
  { username: 'robot@contoso.test', kind: 'federated' },
] as const

/** Starts a tenant with `joe@contoso.test` and `robot@contoso.test`; `keytab` is that of HTTP/localhost. */
export async function startEmulatedAdfs(scope: Scope, kdc: Kdc, keytab: string): Promise<Tenant> {
  const program = Program.start(scope, '/usr/bin/python3', [PROGRAM, keytab], { ...process.env, ...kdc.env })
  const tenant = await startTenant({
    users: [...USERS],
    negotiate: acceptorBy(program),
    scenario: { federation: { extendedProtection: 'require' } },
  })
  scope.after(() => tenant.close())
  return tenant
}

function acceptorBy(program: Program): NegotiateAcceptor {
  // One line at a time, so that each gets its own answer.
  let last: Promise<unknown> = Promise.resolve()
  return {
    async accept(token, { channelBindings }) {
      const asked = { token: token.toString('base64'), bindings: channelBindings.toString('base64') }
      const answered = last.then(() => {
        program.send(JSON.stringify(asked))
        return program.line()
      })
      last = answered
      const { user, bound, reply } = JSON.parse(await answered) as { user?: string; bound?: boolean; reply?: string }
      if (user === undefined) return { verdict: 'refuse' }
      return { verdict: 'accept', user, output: Buffer.from(reply ?? '', 'base64'), ...(bound && { bound }) }
    },
  }
}
