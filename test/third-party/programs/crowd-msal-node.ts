/** A process of a crowd with @azure/msal-node and PersistenceCachePlugin: `<file with the tenant's place>`, then orders on stdin. */
import { join } from 'node:path'
import { PublicClientApplication } from '@azure/msal-node'
import { answerOrders, inTurn, numbersOf, Reader, tenantPlace } from '../../cache/crowd/answer-orders.js'
import { persistenceCachePlugin } from '../support/msal-node-extensions.js'

const place = tenantPlace()
const { clientId, authority } = place
const reader = new Reader()
let application: PublicClientApplication | undefined

function app(): PublicClientApplication {
  if (application === undefined) throw new Error('open comes first')
  return application
}

async function list(): Promise<number[]> {
  return numbersOf(place, await app().getTokenCache().getAllAccounts())
}

await answerOrders({
  async open({ folder }) {
    application = new PublicClientApplication({
      auth: { clientId, authority, knownAuthorities: [new URL(authority).host] },
      cache: { cachePlugin: await persistenceCachePlugin(join(folder, 'crowd')) },
    })
    return {}
  },
  signInAll: ({ users }) =>
    inTurn(users, async user => {
      const { username = '', password = '' } = place.users[user] ?? {}
      await app().acquireTokenByUsernamePassword({ scopes: ['User.Read'], username, password })
    }),
  list: async () => ({ users: await list() }),
  async read() {
    return reader.start(list)
  },
  stopReading: () => reader.stop(),
})
