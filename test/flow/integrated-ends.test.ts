/** Windows sign-ins that are given up, and what any of them leaves in logs and errors: no secret, but every step. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { AuthError, ClientError } from 'latchkey'
import type { ScenarioPatch } from 'latchkey/emulator'
import { nativeFailure } from '../fakes/fake-negotiate.js'
import { MemoryLogSink } from '../fakes/memory-logger.js'
import { asked, windowsSubject } from './integrated-support.js'
import { SCOPES, setStage, until } from './support.js'

const stage = await setStage()
const { tenant } = stage
const joe = stage.user('joe')
const ID = '01234567-89ab-cdef-0123-456789abcdef'

const ROUTES = ['userRealm', 'mex', 'windowsTransport', 'token'] as const

for (const end of ['signal', 'close'] as const) {
  for (const route of ROUTES) {
    test(`${end} ends a call that waits for ${route}`, async t => {
      tenant.scenario({ faults: { [route]: { kind: 'hang' } } })
      const { app, native, clock, signIn } = windowsSubject(stage, t)
      const abort = new AbortController()
      const call = signIn({ signal: abort.signal }).catch((error: unknown) => error)
      const last = { userRealm: /userrealm/, mex: /mex/, windowsTransport: /windows/, token: /token/ }[route]
      await until(() => last.test(asked(tenant).at(-1) ?? ''), `the request to ${route}`)
      const reason = new Error('given up')
      if (end === 'signal') abort.abort(reason)
      else await app.close()
      const outcome = await call
      if (end === 'signal') assert.equal(outcome, reason)
      else assert.equal((outcome as AuthError).code, 'app_closed')
      assert.equal(clock.sleeping, 0)
      await until(() => native.unclosed === 0, 'the conversation to be closed')
    })
  }

  test(`${end} ends a call that waits for the system to say who is signed in`, async t => {
    const { app, native, clock, signIn } = windowsSubject(stage, t)
    native.user = new Promise(() => {})
    const abort = new AbortController()
    const call = signIn({ signal: abort.signal }).catch((error: unknown) => error)
    await until(() => native.asked.length === 1, 'the question')
    const reason = new Error('given up')
    if (end === 'signal') abort.abort(reason)
    else await app.close()
    const outcome = await call
    if (end === 'signal') assert.equal(outcome, reason)
    else assert.equal((outcome as AuthError).code, 'app_closed')
    assert.equal(clock.sleeping, 0)
  })

  test(`${end} ends a call that waits for a domain controller`, async t => {
    const { app, native, signIn } = windowsSubject(stage, t)
    native.hangs = true
    const abort = new AbortController()
    const call = signIn({ signal: abort.signal }).catch((error: unknown) => error)
    await until(() => native.steps === 1, 'the step')
    const reason = new Error('given up')
    if (end === 'signal') abort.abort(reason)
    else await app.close()
    const outcome = await call
    if (end === 'signal') assert.equal(outcome, reason)
    else assert.equal((outcome as AuthError).code, 'app_closed')
    await until(() => native.unclosed === 0, 'the conversation to be closed')
  })
}

test('calls that end together have each an error of its own, and the reason of a signal stays as it is', async t => {
  const { app, native, signIn } = windowsSubject(stage, t)
  const errorOf = (call: Promise<unknown>) =>
    call.then(
      () => assert.fail('no error'),
      (error: AuthError) => error,
    )
  const abort = new AbortController()
  native.hangs = true
  const aborted = [1, 2].map(() => errorOf(signIn({ signal: abort.signal })))
  await until(() => native.steps === 2, 'the steps')
  const reason = new ClientError('authentication_canceled')
  abort.abort(reason)
  assert.deepEqual(await Promise.all(aborted), [reason, reason])
  assert.deepEqual(reason.steps, [])

  native.user = new Promise(() => {})
  const closed = [signIn({ correlationId: ID }), signIn()].map(errorOf)
  await until(() => native.asked.length === 4, 'the questions')
  await app.close()
  const [one, other] = await Promise.all(closed)
  assert.deepEqual([one?.code, other?.code, one?.correlationId], ['app_closed', 'app_closed', ID])
  assert.notEqual(one, other)
})

test('a system that never says who is signed in is not waited for longer than half a minute', async t => {
  const { native, clock, signIn } = windowsSubject(stage, t)
  native.user = new Promise(() => {})
  const call = assert.rejects(signIn(), { code: 'get_user_name_failed', message: /30 s/ })
  await until(() => clock.sleeping === 1, 'the question')
  await clock.advance(30_000)
  await call
})

const TROUBLES: ScenarioPatch[] = [
  {},
  { aadsts: 50079 },
  { federation: { windowsVerdict: 'refuse' } },
  { federation: { tokenType: 'urn:other' } },
  { federation: { signature: 'broken' } },
  { faults: { windowsTransport: { kind: 'truncate' } } },
  { faults: { usernameMixed: { kind: 'truncate' } } },
  { tokenAnswer: { drop: ['access_token'] } },
  { tokenAnswer: { set: { id_token: 'eyJub3QiOiJhIHRva2VuIn0.eyJicm9rZW4iOi.x' } } },
  { idTokenClaims: { set: { aud: '11111111-2222-4333-8444-555555555555' } } },
  { idTokenClaims: { set: { iss: 'https://login.evil.example/x/v2.0' } } },
  { faults: { token: { kind: 'text' } } },
  { faults: { token: { kind: 'reset' } } },
  { aadsts: 90033 },
  { users: { [joe.username]: { trustFault: 'ID3242' } } },
]

for (const logPii of [false, true]) {
  test(`neither a log nor an error has a password, an assertion or a token in it, logPii ${logPii}`, async t => {
    const sink = new MemoryLogSink('verbose', logPii)
    const thrown: unknown[] = []
    const assertions: string[] = []
    for (const scenario of TROUBLES) {
      tenant.scenario(null)
      tenant.scenario(scenario)
      const { app, native, signIn } = windowsSubject(stage, t, { logger: sink })
      const credentials = { scopes: SCOPES, username: joe.username, password: joe.password }
      await signIn().catch(error => thrown.push(error))
      await app.acquireTokenByUsernamePassword(credentials).catch(error => thrown.push(error))
      native.stepFailure = nativeFailure('UNKNOWN_SERVICE')
      await signIn().catch(error => thrown.push(error))
      assertions.push(...stage.tokenRequests().map(({ form }) => form.assertion ?? ''))
    }
    assert.ok(thrown.length >= 15)
    assert.ok(assertions.length >= 5)
    const printed = thrown.flatMap(error => [
      JSON.stringify(error),
      inspect(error, { depth: 10, maxStringLength: null }),
    ])
    const text = [sink.text, ...printed].join('\n')
    assert.ok(sink.text.length > 5_000)
    const secrets = [joe.password, ...tenant.issuedSecrets, ...assertions].filter(secret => secret.length > 7)
    for (const secret of secrets) assert.equal(text.includes(secret), false, 'a secret')
    assert.doesNotMatch(text, /<saml:|SignatureValue|NTLMSSP|YAYrBgEF/)
    assert.equal(sink.text.includes(joe.username), false)
    assert.equal(
      sink.lines.some(({ message }) => message.includes('/adfs/services')),
      logPii,
    )
  })
}

test('an error has every step: addresses, statuses, schemes, the name, the mechanism and the system’s numbers', async t => {
  const { native, signIn } = windowsSubject(stage, t)
  native.stepFailure = nativeFailure('UNKNOWN_SERVICE', 'Server not found')
  const error = await signIn().catch((failure: unknown) => failure)
  assert.ok(error instanceof AuthError)
  const { host } = new URL(tenant.origin)
  assert.deepEqual(error.steps, [
    'user name: from the system, in the domain contoso.com',
    `user realm: ${host} says federated, metadata at https://${host}/adfs/services/trust/mex`,
    `federation metadata: GET https://${host}/adfs/services/trust/mex answered 200`,
    `federation metadata: WS-Trust 1.3 for Windows sign-in (windowstransport) at https://${host}/adfs/services/trust/13/windowstransport`,
    'Negotiate: HTTP/localhost, bound to the TLS connection',
    'Negotiate: HTTP/localhost: gss_init_sec_context: Server not found (UNKNOWN_SERVICE 851968/-1765328377)',
    `security token request: POST https://${host}/adfs/services/trust/13/windowstransport failed (negotiate_unknown_service) after 401, offers Negotiate, NTLM`,
  ])
  assert.deepEqual((JSON.parse(JSON.stringify(error)) as { steps: unknown }).steps, error.steps)

  native.stepFailure = undefined
  tenant.scenario({ federation: { windowsVerdict: 'refuse' } })
  const refusal = await signIn().catch((failure: unknown) => failure)
  assert.ok(refusal instanceof AuthError)
  assert.match(
    refusal.steps.join('\n'),
    /answered 401, offers Negotiate, NTLM; \d+ bytes of kerberos: 401, offers Negotiate, NTLM\n/,
  )
})

test('ten megabytes at any step are not read, and do not stay in memory', async t => {
  const faults = { kind: 'huge' as const, bytes: 10_485_760 }
  const before = process.memoryUsage()
  for (const route of ['userRealm', 'mex', 'windowsTransport', 'token'] as const) {
    for (let round = 0; round < 5; round++) {
      const { native, signIn } = windowsSubject(stage, t)
      tenant.scenario(null)
      tenant.scenario({ faults: { [route]: faults } })
      await assert.rejects(signIn(), { code: 'response_too_large' }, route)
      assert.equal(native.unclosed, 0)
    }
  }
  const { heapUsed, external } = process.memoryUsage()
  // Two hundred megabytes were on offer, to a process that has the server in it too.
  assert.ok(heapUsed + external - before.heapUsed - before.external < 100 * 1_048_576)
})
