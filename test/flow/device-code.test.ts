/** Device code sign-ins that go well: in one step and in two, with every page that a person may meet. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceCode } from 'latchkey'
import { pageOf, SCOPES, setStage, whileTimePasses } from './support.js'

const stage = await setStage()
const { tenant } = stage
const polls = () => stage.tokenRequests().length

for (const [name, titles] of [
  ['alice', ['Enter the code from your device', 'Sign in', 'Sign in on your device?', 'You have signed in']],
  [
    'mia',
    ['Enter the code from your device', 'Sign in', 'Enter your code', 'Sign in on your device?', 'You have signed in'],
  ],
  ['cara', ['Enter the code from your device', 'Sign in', 'Permissions requested', 'You have signed in']],
] as const) {
  test(`${name} signs in on another device, and is silent from then on`, async t => {
    const { app, clock } = stage.application(t)
    const visit = stage.visit(name)
    const result = await whileTimePasses(
      clock,
      app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback: code => visit.open(pageOf(code)) }),
    )
    assert.deepEqual(visit.titles, titles)
    assert.equal(result.account.username, stage.user(name).username)
    assert.equal(result.fromCache, false)

    const sofar = tenant.requests.length
    const again = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
    assert.deepEqual([again.fromCache, again.accessToken], [true, result.accessToken])
    assert.equal(tenant.requests.length, sofar)
  })
}

test('the callback gets what the user needs, and is awaited before the first question', async t => {
  const { app, clock } = stage.application(t)
  let shown: DeviceCode | undefined
  const call = app.acquireTokenByDeviceCode({
    scopes: SCOPES,
    async deviceCodeCallback(code) {
      shown = code
      await clock.sleep(10_000)
      assert.equal(polls(), 0)
      await stage.visit('alice').open(pageOf(code))
    },
  })
  await whileTimePasses(clock, call)
  assert.ok(shown)
  assert.match(shown.userCode, /^[A-Z0-9]{9}$/)
  assert.equal(shown.verificationUri, `${tenant.origin}/common/oauth2/deviceauth`)
  assert.ok(shown.message.includes(shown.userCode) && shown.message.includes(shown.verificationUri))
  assert.deepEqual([shown.intervalSeconds, shown.clientId, shown.scopes], [5, tenant.clientId, SCOPES])
  assert.equal(polls(), 1)
})

test('it asks as often as it was told, and no sooner', async t => {
  const { app, clock } = stage.application(t)
  const code = await app.startDeviceCode({ scopes: SCOPES })
  const started = clock.now()
  const call = app.acquireTokenByDeviceCode({ deviceCode: code })
  const approve = async () => {
    while (clock.now() < started + 17_000) await new Promise(resolve => setTimeout(resolve, 1))
    await stage.visit('alice').open(pageOf(code))
  }
  await Promise.all([whileTimePasses(clock, call), approve()])
  // At once, after 5, 10 and 15 seconds, and when it was approved.
  assert.ok(polls() >= 5 && polls() <= 7, `${polls()} questions`)
})

for (const said of ['slow_down', 'SLOW_DOWN'])
  test(`${said} makes every later wait five seconds longer`, async t => {
    tenant.scenario({ errorAnswer: { set: { error: said } } })
    const { app, clock } = stage.application(t)
    const code = await app.startDeviceCode({ scopes: SCOPES })
    const at: number[] = []
    const call = app.acquireTokenByDeviceCode({ deviceCode: code, timeoutSeconds: 100 })
    const watch = async () => {
      while (at.length < 4) {
        if (polls() > at.length) at.push(clock.now())
        await new Promise(resolve => setTimeout(resolve, 1))
      }
    }
    await Promise.all([assert.rejects(whileTimePasses(clock, call), { code: 'authentication_timeout' }), watch()])
    const waits = at.slice(1).map((time, index) => Math.round((time - (at[index] ?? 0)) / 1000))
    assert.ok(
      waits.every((wait, index) => Math.abs(wait - (10 + 5 * index)) <= 2),
      `waits of ${waits.join(', ')} s`,
    )
  })

test('a code of startDeviceCode survives pending, an abort, a time limit and a trip through JSON', async t => {
  const { app, clock } = stage.application(t)
  const code = await app.startDeviceCode({ scopes: SCOPES })
  const once = () => app.acquireTokenByDeviceCode({ deviceCode: code, poll: 'once' })
  await assert.rejects(once(), error => {
    const { name, code, retryAfter, status } = error as {
      name: string
      code: string
      retryAfter?: Date
      status: number
    }
    assert.deepEqual([name, code, status], ['ServiceError', 'authorization_pending', 400])
    assert.equal(retryAfter?.getTime(), clock.now() + 5_000)
    return true
  })
  const limited = app.acquireTokenByDeviceCode({ deviceCode: code, timeoutSeconds: 20 })
  await assert.rejects(whileTimePasses(clock, limited), { code: 'authentication_timeout' })
  const controller = new AbortController()
  const aborted = app.acquireTokenByDeviceCode({ deviceCode: code, signal: controller.signal })
  setTimeout(() => controller.abort(new Error('enough')), 50)
  await assert.rejects(aborted, /enough/)
  assert.equal(clock.sleeping, 0)

  await stage.visit('alice').open(pageOf(code))
  const kept = JSON.parse(JSON.stringify(code)) as DeviceCode
  const result = await app.acquireTokenByDeviceCode({ deviceCode: kept, poll: 'once' })
  assert.equal(result.account.username, stage.user('alice').username)
  assert.equal(stage.tokenRequests().at(-1)?.form.scope, 'User.Read openid profile offline_access')
  // What is pending is not what was redeemed.
  await assert.rejects(once(), { code: 'invalid_grant' })
})

test('a poll that is told to slow down is still pending for its caller, only for longer', async t => {
  tenant.scenario({ slowDown: true })
  const { app, clock } = stage.application(t)
  const deviceCode = await app.startDeviceCode({ scopes: SCOPES })
  const once = app.acquireTokenByDeviceCode.bind(app, { deviceCode, poll: 'once' })
  await assert.rejects(once(), { code: 'authorization_pending', error: 'authorization_pending' })
  await assert.rejects(once(), error => {
    const { code, error: said, retryAfter } = error as { code: string; error: string; retryAfter?: Date }
    assert.deepEqual([code, said, retryAfter?.getTime()], ['authorization_pending', 'slow_down', clock.now() + 10_000])
    return true
  })
})
