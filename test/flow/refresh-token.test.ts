/** Refresh tokens from elsewhere: taken over with the user that the answer names, or refused without a trace. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { InteractionRequiredError, type RefreshTokenRequest, ServiceError } from 'latchkey'
import { SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

/** A refresh token that another library was given, which an application of ours knows nothing of. */
async function refreshTokenOf(t: TestContext, name: string, clientId = tenant.clientId): Promise<string> {
  const { app } = stage.application(t, { clientId })
  const { username, password } = stage.user(name)
  await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
  const { RefreshToken } = JSON.parse(app.tokenCache.serialize()) as {
    RefreshToken: Record<string, { secret: string }>
  }
  tenant.requests.length = 0
  return Object.values(RefreshToken)[0]?.secret ?? assert.fail()
}

test('its user is signed in, and silent from then on, also when the access token has expired', async t => {
  const refreshToken = await refreshTokenOf(t, 'alice')
  const { app, clock } = stage.application(t)
  const result = await app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken })
  assert.equal(result.account.username, stage.user('alice').username)
  assert.equal(result.fromCache, false)
  assert.deepEqual((await app.getAccounts()).length, 1)
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })).fromCache, true)
  assert.equal(tenant.requests.length, 1)
  await clock.advance(7_200_000)
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })).fromCache, false)
})

test('an answer without a new refresh token leaves the one that was given in force', async t => {
  const refreshToken = await refreshTokenOf(t, 'alice')
  tenant.scenario({ rotation: 'off' })
  const { app, clock } = stage.application(t)
  const { account } = await app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken })
  await clock.advance(7_200_000)
  await app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.equal(stage.tokenRequests().at(-1)?.form.refresh_token, refreshToken)
})

test('what is no refresh token is refused before anything is sent', async t => {
  const { app } = stage.application(t)
  const SPACED = [' ', '\t\n', 'line\nbreak', 'token\n', ' token', 'two tokens']
  for (const refreshToken of ['', ...SPACED, 'schlüssel', 7, undefined, null, 'x'.repeat(40_000)]) {
    const request = { scopes: SCOPES, refreshToken } as RefreshTokenRequest
    await assert.rejects(app.acquireTokenByRefreshToken(request), { code: 'invalid_request' })
  }
  for (const refreshToken of SPACED) {
    await assert.rejects(app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken }), { hint: /line break/ })
  }
  assert.equal(tenant.requests.length, 0)
})

test('a token that was made up, or is another application’s, is refused, and the cache stays as it was', async t => {
  const { app } = await stage.signedIn(t)
  const before = app.tokenCache.serialize()
  const foreign = await refreshTokenOf(t, 'alice', '11111111-2222-4333-8444-555555555555')
  for (const refreshToken of ['made-up', foreign]) {
    await assert.rejects(app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken }), { code: 'invalid_grant' })
  }
  assert.equal(app.tokenCache.serialize(), before)
})

test('a token of another application is nothing that its user could mend', async t => {
  const { app } = stage.application(t)
  const foreign = await refreshTokenOf(t, 'alice', '11111111-2222-4333-8444-555555555555')
  await assert.rejects(app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken: foreign }), error => {
    assert.ok(error instanceof ServiceError && !(error instanceof InteractionRequiredError))
    assert.deepEqual([error.code, error.suberror], ['invalid_grant', 'client_mismatch'])
    return true
  })
})

test('a rotated token takes the place of the one that was given', async t => {
  const refreshToken = await refreshTokenOf(t, 'alice')
  tenant.scenario({ rotation: 'revokeOld' })
  const { app, clock } = stage.application(t)
  const { account } = await app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken })
  assert.ok(!app.tokenCache.serialize().includes(refreshToken))
  await clock.advance(7_200_000)
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache, false)
})

test('it adds an account and leaves those that are there alone', async t => {
  const refreshToken = await refreshTokenOf(t, 'alice')
  const { app, result } = await stage.signedIn(t, 'joe')
  const { account } = await app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken })
  const names = (await app.getAccounts()).map(({ username }) => username).sort()
  assert.deepEqual(names, [account.username, result.account.username].sort())
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })).fromCache, true)
})

test('an answer that does not say whose token it is, is not kept', async t => {
  const refreshToken = await refreshTokenOf(t, 'alice')
  tenant.scenario({ tokenAnswer: { drop: ['client_info', 'id_token'] } })
  const { app } = stage.application(t)
  await assert.rejects(app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken }), {
    code: 'invalid_token_response',
  })
  assert.deepEqual(await app.getAccounts(), [])
})
