/** The emulator in a process of its own: `<number of users>`. Prints a TenantPlace, and ends when stdin does. */
import { startTenant } from 'latchkey/emulator'
import type { TenantPlace } from '../crowd/protocol.js'

const count = Number(process.argv[2])
const users = Array.from({ length: count }, (_, number) => ({ username: `user${number}@contoso.onmicrosoft.com` }))
const tenant = await startTenant({ users })
const { clientId, authority, caPem } = tenant
const passwords = new Map(tenant.users.map(({ username, password }) => [username, password]))
const place: TenantPlace = {
  clientId,
  authority,
  caPem,
  users: users.map(({ username }) => ({ username, password: passwords.get(username) ?? '' })),
}
console.log(JSON.stringify(place))
process.stdin.resume().once('end', () => tenant.close())
