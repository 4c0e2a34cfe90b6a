/**
 * The servers of a federated sign-in in a process of their own, told what to do by lines of JSON: one tenant whose federation
 * server checks Kerberos tickets with the keytab in argv, and one that believes what looks like NTLM.
 */
import { createInterface } from 'node:readline'
import { startTenant } from 'latchkey/emulator'
import { startJudge } from '../../dist-test/kerberos/support/judge.js'

const [, , username, keytab] = process.argv
const ends = []
const scope = { after: end => ends.push(end) }
const users = [{ username, kind: 'federated' }]
const federation = { extendedProtection: 'require' }
const negotiate = await startJudge(scope, { env: {} }, keytab)
const tenants = {
  kerberos: await startTenant({ users, negotiate, scenario: { federation } }),
  ntlm: await startTenant({ users, scenario: { federation: { ...federation, windowsUser: username } } }),
}

const describe = ({ clientId, authority, caPem }) => ({ clientId, authority, caPem })

const commands = {
  load: () => ({ kerberos: describe(tenants.kerberos), ntlm: describe(tenants.ntlm) }),

  /** How many requests there have been since the last time somebody asked, and which. */
  requests({ tenant }) {
    const made = tenants[tenant].requests.splice(0)
    const refused = made.find(({ status, path }) => status >= 400 && !(status === 401 && path.includes('windows')))
    if (refused !== undefined) throw new Error(`${refused.status} from ${refused.path}`)
    const proofs = made.map(({ notes }) => notes.windows).filter(windows => windows?.outcome === 'accepted')
    return { count: made.length, bound: proofs.map(({ bound }) => bound) }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...command } = JSON.parse(line)
  let answer
  try {
    answer = commands[name](command)
  } catch (error) {
    answer = { error: error.stack }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
for (const end of ends) await end()
for (const tenant of Object.values(tenants)) await tenant.close()
