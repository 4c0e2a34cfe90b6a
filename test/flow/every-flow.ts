/** Each way to a token as one function, so that a table can put all of them through the same trouble. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuthenticationResult, CustomWebUi, DeviceCode, PublicClientApplication } from 'latchkey'
import { SCOPES, type Visit } from './support.js'

/** What a flow is run with. */
export interface Actor {
  app: PublicClientApplication
  user: { username: string; password: string }
  /** Whom the organization's federation server knows; the system must say that it is this user who is signed in. */
  federated: { username: string; password: string }
  /** A refresh token of the user's. */
  refreshToken: string
  /** A code that nobody has approved. */
  deviceCode: DeviceCode
}

/** A browser that needs no network: it comes back with a code at once. */
const INSTANT_WEB_UI: CustomWebUi = {
  async acquireAuthorizationCode(authorizationUrl, redirectUri) {
    const answer = new URL(redirectUri)
    answer.searchParams.set('code', 'made-up')
    answer.searchParams.set('state', authorizationUrl.searchParams.get('state') ?? '')
    return answer
  },
}

export const FLOWS: Record<string, (actor: Actor) => Promise<AuthenticationResult>> = {
  async silent({ app }) {
    const [account] = await app.getAccounts()
    return app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  },
  interactive: ({ app }) => app.acquireTokenInteractive({ scopes: SCOPES, webUi: INSTANT_WEB_UI }),
  'authorization code': ({ app }) => app.acquireTokenByAuthorizationCode({ scopes: SCOPES, code: 'made-up' }),
  'device code': ({ app }) => app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback() {} }),
  'device code poll': ({ app, deviceCode }) => app.acquireTokenByDeviceCode({ deviceCode, poll: 'once' }),
  password: ({ app, user }) => app.acquireTokenByUsernamePassword({ scopes: SCOPES, ...credentials(user) }),
  integrated: ({ app }) => app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES }),
  'federated password': ({ app, federated }) =>
    app.acquireTokenByUsernamePassword({ scopes: SCOPES, ...credentials(federated) }),
  'refresh token': ({ app, refreshToken }) => app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken }),
}

function credentials({ username, password }: Actor['user']): { username: string; password: string } {
  return { username, password }
}

/** The sign-in of a program that runs the browser itself and redeems the code that the browser ends with. */
export async function byAuthorizationCode(
  app: PublicClientApplication,
  visit: Visit,
  request: { scopes: string[]; authority?: string },
): Promise<AuthenticationResult> {
  const listener = createServer((_request, response) => response.end('<title>Done</title>')).listen(0, 'localhost')
  await once(listener, 'listening')
  const redirectUri = `http://localhost:${(listener.address() as AddressInfo).port}/`
  const { url, codeVerifier, nonce } = await app.getAuthorizationCodeUrl({ ...request, redirectUri })
  await visit.open(url)
  const { url: landed } = await visit.end()
  listener.close()
  listener.closeAllConnections()
  const code = landed.searchParams.get('code') ?? assert.fail(`no code in ${landed}`)
  return app.acquireTokenByAuthorizationCode({ ...request, redirectUri, code, codeVerifier, nonce })
}
