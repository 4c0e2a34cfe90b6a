/** Renewal before it is needed, in the background; and tokens used beyond their time while the service is down. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SilentRequest } from 'latchkey'
import type { ScenarioPatch } from 'latchkey/emulator'
import { MemoryLogSink } from '../fakes/memory-logger.js'
import { SCOPES, setStage, until } from './support.js'

const stage = await setStage()
const { tenant } = stage

const HOUR_MS = 3_600_000

/** Somebody with a token that lasts an hour, should be renewed after half of it, and is extended to three. */
async function holder(t: TestContext, configuration = {}) {
  tenant.scenario({ expiresInSeconds: 3_600, refreshInSeconds: 1_800, extExpiresInSeconds: 10_800 })
  const logger = new MemoryLogSink('verbose')
  const subject = await stage.signedIn(t, 'alice', { logger, ...configuration })
  const { account } = subject.result
  const silent = (more: Partial<SilentRequest> = {}) =>
    subject.app.acquireTokenSilent({ scopes: SCOPES, account, ...more })
  const told = (pattern: RegExp) => logger.lines.filter(({ message }) => pattern.test(message)).length
  return { ...subject, silent, told }
}

test('a token that is due is handed out at once and renewed behind it', async t => {
  const { clock, silent, result } = await holder(t)
  assert.equal(result.refreshOn?.getTime(), clock.now() + HOUR_MS / 2)
  await clock.advance(HOUR_MS / 2 - 1)
  await silent()
  assert.equal(tenant.requests.length, 0, 'not before its time')

  await clock.advance(1)
  tenant.scenario({ latencyMs: 2_000 })
  const startedAt = performance.now()
  const hits = await Promise.all(Array.from({ length: 20 }, () => silent()))
  const hitMs = performance.now() - startedAt
  assert.ok(hits.every(({ fromCache, accessToken }) => fromCache && accessToken === result.accessToken))
  await until(() => stage.tokenRequests().length > 0, 'the renewal')
  tenant.scenario({ latencyMs: 0 })
  let renewed = await silent()
  for (let i = 0; i < 400 && renewed.accessToken === result.accessToken; i++) {
    await nextTurn()
    await new Promise(resolve => setTimeout(resolve, 10))
    renewed = await silent()
  }
  const renewalMs = performance.now() - startedAt
  assert.notEqual(renewed.accessToken, result.accessToken)
  assert.equal(renewed.fromCache, true)
  assert.equal(stage.tokenRequests().length, 1, 'all hits share one renewal')
  t.diagnostic(`20 hits took ${hitMs.toFixed(1)} ms, the renewal behind them ${renewalMs.toFixed(0)} ms`)
  assert.ok(hitMs < renewalMs / 2, 'the hits did not wait for the renewal')
})

test('a renewal that fails in the background fails nobody, and is left alone for a minute', async t => {
  const { clock, silent, told, result } = await holder(t)
  await clock.advance(HOUR_MS / 2)
  tenant.scenario({ aadsts: 50173 })
  const tries = () => told(/renewing it in the background/)
  const hit = async (count: number) => {
    for (let i = 0; i < count; i++) assert.equal((await silent()).accessToken, result.accessToken)
  }
  await hit(5)
  await until(() => told(/could not be renewed in the background/) === 1, 'the first failure')
  await hit(50)
  await clock.advance(59_999)
  await hit(5)
  assert.deepEqual([tries(), stage.tokenRequests().length], [1, 1])
  await clock.advance(1)
  await hit(5)
  await until(() => told(/could not be renewed in the background/) === 2, 'the second failure')
  assert.deepEqual([tries(), stage.tokenRequests().length], [2, 2])

  tenant.scenario({ aadsts: null })
  await clock.advance(60_000)
  await hit(1)
  await until(() => stage.tokenRequests().length === 3, 'the renewal')
})

