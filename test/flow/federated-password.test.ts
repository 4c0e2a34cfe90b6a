/** A federated user's name and password: which server is sent them, what comes back, and what is remembered. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ClientError, type PublicClientApplication, ServiceError, type UsernamePasswordRequest } from 'latchkey'
import type { Fault } from 'latchkey/emulator'
import { FakeClock } from '../fakes/fake-clock.js'
import { MemoryLogSink } from '../fakes/memory-logger.js'
import { testHttpClient } from '../support/http.js'
import { SCOPES, setStage } from './support.js'

/** Everything that XML has a meaning for. */
const ODD = { username: "o'neil&co@contoso.com", password: 'a<b>&amp;"c]]>\u{1f600}' }
const stage = await setStage({ users: [{ ...ODD, kind: 'federated' }] })
const { tenant } = stage
const joe = stage.user('joe')

/** Messages to a federation server say when they were written, so it is today for the application too. */
const application = (t: TestContext, clock = new FakeClock(new Date())) => stage.application(t, {}, clock).app
const signIn = (app: PublicClientApplication, changes: Partial<UsernamePasswordRequest> = {}) =>
  app.acquireTokenByUsernamePassword({
    scopes: SCOPES,
    username: joe.username,
    password: joe.password,
    ...changes,
  })
/** What was asked for, as `GET mex`. */
const asked = () => tenant.requests.map(({ method, path }) => `${method} ${lastOf(path)}`)
const lastOf = (path: string) => path.replace(/^.*(userrealm|mex|trust\/\d+\/\w+|token|mex\b).*$/, '$1')
const FIRST = ['GET userrealm', 'GET mex', 'POST trust/13/usernamemixed', 'POST token']
const SECOND = ['POST trust/13/usernamemixed', 'POST token']

test('the password goes to the federation server only, and its assertion to the token endpoint', async t => {
  const app = application(t)
  const result = await signIn(app)
  assert.equal(result.account.username, joe.username)
  assert.deepEqual(asked(), FIRST)
  const { form, headers } = stage.tokenRequests()[0] ?? assert.fail()
  assert.equal(form.grant_type, 'urn:ietf:params:oauth:grant-type:saml1_1-bearer')
  assert.match(form.assertion ?? '', /^[A-Za-z0-9+/]+=*$/)
  assert.match(Buffer.from(form.assertion ?? '', 'base64').toString(), /^<saml:Assertion .*<\/saml:Assertion>$/s)
  assert.deepEqual([form.password, form.username, form.client_info], [undefined, undefined, '1'])
  assert.equal(form.scope, 'User.Read openid profile offline_access')
  assert.equal(headers['x-anchormailbox'], `upn:${joe.username}`)

  const again = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
  assert.equal(again.accessToken, result.accessToken)
  assert.equal(tenant.requests.length, 4)
})

test('the second sign-in costs two requests, and after an hour four again', async t => {
  const clock = new FakeClock(new Date())
  const app = application(t, clock)
  await signIn(app)
  tenant.requests.length = 0
  await signIn(app)
  assert.deepEqual(asked(), SECOND)
  tenant.requests.length = 0
  await clock.advance(3_600_000)
  tenant.clock.advance(3_600)
  t.after(() => tenant.clock.advance(-3_600))
  await signIn(app)
  assert.deepEqual(asked(), FIRST)
})

test('what is remembered is forgotten when the federation server or the token endpoint refuses', async t => {
  const app = application(t)
  await signIn(app)
  await assert.rejects(signIn(app, { password: 'wrong' }), { code: 'parsing_wstrust_response_failed' })
  tenant.requests.length = 0
  await signIn(app)
  assert.deepEqual(asked(), FIRST)
  tenant.scenario({ aadsts: 50079 })
  await assert.rejects(signIn(app), { code: 'invalid_grant' })
  tenant.scenario(null)
  tenant.requests.length = 0
  await signIn(app)
  assert.deepEqual(asked(), FIRST)
})

test('and so it is when the federation server has no metadata any more: the user may be somewhere else now', async t => {
  const app = application(t)
  const metadataUrl = 'https://gone.example.invalid/mex'
  tenant.scenario({ realmAnswer: { set: { federation_metadata_url: metadataUrl } } })
  await assert.rejects(signIn(app), (error: unknown) => error instanceof ClientError)
  tenant.scenario(null)
  tenant.requests.length = 0
  await signIn(app)
  assert.deepEqual(asked(), FIRST)
})

test('what the realm calls an address is not shown before it is known to be one', async t => {
  const sink = new MemoryLogSink('verbose')
  for (const [metadataUrl, where] of [
    ['https://u:p4ssword@fs.example/mex?a=p4ssword', 'metadata at https://fs.example/mex?…'],
    ['p4ssword', 'metadata at what is no address'],
    ['http://fs.example/p4ssword', 'metadata at http://fs.example/p4ssword'],
  ] as const) {
    tenant.scenario({ realmAnswer: { set: { federation_metadata_url: metadataUrl } } })
    const { app } = stage.application(t, { logger: sink }, new FakeClock(new Date()))
    const error = await signIn(app).catch((refusal: unknown) => refusal)
    assert.ok(error instanceof ServiceError && error.code === 'accessing_ws_metadata_exchange_failed', String(error))
    assert.ok(error.steps[0]?.endsWith(where), error.steps[0])
  }
  assert.match(sink.text, /metadata at http:\/\/fs\.example\/…/)
  assert.doesNotMatch(sink.text, /p4ssword/)
})

