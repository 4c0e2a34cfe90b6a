/** Answers that no token service should give: each has its code, and none of it reaches the cache. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ClientError, ServiceError } from 'latchkey'
import type { AnswerEdit, Fault, ScenarioPatch } from 'latchkey/emulator'
import { interactively, SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

interface BadAnswer {
  scenario: ScenarioPatch
  code: string
  /** Of the HTTP answer, where the service is the one to blame. */
  status?: number
}

const fault = (kind: Fault['kind'], more: Partial<Fault> = {}): ScenarioPatch => ({
  faults: { token: { kind, retryAfterSeconds: 1, ...more } },
})
const answer = (edit: AnswerEdit): ScenarioPatch => ({ tokenAnswer: edit })
const idToken = (set: Record<string, unknown>): ScenarioPatch => ({ idTokenClaims: { set } })
const error = (errorAnswer: AnswerEdit): ScenarioPatch => ({ aadsts: 50126, errorAnswer })
const elsewhere = '11111111-2222-4333-8444-555555555555'

const BAD: Record<string, BadAnswer> = {
  'text that is not JSON': { scenario: fault('text'), code: 'non_parsable_oauth_error', status: 200 },
  'a page': { scenario: fault('html', { status: 403 }), code: 'non_parsable_oauth_error', status: 403 },
  'a page that is not there': { scenario: fault('html', { status: 404 }), code: 'not_found', status: 404 },
  'a page of a broken gateway': {
    scenario: fault('html', { status: 502 }),
    code: 'service_not_available',
    status: 502,
  },
  'a page that asks to slow down': { scenario: fault('html', { status: 429 }), code: 'request_throttled', status: 429 },
  'JSON that does not end': { scenario: fault('huge'), code: 'response_too_large' },
  'no answer': { scenario: fault('hang'), code: 'request_timeout' },
  'a broken connection': { scenario: fault('reset'), code: 'network_error' },
  'half an answer': { scenario: fault('truncate'), code: 'network_error' },
  'an error without a name': { scenario: error({ drop: ['error'] }), code: 'http_status_not_200', status: 400 },
  'an error whose name is no text': {
    scenario: error({ set: { error: 7 } }),
    code: 'http_status_not_200',
    status: 400,
  },
  'an error with a name of its own': {
    scenario: error({ set: { error: 'a_new_error', error_codes: ['x', null], suberror: {} } }),
    code: 'a_new_error',
    status: 400,
  },
  'no access token': { scenario: answer({ drop: ['access_token'] }), code: 'invalid_token_response' },
  'an access token that is no text': {
    scenario: answer({ set: { access_token: {} } }),
    code: 'invalid_token_response',
  },
  'a refresh token that is no text': {
    scenario: answer({ set: { refresh_token: 1 } }),
    code: 'invalid_token_response',
  },
  'no token type': { scenario: answer({ drop: ['token_type'] }), code: 'token_type_missing' },
  'another token type': { scenario: answer({ set: { token_type: 'pop' } }), code: 'token_type_mismatch' },
  'an ID token that is none': { scenario: answer({ set: { id_token: 'no.jwt' } }), code: 'invalid_jwt' },
  'an ID token without parts': { scenario: answer({ set: { id_token: 'nonsense' } }), code: 'invalid_jwt' },
  'an ID token for another application': { scenario: idToken({ aud: elsewhere }), code: 'invalid_audience' },
  'an ID token for nobody': { scenario: { idTokenClaims: { drop: ['aud'] } }, code: 'invalid_audience' },
  'an ID token from elsewhere': {
    scenario: idToken({ iss: `https://login.evil.example/${tenant.tenantId}/v2.0` }),
    code: 'invalid_issuer',
  },
  'an ID token of another tenant than it says': { scenario: idToken({ tid: elsewhere }), code: 'invalid_issuer' },
  'an ID token of another sign-in': { scenario: idToken({ nonce: 'another' }), code: 'nonce_mismatch' },
  'an ID token without a nonce': { scenario: { idTokenClaims: { drop: ['nonce'] } }, code: 'nonce_mismatch' },
  'nobody who signed in': {
    scenario: answer({ drop: ['client_info', 'id_token'] }),
    code: 'invalid_token_response',
  },
}

/** What is left out of a renewal: the nonce belongs to the sign-in, and the account is known. */
const FOR_SIGN_INS_ONLY = ['nonce_mismatch', 'nobody who signed in']

