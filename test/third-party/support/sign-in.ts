/** What each client has to do the same way: sign in, find the token again without a request, refresh it. */
import assert from 'node:assert/strict'
import type { Person } from './browser-user.js'
import type { Outcome, Step } from './job.js'
import { type Peer, runPeer, tokenIn } from './peers.js'
import type { Place, Stage } from './stage.js'

/** One sign-in of a test. */
export interface SignIn {
  authority: string
  scopes: string[]
  do: 'password' | 'interactive' | 'webUi' | 'code' | 'deviceCode'
}

/** Signs in, then asks silently twice, the second time for a new token, then for the accounts, in one application. */
export async function signInFindAndRefresh(peer: Peer, place: Place, user: Person, signIn: SignIn): Promise<Outcome> {
  const { username, password } = user
  const { scopes, authority } = signIn
  const first: Step =
    signIn.do === 'password' ? { do: 'password', scopes, username, password } : { do: signIn.do, scopes }
  const outcome = await runPeer(peer, place, {
    clientId: place.clientId,
    authority,
    user,
    steps: [
      first,
      { do: 'silent', scopes, username },
      { do: 'silent', scopes, username, forceRefresh: true },
      { do: 'accounts' },
    ],
  })
  const [fresh, found, refreshed] = [tokenIn(outcome, 0), tokenIn(outcome, 1), tokenIn(outcome, 2)]
  assert.equal(fresh.username, username)
  assert.equal(found.accessToken, fresh.accessToken)
  assert.notEqual(refreshed.accessToken, fresh.accessToken)
  for (const scope of scopes) assert.ok(fresh.scopes?.includes(scope), `${scope} is not among ${fresh.scopes}`)
  // Not every client says where a token came from; the request log tells it of all.
  const sources = [fresh, found, refreshed].map(({ source }) => source).filter(source => source !== undefined)
  assert.deepEqual(sources, sources.length === 0 ? [] : ['service', 'cache', 'service'])
  assert.equal(outcome.results[3]?.accounts?.length, 1)
  return outcome
}

const GRANTS: Record<SignIn['do'], RegExp> = {
  password: /^token password$/,
  interactive: /^token authorization_code$/,
  webUi: /^token authorization_code$/,
  code: /^token authorization_code$/,
  // The name in the RFC, or the one that most MSALs send.
  deviceCode: /^token (urn:ietf:params:oauth:grant-type:)?device_code$/,
}

/** The same on a stage, where it is known who the user is and what was asked. */
export async function signInOnStage(peer: Peer, stage: Stage, name: string, signIn: SignIn): Promise<void> {
  const user = stage.user(name)
  const { tenantId } = stage.tenant
  const asked = stage.watch()
  const { results } = await signInFindAndRefresh(peer, stage, user, signIn)
  const homeAccountId = `${user.id}.${tenantId}`
  assert.equal(results[0]?.tenantId, tenantId)
  assert.equal(results[1]?.homeAccountId, homeAccountId)
  assert.equal(results[3]?.accounts?.[0]?.homeAccountId, homeAccountId)
  const grants = asked().filter(request => request.startsWith('token '))
  const [first] = grants
  assert.match(first ?? '', GRANTS[signIn.do])
  // A device asks until it is answered; nothing else is sent twice.
  const others = signIn.do === 'deviceCode' ? grants.filter(grant => grant !== first) : grants.slice(1)
  assert.deepEqual(others, ['token refresh_token'])
}
