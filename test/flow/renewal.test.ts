/** Redeeming the refresh token: what is kept of it, what the service may refuse, and what the user then has to do. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type AccountInfo, ClientError, InteractionRequiredError, ServiceError } from 'latchkey'
import { claimsOf } from '../emulator/support.js'
import { interactively, SCOPES, type Subject, setStage, until } from './support.js'

const stage = await setStage({
  users: [
    { username: 'rita@contoso.onmicrosoft.com' },
    { username: 'fred@contoso.onmicrosoft.com', signInFrequencySeconds: 3_600 },
    { username: 'nora@contoso.onmicrosoft.com' },
    { username: 'tom@contoso.onmicrosoft.com' },
  ],
})
const { tenant } = stage

/** Somebody signed in, and the call that renews their token. */
async function renewable(t: TestContext, name = 'alice') {
  const subject = await stage.signedIn(t, name)
  const { account } = subject.result
  return { ...subject, renew: () => subject.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true }) }
}

const refreshTokensIn = ({ app }: Subject): string[] => {
  const { RefreshToken } = JSON.parse(app.tokenCache.serialize()) as {
    RefreshToken: Record<string, { secret: string }>
  }
  return Object.values(RefreshToken).map(({ secret }) => secret)
}

/** Holds an error against what it must be. */
function isRefusal(
  error: unknown,
  expected: { number: number; suberror?: string | undefined },
): InteractionRequiredError {
  assert.ok(error instanceof InteractionRequiredError, String(error))
  assert.deepEqual([error.code, error.status, error.suberror], ['invalid_grant', 400, expected.suberror])
  assert.deepEqual(error.errorCodes, [expected.number])
  assert.ok(error.hint.length > 10 && error.correlationId && error.traceId)
  return error
}

test('a rotated refresh token takes the place of the old one', async t => {
  const subject = await renewable(t)
  tenant.scenario({ rotation: 'revokeOld' })
  const seen = new Set(refreshTokensIn(subject))
  for (let i = 0; i < 3; i++) {
    await subject.renew()
    const [kept, ...others] = refreshTokensIn(subject)
    assert.deepEqual(others, [])
    assert.equal(seen.has(String(kept)), false)
    seen.add(String(kept))
  }
  assert.deepEqual(
    stage.tokenRequests().map(({ form }) => form.refresh_token),
    [...seen].slice(0, 3),
  )
})

test('without rotation the old refresh token stays', async t => {
  const subject = await renewable(t)
  tenant.scenario({ rotation: 'off' })
  const before = refreshTokensIn(subject)
  const first = await subject.renew()
  assert.deepEqual(refreshTokensIn(subject), before)
  assert.notEqual((await subject.renew()).accessToken, first.accessToken)
})

test('what only the user can mend is InteractionRequiredError with the number of the service', async t => {
  const { app, clock, renew } = await renewable(t, 'rita')
  const before = app.tokenCache.serialize()
  tenant.scenario({ users: { [stage.user('rita').username]: { revoked: true } } })
  isRefusal(await renew().catch((error: unknown) => error), { number: 50173, suberror: 'bad_token' })

  const fred = await renewable(t, 'fred')
  tenant.clock.advance(3_601)
  isRefusal(await fred.renew().catch((error: unknown) => error), { number: 70043, suberror: 'token_expired' })
  tenant.scenario({ users: { [stage.user('nora').username]: { consentNeeded: ['Files.Read'] } } })
  const nora = await renewable(t, 'nora')
  const { account } = nora.result
  const files = { scopes: ['Files.Read'], account }
  const consent = await nora.app.acquireTokenSilent(files).catch((error: unknown) => error)
  const { classification } = isRefusal(consent, { number: 65001, suberror: 'consent_required' })
  assert.equal(classification, 'consent_required')
  await interactively(nora.app, stage.visit('nora'), files)
  assert.equal((await nora.app.acquireTokenSilent(files)).fromCache, true)

  // A refusal takes nothing away: what is cached still works until it expires.
  assert.equal(app.tokenCache.serialize(), before)
  const [known] = await app.getAccounts()
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account: known })).fromCache, true)
  assert.equal(clock.sleeping, 0)
})

