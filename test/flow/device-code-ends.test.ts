/** Device code sign-ins that end otherwise: declined, expired, given up, refused; and what does not end them. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  type Configuration,
  type DeviceCode,
  type DeviceCodeRequest,
  InteractionRequiredError,
  ServiceError,
} from 'latchkey'
import type { Fault, ScenarioPatch } from 'latchkey/emulator'
import { pageOf, SCOPES, setStage, until, whileTimePasses } from './support.js'

const stage = await setStage()
const { tenant } = stage

async function started(t: TestContext, configuration: Partial<Configuration> = {}) {
  const { app, clock } = stage.application(t, configuration)
  return { app, clock, deviceCode: await app.startDeviceCode({ scopes: SCOPES }) }
}

test('whoever declines ends it with authorization_declined', async t => {
  const { app, clock, deviceCode } = await started(t)
  await stage.visit('cara', { deeds: { 'Permissions requested': () => ({ ucaccept: 'no' }) } }).open(pageOf(deviceCode))
  await assert.rejects(whileTimePasses(clock, app.acquireTokenByDeviceCode({ deviceCode })), error => {
    assert.ok(error instanceof ServiceError)
    assert.ok(!(error instanceof InteractionRequiredError))
    assert.equal(error.code, 'authorization_declined')
    assert.match(error.hint, /said no/i)
    return true
  })
})

test('nobody at all ends it with code_expired when the code does, which needs no more questions', async t => {
  tenant.scenario({ deviceCodeLifetimeSeconds: 60 })
  const { app, clock, deviceCode } = await started(t)
  const startedAt = clock.now()
  await assert.rejects(whileTimePasses(clock, app.acquireTokenByDeviceCode({ deviceCode })), error => {
    const { name, code, cause } = error as { name: string; code: string; cause: ServiceError }
    assert.deepEqual([name, code, cause.code], ['ClientError', 'code_expired', 'authorization_pending'])
    return true
  })
  assert.ok(Math.abs(clock.now() - startedAt - 60_000) <= 2_000)
  const sofar = tenant.requests.length
  await assert.rejects(app.acquireTokenByDeviceCode({ deviceCode }), { code: 'code_expired' })
  assert.equal(tenant.requests.length, sofar)
})

for (const error of ['expired_token', 'code_expired']) {
  test(`the service's ${error} is code_expired too`, async t => {
    const { app, deviceCode } = await started(t)
    tenant.scenario({ errorAnswer: { set: { error } } })
    await assert.rejects(app.acquireTokenByDeviceCode({ deviceCode }), { name: 'ClientError', code: 'code_expired' })
  })
}

test('a code that the service does not know is bad_verification_code', async t => {
  const { app, deviceCode } = await started(t)
  const made: DeviceCode = { ...deviceCode, deviceCode: 'made-up' }
  await assert.rejects(app.acquireTokenByDeviceCode({ deviceCode: made }), error => {
    assert.ok(error instanceof ServiceError)
    assert.deepEqual([error.code, error.errorCodes], ['bad_verification_code', [70018]])
    assert.match(error.hint, /new device code/)
    return true
  })
})

const REFUSED: [number, string, ScenarioPatch, RegExp][] = [
  [50059, 'organizations', { deviceCodeAliases: 'noTenantInfo' }, /tenant/i],
  [90133, 'common', { deviceCodeAliases: 'unsupported' }, /tenant/i],
  [90002, 'fabrikam.example', {}, /tenant/i],
]
for (const [number, tenantSegment, scenario, hint] of REFUSED) {
  test(`AADSTS${number} is the service's refusal of the code, with its way out`, async t => {
    tenant.scenario(scenario)
    const { app } = stage.application(t, { authority: `${tenant.origin}/${tenantSegment}` })
    let called = 0
    const call = app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback: () => void called++ })
    await assert.rejects(call, error => {
      assert.ok(error instanceof ServiceError)
      assert.ok(!(error instanceof InteractionRequiredError))
      assert.deepEqual([error.code, error.errorCodes], ['invalid_request', [number]])
      assert.match(error.hint, hint)
      return true
    })
    assert.equal(called, 0)
  })
}

const PASSING: Record<string, Fault> = {
  'a broken connection': { kind: 'reset', times: 2 },
  'no answer at all': { kind: 'hang', times: 1 },
  'half an answer': { kind: 'truncate', times: 2 },
  'HTTP 503': { kind: 'html', status: 503, times: 2 },
  'HTTP 408': { kind: 'html', status: 408, times: 2 },
  'HTTP 429 with Retry-After': { kind: 'html', status: 429, retryAfterSeconds: 40, times: 1 },
}
for (const [name, fault] of Object.entries(PASSING)) {
  test(`${name} does not end the waiting`, async t => {
    const { app, clock, deviceCode } = await started(t, { http: { timeoutSeconds: 1 } })
    tenant.scenario({ faults: { token: fault } })
    const startedAt = clock.now()
    const approveLater = async () => {
      await until(() => stage.tokenRequests().length >= (fault.times ?? 1), 'the trouble')
      await stage.visit('alice').open(pageOf(deviceCode))
    }
    const call = whileTimePasses(clock, app.acquireTokenByDeviceCode({ deviceCode }))
    const [result] = await Promise.all([call, approveLater()])
    assert.equal(result.account.username, stage.user('alice').username)
    assert.ok(clock.now() - startedAt >= (fault.retryAfterSeconds ?? 0) * 1000, 'asked again before it was welcome')
  })
}

test('a service that cannot be reached is asked ever less often, at least once a minute', async t => {
  const { app, clock, deviceCode } = await started(t)
  tenant.scenario({ faults: { token: { kind: 'reset' } } })
  const call = app.acquireTokenByDeviceCode({ deviceCode, timeoutSeconds: 300 })
  await assert.rejects(whileTimePasses(clock, call), error => {
    const { code, cause } = error as { code: string; cause: { code: string } }
    assert.deepEqual([code, cause.code], ['authentication_timeout', 'network_error'])
    return true
  })
  // At once, then after 10, 20, 40 and 60 seconds, and each minute from then on.
  const polls = stage.tokenRequests().length
  assert.ok(polls >= 6 && polls <= 8, `${polls} questions in five minutes`)
})

test('a time limit says that the code is still good, and until when', async t => {
  const { app, clock, deviceCode } = await started(t)
  const call = app.acquireTokenByDeviceCode({ deviceCode, timeoutSeconds: 12 })
  await assert.rejects(whileTimePasses(clock, call), error => {
    const { code, hint, cause } = error as { code: string; hint: string; cause: ServiceError }
    assert.deepEqual([code, cause.code], ['authentication_timeout', 'authorization_pending'])
    assert.match(hint, /same deviceCode/)
    assert.ok(hint.includes(deviceCode.expiresOn.toISOString()), hint)
    return true
  })
})

test('a pending answer without a description is pending all the same', async t => {
  const { app, clock, deviceCode } = await started(t)
  tenant.scenario({ errorAnswer: { drop: ['error_description', 'error_codes', 'trace_id', 'correlation_id'] } })
  const call = app.acquireTokenByDeviceCode({ deviceCode, timeoutSeconds: 12 })
  await assert.rejects(whileTimePasses(clock, call), { code: 'authentication_timeout' })
  assert.ok(stage.tokenRequests().length >= 3)
})

test('an abort ends it at once: before, while a code is asked for, while it is shown, between questions and during one', async t => {
  const { app, clock } = stage.application(t)
  const reason = new Error('given up')
  await assert.rejects(
    app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback() {}, signal: AbortSignal.abort(reason) }),
    reason,
  )
  tenant.scenario({ faults: { deviceCode: { kind: 'hang' } } })
  const whenStarted = new AbortController()
  const signal = whenStarted.signal
  const starting = [
    app.startDeviceCode({ scopes: SCOPES, signal }),
    app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback() {}, signal }),
  ]
  await until(() => tenant.requests.length === 2, 'the requests for a code')
  whenStarted.abort(reason)
  for (const call of starting) await assert.rejects(call, reason)
  tenant.scenario(null)

  const whenShown = new AbortController()
  const shown = app.acquireTokenByDeviceCode({
    scopes: SCOPES,
    signal: whenShown.signal,
    deviceCodeCallback: () => new Promise(() => whenShown.abort(reason)),
  })
  await assert.rejects(shown, reason)

  const between = new AbortController()
  const waiting = app.acquireTokenByDeviceCode({ scopes: SCOPES, signal: between.signal, deviceCodeCallback() {} })
  await until(() => clock.sleeping === 2, 'the wait between two questions')
  between.abort(reason)
  await assert.rejects(waiting, reason)

  tenant.requests.length = 0
  tenant.scenario({ faults: { token: { kind: 'hang' } } })
  const during = new AbortController()
  const asking = app.acquireTokenByDeviceCode({ scopes: SCOPES, signal: during.signal, deviceCodeCallback() {} })
  await until(() => stage.tokenRequests().length === 1, 'the question')
  during.abort(reason)
  await assert.rejects(asking, reason)
  assert.equal(clock.sleeping, 0)
  assert.deepEqual(await app.getAccounts(), [])
})

test('closing the application ends it', async t => {
  const { app, clock } = stage.application(t)
  const call = app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback() {} })
  await until(() => clock.sleeping === 2, 'the wait between two questions')
  await Promise.all([assert.rejects(call, { code: 'app_closed' }), app.close()])
  assert.equal(clock.sleeping, 0)
})

test('what the callback throws or rejects with comes through unchanged', async t => {
  const { app } = stage.application(t)
  const reason = new RangeError('no room on the screen')
  const throwing = () => {
    throw reason
  }
  for (const deviceCodeCallback of [throwing, async () => throwing()]) {
    await assert.rejects(app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback }), reason)
  }
  assert.equal(stage.tokenRequests().length, 0)
})

test('a request of the wrong shape is refused before anything is sent', async t => {
  const { app, deviceCode } = await started(t)
  tenant.requests.length = 0
  const deviceCodeCallback = () => {}
  const WRONG: Record<string, unknown>[] = [
    { scopes: SCOPES },
    { scopes: SCOPES, deviceCodeCallback, deviceCode },
    { scopes: SCOPES, deviceCodeCallback: 'print' },
    { scopes: SCOPES, deviceCodeCallback, poll: 'once' },
    { deviceCode, poll: 'twice' },
    { deviceCode: 'EWPU7M86B' },
    { deviceCode: { ...deviceCode, clientId: 'another' } },
    ...['soon', null, true, 0, [], {}].map(expiresOn => ({ deviceCode: { ...deviceCode, expiresOn } })),
    { deviceCode: { ...deviceCode, intervalSeconds: 0 } },
    { deviceCode: { ...deviceCode, deviceCode: undefined } },
    { deviceCode, timeoutSeconds: 0 },
  ]
  for (const request of WRONG) {
    await assert.rejects(app.acquireTokenByDeviceCode(request as unknown as DeviceCodeRequest), {
      code: 'invalid_request',
    })
  }
  await assert.rejects(app.acquireTokenByDeviceCode({ scopes: [], deviceCodeCallback }), { code: 'empty_scopes' })
  assert.equal(tenant.requests.length, 0)
})