test('a user name and a password with everything that XML has a meaning for arrive as they are', async t => {
  const app = application(t)
  const result = await signIn(app, ODD)
  assert.equal(result.account.username, ODD.username)
})

test('a wrong password costs one attempt, and says so in the server’s words', async t => {
  const app = application(t)
  const error = await signIn(app, { password: 'wrong' }).catch((refusal: unknown) => refusal)
  assert.ok(error instanceof ClientError, String(error))
  assert.equal(error.code, 'parsing_wstrust_response_failed')
  assert.match(error.message, /ID3242: The security token could not be authenticated or authorized/)
  assert.match(error.hint, /user name and the password again/)
  assert.ok(error.cause instanceof ServiceError)
  assert.deepEqual([error.cause.code, error.cause.status], ['federated_service_returned_error', 500])
  assert.deepEqual(asked(), FIRST.slice(0, 3))
  assert.deepEqual(
    error.steps.map(line => line.replace(/https:\S+/g, 'URL').slice(0, 60)),
    [
      'user realm: URL says federated, metadata at URL',
      'federation metadata: GET URL answered 200',
      'federation metadata: WS-Trust 1.3 for a user name and a pass',
      'security token request: POST URL answered 500',
      'security token request: refused: ID3242: The security token ',
    ].map(line => line.replace('user realm: URL', `user realm: ${new URL(tenant.authority).host}`)),
  )
})

test('nothing is tried twice at the federation server, whatever it does', async t => {
  const app = application(t)
  const TROUBLES: [Fault, string][] = [
    [{ kind: 'html', status: 500 }, 'parsing_wstrust_response_failed'],
    [{ kind: 'html', status: 503, retryAfterSeconds: 0 }, 'parsing_wstrust_response_failed'],
    [{ kind: 'text' }, 'parsing_wstrust_response_failed'],
    [{ kind: 'status', status: 403 }, 'parsing_wstrust_response_failed'],
    [{ kind: 'huge', bytes: 10_485_760 }, 'response_too_large'],
    [{ kind: 'reset' }, 'network_error'],
    [{ kind: 'truncate' }, 'network_error'],
  ]
  for (const [fault, code] of TROUBLES) {
    tenant.scenario({ faults: { usernameMixed: fault } })
    tenant.requests.length = 0
    await assert.rejects(signIn(app), { name: 'ClientError', code }, fault.kind)
    assert.equal(asked().filter(line => line.includes('usernamemixed')).length, 1, fault.kind)
    assert.equal(stage.tokenRequests().length, 0)
  }
})

test('every shape of the answer that Entra takes is taken there', async t => {
  for (const federation of [
    { samlVersion: '2.0' as const },
    { assertionPrefix: 'inherited' as const },
    { tokenType: 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1' },
    { server: 'thirdParty' as const },
    { disabledEndpoints: ['13/usernamemixed' as const] },
  ]) {
    tenant.scenario(null)
    tenant.scenario({ federation })
    tenant.requests.length = 0
    const app = application(t)
    const { account } = await signIn(app)
    assert.equal(account.username, joe.username, JSON.stringify(federation))
    const { form } = stage.tokenRequests()[0] ?? assert.fail()
    const grant = 'samlVersion' in federation ? 'saml2-bearer' : 'saml1_1-bearer'
    assert.equal(form.grant_type, `urn:ietf:params:oauth:grant-type:${grant}`)
  }
})

test('without a metadata address the realm’s own address for passwords does', async t => {
  tenant.scenario({ realmAnswer: { drop: ['federation_metadata_url'] } })
  await signIn(application(t))
  assert.deepEqual(asked(), ['GET userrealm', 'POST trust/2005/usernamemixed', 'POST token'])
  tenant.scenario({ realmAnswer: { drop: ['federation_metadata_url', 'federation_active_auth_url'] } })
  await assert.rejects(signIn(application(t)), { name: 'ClientError', code: 'missing_federation_metadata_url' })
})

test('an assertion that Entra does not take is its refusal', async t => {
  tenant.scenario({ federation: { signature: 'broken' } })
  const app = application(t)
  await assert.rejects(signIn(app), { code: 'invalid_grant' })
})

test('the metadata may come from the caller, and is not asked for then', async t => {
  const { client, send } = testHttpClient({ ca: tenant.caPem, proxy: false })
  t.after(() => client.close())
  const { body: federationMetadata } = await send(`${tenant.origin}/adfs/services/trust/mex`)
  tenant.requests.length = 0
  tenant.scenario({ realmAnswer: { drop: ['federation_metadata_url', 'federation_active_auth_url'] } })
  const app = application(t)
  await signIn(app, { federationMetadata })
  assert.deepEqual(asked(), [FIRST[0], ...SECOND])
  await assert.rejects(signIn(app, { federationMetadata: '<html/>' }), { code: 'parsing_ws_metadata_exchange_failed' })
  for (const wrong of ['', 7, 'x'.repeat(1_048_577)]) {
    await assert.rejects(signIn(app, { federationMetadata: wrong as string }), { code: 'invalid_request' })
  }
})