test('a busy service is left alone in the background for as long as it asks', async t => {
  const { clock, silent, told } = await holder(t)
  await clock.advance(HOUR_MS / 2)
  tenant.scenario({ faults: { token: { kind: 'status', status: 429, retryAfterSeconds: 600 } } })
  await silent()
  await until(() => told(/could not be renewed/) === 1, 'the failure')
  await clock.advance(599_000)
  await silent()
  assert.equal(told(/renewing it in the background/), 1)
  await clock.advance(1_000)
  await silent()
  await until(() => stage.tokenRequests().length === 2, 'the second try')
})

/** What makes a service count as down. */
const DOWN: Record<string, ScenarioPatch> = {
  'an error with Retry-After': { faults: { token: { kind: 'status', status: 503, retryAfterSeconds: 9 } } },
  'too many requests': { faults: { token: { kind: 'status', status: 429, retryAfterSeconds: 9 } } },
  'a page of a broken gateway': { faults: { token: { kind: 'html', status: 502, retryAfterSeconds: 9 } } },
  silence: { faults: { token: { kind: 'hang' } } },
  'a broken connection': { faults: { token: { kind: 'reset' } } },
  'half an answer': { faults: { token: { kind: 'truncate' } } },
}

for (const [what, down] of Object.entries(DOWN)) {
  test(`while the service is down a token is used until its extended expiry: ${what}`, async t => {
    const { clock, silent, told, result } = await holder(t, { http: { timeoutSeconds: 2 } })
    await clock.advance(HOUR_MS)
    tenant.scenario(down)
    const extended = await silent()
    assert.deepEqual([extended.accessToken, extended.fromCache], [result.accessToken, true])
    assert.equal(extended.extendedExpiresOn?.getTime(), result.extendedExpiresOn?.getTime())
    assert.equal(told(/until its extended expiry/), 1)
  })
}

test('an error of the server counts only when the second try has failed too', async t => {
  const { clock, silent, result } = await holder(t)
  await clock.advance(HOUR_MS)
  tenant.scenario({ aadsts: 90033 })
  const call = silent()
  await until(() => clock.sleeping > 0, 'the wait before the second try')
  await clock.advance(1_000)
  assert.equal((await call).accessToken, result.accessToken)
  assert.equal(stage.tokenRequests().length, 2)
})

test('a service that cannot be reached is down; one that refuses is not', async t => {
  const { clock, silent, result } = await holder(t)
  await clock.advance(HOUR_MS)
  tenant.scenario({ aadsts: 50173 })
  await assert.rejects(silent(), { code: 'invalid_grant', errorCodes: [50173] })
  tenant.scenario({ aadsts: null, faults: { token: { kind: 'reset' } } })
  assert.equal((await silent()).accessToken, result.accessToken)
  await assert.rejects(silent({ forceRefresh: true }), { code: 'network_error' })
  await assert.rejects(silent({ claims: '{"access_token":{}}' }), { code: 'network_error' })
  await assert.rejects(silent({ scopes: ['Files.Read'] }), { code: 'network_error' })

  await clock.advance(2 * HOUR_MS - 300_001)
  assert.equal((await silent()).accessToken, result.accessToken)
  await clock.advance(300_001)
  await assert.rejects(silent(), { code: 'network_error' })
  tenant.scenario({ faults: null })
  assert.notEqual((await silent()).accessToken, result.accessToken)
})

test('extended lifetime can be switched off', async t => {
  const { clock, silent } = await holder(t, { extendedLifetime: false })
  await clock.advance(HOUR_MS)
  tenant.scenario({ faults: { token: { kind: 'reset' } } })
  await assert.rejects(silent(), { code: 'network_error' })
})

test('without refresh_in nothing happens in the background', async t => {
  tenant.scenario({ expiresInSeconds: 3_600 })
  const { app, clock, result } = await stage.signedIn(t)
  await clock.advance(HOUR_MS - 301_000)
  await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
  await nextTurn()
  assert.deepEqual([tenant.requests, result.refreshOn], [[], undefined])
})
