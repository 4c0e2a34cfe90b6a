/** Many callers who need the same token at the same time, and who do not. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { SilentRequest } from 'latchkey'
import { interactively, SCOPES, setStage, until } from './support.js'

const stage = await setStage({ users: [{ username: 'zoe@contoso.onmicrosoft.com' }] })
const { tenant } = stage

/** Somebody whose token has expired. */
async function expired(t: TestContext) {
  const subject = await stage.signedIn(t)
  await subject.clock.advance(3_600_000)
  const { account } = subject.result
  const silent = (more: Partial<SilentRequest> = {}) =>
    subject.app.acquireTokenSilent({ scopes: SCOPES, account, ...more })
  return { ...subject, silent }
}

test('fifty callers at once make one request', async t => {
  const { silent } = await expired(t)
  const ids = new Set<string>()
  const results = await Promise.all(Array.from({ length: 50 }, () => silent()))
  for (const { accessToken, correlationId } of results) ids.add(`${accessToken} ${correlationId}`)
  assert.equal(stage.tokenRequests().length, 1)
  assert.equal(ids.size, 1)
  assert.equal(stage.tokenRequests()[0]?.headers['client-request-id'], results[0]?.correlationId)
  assert.equal((await silent()).fromCache, true)
})

test('the order and the case of scopes make no difference, nor does the way the account is named', async t => {
  const { silent, result } = await expired(t)
  const { account } = result
  const shouted = { ...account, homeAccountId: account.homeAccountId.toUpperCase() }
  await Promise.all([
    silent({ scopes: ['User.Read', 'Mail.Read'] }),
    silent({ scopes: ['mail.read', 'USER.READ'] }),
    silent({ scopes: ['Mail.Read', 'User.Read', 'mail.Read'] }),
    silent({ scopes: ['User.Read', 'Mail.Read'], account: shouted }),
  ])
  assert.equal(stage.tokenRequests().length, 1)
})

test('what differs is asked for separately, unless what came for another will do by then', async t => {
  const { app, silent } = await expired(t)
  const zoe = await interactively(app, stage.visit('zoe'))
  tenant.requests.length = 0
  const claims = '{"access_token":{"nbf":{"essential":true}}}'
  const requests: Array<Partial<SilentRequest>> = [
    {},
    { scopes: ['Mail.Read'] },
    { scopes: ['User.Read', 'Mail.Read'] },
    { claims },
    { forceRefresh: true },
    { tenantId: tenant.tenantId },
    { account: zoe.account, forceRefresh: true },
    { extraQueryParameters: { slice: 'x' } },
  ]
  await Promise.all([...requests, ...requests].map(silent))
  // The token for the first is the one that is looked for with a tenant that is the user's own, and for the slice.
  assert.equal(stage.tokenRequests().length, requests.length - 2)
})

test('a caller who gives up leaves the others their request', async t => {
  const { silent } = await expired(t)
  tenant.scenario({ latencyMs: 300 })
  const [first, second] = [new AbortController(), new AbortController()]
  const reason = new Error('gave up')
  const starter = silent({ signal: first.signal }).catch((error: unknown) => error)
  const patient = silent()
  const joiner = silent({ signal: second.signal }).catch((error: unknown) => error)
  await until(() => stage.tokenRequests().length === 1, 'the request')
  first.abort(reason)
  second.abort(reason)
  assert.deepEqual(await Promise.all([starter, joiner]), [reason, reason])
  assert.equal((await patient).fromCache, false)
  assert.equal(stage.tokenRequests().length, 1)
})

