/** A service that calls an API for a user again and again. It holds the tokens; another process shows the sign-in page when it must be. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createPersistentCache, InteractionRequiredError, PublicClientApplication } from 'latchkey'
import { processWebUi } from './process-web-ui.js'

const { env } = process
const API = env.SERVICE_API ?? 'https://graph.microsoft.com/v1.0/me'
const EVERY_MS = Number(env.SERVICE_EVERY_SECONDS ?? 60) * 1_000
const scopes = ['User.Read']

const [command, ...args] = process.argv.slice(2)
if (command === undefined) {
  console.error('usage: node service.js <command that shows the sign-in page> [arguments]')
  process.exit(2)
}

const ended = new AbortController()
const { signal } = ended
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => ended.abort())

const app = new PublicClientApplication({
  clientId: env.LATCHKEY_CLIENT_ID ?? '',
  authority: env.LATCHKEY_AUTHORITY ?? 'https://login.microsoftonline.com/organizations',
  knownAuthorities: env.LATCHKEY_KNOWN_AUTHORITY?.split(',') ?? [],
  cache: await createPersistentCache({
    name: 'service',
    ...(env.SERVICE_CACHE && { directory: env.SERVICE_CACHE }),
    allowUnencryptedStorage: env.SERVICE_ALLOW_UNENCRYPTED === '1',
  }),
})
const webUi = processWebUi(command, args)

async function getToken() {
  const [account] = await app.getAccounts()
  try {
    return await app.acquireTokenSilent({ scopes, signal, ...(account && { account }) })
  } catch (error) {
    if (!(error instanceof InteractionRequiredError)) throw error
    console.log('The user is needed.')
    return app.acquireTokenInteractive({ scopes, webUi, signal, ...(error.claims && { claims: error.claims }) })
  }
}

while (!signal.aborted) {
  try {
    const { authorizationHeader, fromCache } = await getToken()
    const response = await fetch(API, { headers: { authorization: authorizationHeader }, signal })
    const { userPrincipalName } = await response.json()
    console.log(
      `${response.status} for ${userPrincipalName}, with a token from ${fromCache ? 'the cache' : 'the service'}`,
    )
  } catch (error) {
    // A user who closes the window is asked again at the next turn, and a network comes back.
    if (!signal.aborted) console.log(`${error.code ?? error.name}: ${error.message}`)
  }
  await sleep(EVERY_MS, undefined, { signal }).catch(() => {})
}
await app.close()