const isBad = (bad: BadAnswer, thrown: unknown, name: string): true => {
  assert.ok(thrown instanceof ClientError || thrown instanceof ServiceError, `${name}: ${thrown}`)
  assert.equal(thrown.code, bad.code, name)
  assert.ok(thrown.hint.length > 10 && thrown.message.length > 10, name)
  assert.equal('status' in thrown ? thrown.status : undefined, bad.status, name)
  return true
}

/** Somebody signed in, to an application that waits two seconds at most for an answer. */
async function signedIn(t: TestContext) {
  // Making the tenant's key and loading the client may take longer; a first application bears that.
  const { app: first, clock, result } = await stage.signedIn(t)
  const { app } = stage.application(t, { http: { timeoutSeconds: 2 } }, clock)
  app.tokenCache.deserialize(first.tokenCache.serialize())
  return { app, clock, result }
}

test('a sign-in that is answered badly is refused, keeps nothing, and loses nothing', async t => {
  const { app } = await signedIn(t)
  const before = app.tokenCache.serialize()
  for (const [name, bad] of Object.entries(BAD)) {
    tenant.requests.length = 0
    tenant.scenario(bad.scenario)
    const visit = stage.visit('alice')
    await assert.rejects(interactively(app, visit), thrown => isBad(bad, thrown, name))
    const { page } = await visit.end()
    assert.equal(page.title, 'Not signed in', name)
    assert.ok(page.answer.text.includes(`<code>${bad.code}</code>`), name)
    assert.equal(stage.tokenRequests().length, 1, name)
    assert.equal(app.tokenCache.serialize(), before, name)
    tenant.scenario(null)
  }
})

test('a renewal that is answered badly is refused, keeps nothing, and loses nothing', async t => {
  const { app, result } = await signedIn(t)
  const before = app.tokenCache.serialize()
  const { account } = result
  for (const [name, bad] of Object.entries(BAD)) {
    if (FOR_SIGN_INS_ONLY.some(skipped => skipped === name || skipped === bad.code)) continue
    tenant.scenario(bad.scenario)
    const renewal = app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
    await assert.rejects(renewal, thrown => isBad(bad, thrown, name))
    assert.equal(app.tokenCache.serialize(), before, name)
    assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache, true, name)
    tenant.scenario(null)
  }
})

test('an answer that is unusual and not wrong is taken', async t => {
  const { app, clock } = await signedIn(t)
  const unusual: Record<string, [AnswerEdit, (got: Awaited<ReturnType<typeof interactively>>) => void]> = {
    'times as text': [
      { set: { expires_in: '1200', ext_expires_in: '2400', refresh_in: '600' } },
      ({ expiresOn, extendedExpiresOn, refreshOn }) =>
        assert.deepEqual(
          [expiresOn, extendedExpiresOn, refreshOn].map(time => Number(time) - clock.now()),
          [1_200_000, 2_400_000, 600_000],
        ),
    ],
    'no time': [
      { drop: ['expires_in', 'ext_expires_in'] },
      ({ expiresOn, extendedExpiresOn }) =>
        assert.deepEqual([expiresOn.getTime() - clock.now(), extendedExpiresOn], [600_000, undefined]),
    ],
    'a time beyond reason': [
      { set: { expires_in: 1e12 } },
      ({ expiresOn }) => assert.equal(expiresOn.getTime() - clock.now(), 366 * 86_400_000),
    ],
    'no scope': [{ drop: ['scope'] }, ({ scopes }) => assert.deepEqual(scopes, SCOPES)],
    'a token type in other case': [
      { set: { token_type: 'bearer' } },
      ({ tokenType }) => assert.equal(tokenType, 'Bearer'),
    ],
    'fields of the future': [{ set: { later: { a: [1] } } }, ({ fromCache }) => assert.equal(fromCache, false)],
    'no refresh token': [{ drop: ['refresh_token'] }, ({ account }) => assert.ok(account.username)],
  }
  for (const [name, [edit, check]] of Object.entries(unusual)) {
    tenant.scenario({ tokenAnswer: edit })
    const result = await interactively(app, stage.visit('alice')).catch((thrown: unknown) =>
      assert.fail(`${name}: ${thrown}`),
    )
    check(result)
    tenant.scenario(null)
  }
})
