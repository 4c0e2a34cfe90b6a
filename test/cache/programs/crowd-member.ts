/** A process of a crowd with latchkey: `<file with the tenant's place>`, then orders on stdin. */
import { createHash } from 'node:crypto'
import { type AccountInfo, type AuthenticationResult, PublicClientApplication } from 'latchkey'
import { answerOrders, describe, inTurn, numbersOf, Reader, tenantPlace } from '../crowd/answer-orders.js'
import { openStore } from '../crowd/open-store.js'
import type { Answer, TenantPlace } from '../crowd/protocol.js'

const SCOPES = ['User.Read']

const place = tenantPlace()
const { clientId, authority, caPem, tenantId } = place
const reader = new Reader()
let application: PublicClientApplication | undefined
let changes = 0

function app(): PublicClientApplication {
  if (application === undefined) throw new Error('open comes first')
  return application
}

async function list(): Promise<number[]> {
  return numbersOf(place, await app().getAccounts())
}

function userOf(user: number): TenantPlace['users'][number] {
  const found = place.users[user]
  if (found === undefined) throw new Error(`there is no user ${user}`)
  return found
}

/** As an application has it that remembers its users: also when the account is in the cache no more. */
function accountOf(user: number): AccountInfo {
  const { localAccountId, username } = userOf(user)
  const homeAccountId = `${localAccountId}.${tenantId}`
  return { homeAccountId, localAccountId, environment: new URL(authority).host, tenantId, username }
}

async function signIn(user: number): Promise<Answer> {
  const { username, password } = userOf(user)
  return tokenOf(await app().acquireTokenByUsernamePassword({ scopes: SCOPES, username, password }))
}

function tokenOf({ accessToken, fromCache }: AuthenticationResult): Answer {
  return { token: createHash('sha256').update(accessToken).digest('base64url'), fromCache }
}

async function silent(user: number, forceRefresh = false): Promise<Answer> {
  const account = accountOf(user)
  return tokenOf(await app().acquireTokenSilent({ scopes: SCOPES, account, forceRefresh }))
}

await answerOrders({
  async open({ store, folder }) {
    await application?.close()
    changes = 0
    const cache = await openStore(store, folder)
    const http = { ca: caPem, proxy: false as const }
    application = new PublicClientApplication({
      clientId,
      authority,
      knownAuthorities: [new URL(authority).host],
      cache,
      http,
    })
    application.tokenCache.on('changed', () => {
      changes++
    })
    return {}
  },
  signIn: ({ user }) => signIn(user),
  signInAll: ({ users }) => inTurn(users, signIn),
  silent: ({ user, forceRefresh }) => silent(user, forceRefresh),
  async silentMany({ users, calls, rounds }) {
    const failures: string[] = []
    for (let round = 0; round < rounds; round++) {
      const numbers = Array.from({ length: calls }, (_, call) => users[call % users.length] ?? 0)
      const call = (user: number) => silent(user).catch(error => failures.push(`user ${user}: ${describe(error)}`))
      await Promise.all(numbers.map(call))
    }
    return { count: rounds * calls, failures: failures.slice(0, 20) }
  },
  async remove({ user }) {
    await app().removeAccount(accountOf(user))
    return {}
  },
  deserialize() {
    const { tokenCache } = app()
    tokenCache.deserialize(tokenCache.serialize())
    return {}
  },
  list: async () => ({ users: await list() }),
  memory() {
    const { Account = {} } = JSON.parse(app().tokenCache.serialize()) as { Account?: Record<string, AccountInfo> }
    return { users: numbersOf(place, Object.values(Account)) }
  },
  async read() {
    return reader.start(list)
  },
  stopReading: () => reader.stop(),
  changes: () => ({ count: changes }),
})
await application?.close()