test('a claims challenge is passed on to the user, whose sign-in then satisfies it', async t => {
  const { app, result, renew } = await renewable(t, 'tom')
  const { account } = result
  tenant.scenario({ users: { [stage.user('tom').username]: { mfa: true, conditionalAccess: 'challenge' } } })
  const { claims, classification } = isRefusal(await renew().catch((error: unknown) => error), {
    number: 50076,
    suberror: 'basic_action',
  })
  assert.equal(classification, 'basic_action')
  assert.ok(claims)
  const visit = stage.visit('tom')
  const signedIn = await interactively(app, visit, { account, claims })
  assert.ok(visit.titles.includes('Enter your code'))
  assert.deepEqual(claimsOf(signedIn.accessToken).amr, ['pwd', 'mfa'])
  const silent = await app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.deepEqual([silent.accessToken, silent.fromCache], [signedIn.accessToken, true])
  assert.equal((await renew()).fromCache, false)
})

test('an error of the server is tried once more for a refresh token, after a second', async t => {
  const { clock, renew } = await renewable(t)
  for (const [times, settled] of [
    [1, 'fulfilled'],
    [2, 'rejected'],
  ] as const) {
    tenant.requests.length = 0
    tenant.scenario({ faults: { token: { kind: 'status', status: 503, times } } })
    const [outcome] = await Promise.all([
      Promise.allSettled([renew()]),
      until(() => clock.sleeping > 0, 'the wait before the second try').then(() => clock.advance(1_000)),
    ])
    assert.equal(outcome[0].status, settled)
    assert.equal(stage.tokenRequests().length, 2)
  }
})

test('Retry-After is reported, and neither waited for nor tried against', async t => {
  const { clock, renew } = await renewable(t)
  for (const status of [429, 503]) {
    tenant.requests.length = 0
    tenant.scenario({ faults: { token: { kind: 'status', status, retryAfterSeconds: 120 } } })
    await assert.rejects(renew(), error => {
      assert.ok(error instanceof ServiceError && !(error instanceof InteractionRequiredError))
      assert.deepEqual([error.status, error.code], [status, 'temporarily_unavailable'])
      assert.equal(error.retryAfter?.getTime(), clock.now() + 120_000)
      return true
    })
    assert.equal(stage.tokenRequests().length, 1)
  }
})

test('an answer about another user is user_mismatch, and none of it is kept', async t => {
  const { app, renew } = await renewable(t)
  const before = app.tokenCache.serialize()
  const stranger = { uid: '11111111-2222-4333-8444-555555555555', utid: tenant.tenantId }
  const client_info = Buffer.from(JSON.stringify(stranger)).toString('base64url')
  tenant.scenario({ tokenAnswer: { set: { client_info } } })
  await assert.rejects(renew(), (error: unknown) => error instanceof ClientError && error.code === 'user_mismatch')
  assert.equal(app.tokenCache.serialize(), before)
})

test('an ID token for another application, or from elsewhere, is refused when tokens are renewed too', async t => {
  const { app, renew } = await renewable(t)
  const before = app.tokenCache.serialize()
  for (const [set, code] of [
    [{ aud: '11111111-2222-4333-8444-555555555555' }, 'invalid_audience'],
    [{ iss: 'https://login.evil.example/x/v2.0' }, 'invalid_issuer'],
  ] as const) {
    tenant.scenario({ idTokenClaims: { set } })
    await assert.rejects(renew(), { code, name: 'ClientError' })
    assert.equal(app.tokenCache.serialize(), before)
    tenant.scenario(null)
  }
})

test('an account that was stored as plain data is as good as the one from the cache', async t => {
  const { app, result } = await stage.signedIn(t)
  const account = JSON.parse(JSON.stringify(result.account)) as AccountInfo
  const { homeAccountId } = account
  const shout = { ...account, homeAccountId: homeAccountId.toUpperCase() }
  for (const stored of [account, shout]) {
    const hit = await app.acquireTokenSilent({ scopes: SCOPES, account: stored })
    assert.deepEqual([hit.accessToken, hit.account.homeAccountId], [result.accessToken, homeAccountId])
  }
})
