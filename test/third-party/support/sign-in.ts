/** What each client has to do the same way: sign in, find the token again without a request, refresh it. */
import assert from 'node:assert/strict'
import type { Step } from './job.js'
import { type Peer, runPeer, tokenIn } from './peers.js'
import type { Stage } from './stage.js'

/** One sign-in of a test. */
export interface SignIn {
  authority: string
  user: string
  scopes: string[]
  do: 'password' | 'interactive' | 'webUi' | 'code'
}

/** Signs in, then asks silently twice, the second time for a new token, in one application. */
export async function signInFindAndRefresh(peer: Peer, stage: Stage, signIn: SignIn): Promise<void> {
  const user = stage.user(signIn.user)
  const { username, password } = user
  const { scopes, authority } = signIn
  const { clientId, tenantId } = stage.tenant
  const asked = stage.watch()
  const first: Step =
    signIn.do === 'password' ? { do: 'password', scopes, username, password } : { do: signIn.do, scopes }
  const outcome = await runPeer(peer, stage, {
    clientId,
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
  const homeAccountId = `${user.id}.${tenantId}`
  assert.equal(fresh.username, username)
  assert.equal(fresh.tenantId, tenantId)
  assert.equal(found.homeAccountId, homeAccountId)
  assert.equal(found.accessToken, fresh.accessToken)
  assert.notEqual(refreshed.accessToken, fresh.accessToken)
  for (const scope of scopes) assert.ok(fresh.scopes?.includes(scope), `${scope} is not among ${fresh.scopes}`)
  // Not every client says where a token came from; the request log tells it of all.
  const sources = [fresh, found, refreshed].map(({ source }) => source).filter(source => source !== undefined)
  assert.deepEqual(sources, sources.length === 0 ? [] : ['service', 'cache', 'service'])
  const grant = signIn.do === 'password' ? 'password' : 'authorization_code'
  const grants = asked().filter(request => request.startsWith('token '))
  assert.deepEqual(grants, [`token ${grant}`, 'token refresh_token'])
  const accounts = outcome.results[3]?.accounts?.map(account => account.homeAccountId)
  assert.deepEqual(accounts, [homeAccountId])
}