test('when all have given up the next caller starts anew', async t => {
  const { silent, app } = await expired(t)
  tenant.scenario({ faults: { token: { kind: 'hang', times: 1 } } })
  const before = app.tokenCache.serialize()
  const signals = [new AbortController(), new AbortController()]
  const calls = signals.map(({ signal }) => silent({ signal }).catch((error: Error) => error.name))
  await until(() => stage.tokenRequests().length === 1, 'the request')
  for (const controller of signals) controller.abort()
  assert.deepEqual(await Promise.all(calls), ['AbortError', 'AbortError'])
  assert.equal(app.tokenCache.serialize(), before)
  assert.equal((await silent()).fromCache, false)
  assert.equal(stage.tokenRequests().length, 2)
})

test('a failure is shared, and not remembered', async t => {
  const { silent } = await expired(t)
  tenant.scenario({ aadsts: 50173 })
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => silent()))
  const reasons = outcomes.map(outcome => (outcome.status === 'rejected' ? outcome.reason : undefined))
  assert.equal(new Set(reasons).size, 1)
  assert.deepEqual(reasons[0]?.errorCodes, [50173])
  assert.equal(stage.tokenRequests().length, 1)
  tenant.scenario(null)
  assert.equal((await silent()).fromCache, false)
})

test('twenty different renewals under one signal are not reported as a leak', async t => {
  const { silent } = await expired(t)
  const warnings: string[] = []
  const onWarning = (warning: Error) => warnings.push(warning.message)
  process.on('warning', onWarning)
  t.after(() => process.off('warning', onWarning))
  const { signal } = new AbortController()
  const slices = Array.from({ length: 20 }, (_, i) => ({ extraQueryParameters: { slice: String(i) }, signal }))
  await Promise.all(slices.map(silent))
  await Promise.all(slices.map(() => silent({ forceRefresh: true, signal })))
  // Node warns in a later turn.
  await new Promise(setImmediate)
  assert.deepEqual(warnings, [])
})

test('an account that is removed while its token is renewed stays removed', async t => {
  const { app, silent, result } = await expired(t)
  const zoe = await interactively(app, stage.visit('zoe'))
  tenant.requests.length = 0
  tenant.scenario({ latencyMs: 200 })
  const renewing = silent()
  await until(() => stage.tokenRequests().length > 0, 'a token request')
  await app.removeAccount(result.account)
  assert.notEqual((await renewing).accessToken, '', 'whoever waited still gets the token')
  const homeAccountIds = (await app.getAccounts()).map(account => account.homeAccountId)
  assert.deepEqual(homeAccountIds, [zoe.account.homeAccountId])
  assert.equal(app.tokenCache.serialize().includes(result.account.homeAccountId), false)
})

for (const kind of ['memory', 'a plugin without a lock'] as const) {
  test(`parallel renewals for other scopes sign nobody out where refresh tokens are taken back (${kind})`, async t => {
    tenant.scenario({ rotation: 'revokeOld', latencyMs: 50 })
    const cache = { beforeCacheAccess: async () => {}, afterCacheAccess: async () => {} }
    const { app, result } = await stage.signedIn(t, 'alice', kind === 'memory' ? {} : { cache })
    const { account } = result
    const silent = (scope: string) => app.acquireTokenSilent({ scopes: [scope], account, forceRefresh: true })
    const scopes = ['User.Read', 'Mail.Read', 'Files.Read', 'Calendars.Read']
    const results = await Promise.all(scopes.map(silent))
    assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, scopes.length)
    assert.equal((await silent('User.Read')).fromCache, false, 'still signed in')
  })
}

test('who waits for another renewal in memory gives up by the signal, and sends nothing', async t => {
  const { silent } = await expired(t)
  tenant.scenario({ latencyMs: 300 })
  const first = silent()
  await until(() => stage.tokenRequests().length === 1, 'the request')
  const controller = new AbortController()
  const reason = new Error('gave up')
  const second = silent({ scopes: ['Mail.Read'], signal: controller.signal }).catch((error: unknown) => error)
  await new Promise(resolve => setTimeout(resolve, 50))
  controller.abort(reason)
  assert.equal(await second, reason)
  assert.equal((await first).fromCache, false)
  assert.equal(stage.tokenRequests().length, 1)
})
