/** The steps of the demo after the sign-in: the cache, the silent token, the refresh and the call of an API. */
import { stat } from 'node:fs/promises'
import type { AuthenticationResult, PublicClientApplication } from '../../index.js'
import { size, timeLeft } from '../text.js'
import { expect } from './expect.js'
import { whoAmI } from './sample-api.js'
import type { Scene } from './scene.js'

/** What the demo asks for. */
export const SCOPES = ['User.Read']

const LOOP_MS = 100

/**
 * Shows where the token is now.
 *
 * @throws {DemoFailure} – the account is not in the cache, or others may read the file.
 */
export async function showCache({ story, cache }: Scene, app: PublicClientApplication): Promise<void> {
  const chapter = story.chapter('The token is in the cache')
  const accounts = await app.getAccounts()
  expect(accounts.length === 1, 'the cache holds one account')
  const { location, protection } = (await cache.open()) ?? {}
  if (location === undefined) {
    chapter.say('memory', 'no native addon here, so this cache ends with the program')
    chapter.say('to mend', cache.lacks ?? '')
    return
  }
  const { mode, size: bytes } = await stat(location)
  // Windows has no such bits; there the profile folder keeps others out.
  const permissions = (mode & 0o777).toString(8).padStart(4, '0')
  expect(process.platform === 'win32' || permissions === '0600', 'nobody else may read the cache')
  chapter.say('file', location)
  chapter.say('', `${size(bytes)}, permissions ${permissions}, gone when the demo ends`)
  const isPlain = protection === 'not encrypted'
  chapter.say('', isPlain ? 'not encrypted, so that nothing of it gets into your keyring' : `${protection}`)
}

/**
 * Finds the token again without the user and without the network: first from the file, then from memory.
 *
 * @throws {DemoFailure} – it is another token, or the tenant was asked.
 */
export async function findSilently(
  { story, tenant, cache, context }: Scene,
  app: PublicClientApplication,
  signedIn: AuthenticationResult,
): Promise<void> {
  const chapter = story.chapter(
    cache.lacks === undefined ? 'A second program finds it silently' : 'It is found silently',
  )
  const requests = tenant.requests.length
  const [account] = await app.getAccounts({ username: signedIn.account.username })
  const request = { scopes: SCOPES, account, signal: context.signal }
  const first = await app.acquireTokenSilent(request)
  chapter.say('first', 'the same token, read from the cache', chapter.lap())
  expect(first.fromCache && first.accessToken === signedIn.accessToken, 'the cache gave the token of the sign-in')
  const started = performance.now()
  let calls = 0
  while (performance.now() - started < LOOP_MS) {
    await app.acquireTokenSilent(request)
    calls += 1
  }
  chapter.say('again', `each of ${calls} calls more`, (performance.now() - started) / calls)
  expect(tenant.requests.length === requests, 'the tenant was asked nothing')
  chapter.say('network', '0 requests')
}

/**
 * Renews the token with the refresh token.
 *
 * @throws {DemoFailure} – it is the old token, or anything but one refresh was asked of the tenant.
 */
export async function refresh(
  { story, tenant, context }: Scene,
  app: PublicClientApplication,
  signedIn: AuthenticationResult,
): Promise<AuthenticationResult> {
  const chapter = story.chapter('It is renewed without the user')
  const requests = tenant.requests.length
  const renewed = await app.acquireTokenSilent({
    scopes: SCOPES,
    account: signedIn.account,
    forceRefresh: true,
    signal: context.signal,
  })
  chapter.say('refresh', `a new token, good for ${timeLeft(renewed.expiresOn)}`, chapter.lap())
  const made = tenant.requests.slice(requests)
  expect(!renewed.fromCache && renewed.accessToken !== signedIn.accessToken, 'the tenant gave a new token')
  expect(made.length === 1 && made[0]?.form.grant_type === 'refresh_token', 'one refresh was all that it took')
  chapter.say('network', '1 request, no page')
  return renewed
}

/**
 * Calls the API with the token, and once without.
 *
 * @throws {DemoFailure} – the API does not take the token for what it is.
 */
export async function callApi({ story, tenant }: Scene, result: AuthenticationResult): Promise<void> {
  const chapter = story.chapter('An API takes it for what it is')
  const refused = await whoAmI(tenant.origin, tenant.caPem, undefined)
  chapter.say('without', `GET /api/me  ${refused.status}`, chapter.lap())
  const answer = await whoAmI(tenant.origin, tenant.caPem, result.authorizationHeader)
  chapter.say('with it', `GET /api/me  ${answer.status}  “Hello, ${String(answer.body.displayName)}”`, chapter.lap())
  expect(refused.status === 401, 'the API refuses who has no token')
  expect(answer.status === 200, 'the API takes the token')
  expect(answer.body.userPrincipalName === result.account.username, 'the API knows whose token it is')
}
