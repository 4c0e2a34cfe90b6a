/** openid-client as an application uses it: discovery, a sign-in in the browser, a code redeemed with every check on. */
import { readFileSync } from 'node:fs'
import * as client from 'openid-client'
import { Agent, fetch, ProxyAgent, type RequestInit } from 'undici'
import { scriptedBrowser } from '#lib/cli/demo/scripted-browser.js'
import { atOrigin, type Person } from './browser-user.js'
import { listenForRedirect } from './redirect-listener.js'
import type { Place } from './stage.js'

export interface RelyingParty extends AsyncDisposable {
  configuration: client.Configuration
}

/** Discovers a tenant: at the emulator's own origin directly, at any other one through the proxy. */
export async function discoverTenant(
  place: Place,
  { origin, tenant, clientId }: { origin: string; tenant: string; clientId: string },
): Promise<RelyingParty> {
  const tls = { ca: readFileSync(place.caFile, 'utf8') }
  const dispatcher =
    origin === place.origin ? new Agent({ connect: tls }) : new ProxyAgent({ uri: place.proxyUrl, requestTls: tls })
  const close = () => dispatcher.destroy()
  try {
    const configuration = await client.discovery(
      new URL(`${origin}/${tenant}/v2.0`),
      clientId,
      undefined,
      client.None(),
      {
        // openid-client leaves headers and bodies as the fetch of this undici takes them.
        [client.customFetch]: (url, options) =>
          fetch(url, { ...(options as RequestInit), dispatcher }) as unknown as Promise<Response>,
        // Without it the signature is taken for granted, since the token came straight from the server.
        execute: [client.enableNonRepudiationChecks],
        timeout: 20,
      },
    )
    return { configuration, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Signs the user in through the scripted browser and redeems the code. */
export async function signIn(
  configuration: client.Configuration,
  place: Place,
  { username, password, otc }: Person,
): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [state, nonce] = [client.randomState(), client.randomNonce()]
  await using listener = await listenForRedirect()
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: listener.redirectUri,
    scope: 'openid profile offline_access User.Read',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  const answers = { username, password, ...(otc !== undefined && { otc }) }
  await scriptedBrowser({ caPem: readFileSync(place.caFile, 'utf8'), answers })(atOrigin(url, place.origin))
  const checks = { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  return client.authorizationCodeGrant(configuration, await listener.answered, checks)
}
