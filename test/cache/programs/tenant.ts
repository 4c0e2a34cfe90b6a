/** The emulator in a process of its own: `<number of users> <milliseconds that each answer takes>`. Prints a TenantPlace, and ends when stdin does. */
import { startTenant } from 'latchkey/emulator'
import type { TenantPlace } from '../crowd/protocol.js'

const [count = 0, latencyMs = 0] = process.argv.slice(2).map(Number)
const users = Array.from({ length: count }, (_, number) => ({ username: `user${number}@contoso.onmicrosoft.com` }))
const tenant = await startTenant({ users, scenario: { latencyMs } })
const { clientId, authority, caPem, tenantId } = tenant
const place: TenantPlace = {
  clientId,
  authority,
  caPem,
  tenantId,
  users: users.map(user => {
    const { username, password, id } = tenant.users.find(({ username }) => username === user.username) ?? missing()
    return { username, password, localAccountId: id }
  }),
}
console.log(JSON.stringify(place))
process.stdin.resume().once('end', () => tenant.close())

function missing(): never {
  throw new Error('a user is missing')
}
