/** User name and password: what goes well, what is refused before it is sent, and where the user's realm comes in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientError, ServiceError, type UsernamePasswordRequest } from 'latchkey'
import type { Fault } from 'latchkey/emulator'
import { SCOPES, setStage, until } from './support.js'

const ODD = { username: 'odd@contoso.onmicrosoft.com', password: '£ü&=+%41#?; "\u{1f600}\u05d0' }
const stage = await setStage({ users: [ODD] })
const { tenant } = stage
const asked = (path: RegExp) => tenant.requests.filter(request => path.test(request.path)).length

test('a managed user signs in: first the realm, then the password, and silence from then on', async t => {
  const { app } = stage.application(t)
  const { username, password } = stage.user('alice')
  const result = await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
  assert.deepEqual(
    tenant.requests.map(({ method, path }) => `${method} ${path.split('/').slice(-2)[0]}`),
    ['GET userrealm', 'POST v2.0'],
  )
  const { form, headers } = stage.tokenRequests()[0] ?? assert.fail()
  assert.deepEqual(
    [form.grant_type, form.username, form.password, form.scope, form.client_info],
    ['password', username, password, 'User.Read openid profile offline_access', '1'],
  )
  assert.equal(headers['x-anchormailbox'], `upn:${username}`)
  assert.equal(result.account.username, username)

  const again = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
  assert.equal(again.accessToken, result.accessToken)
  assert.equal(tenant.requests.length, 2)
})

test('the password may be bytes, which are left as they are', async t => {
  const { app } = stage.application(t)
  const { username, password } = stage.user('alice')
  const bytes = new TextEncoder().encode(password)
  const copy = bytes.slice()
  await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password: bytes })
  assert.deepEqual(bytes, copy)
  assert.equal(stage.tokenRequests()[0]?.form.password, password)
})

test('a password with everything that a form has a meaning for, and with letters of all scripts, arrives as it is', async t => {
  const { app } = stage.application(t)
  for (const secret of [ODD.password, new TextEncoder().encode(ODD.password)]) {
    const { account } = await app.acquireTokenByUsernamePassword({ ...ODD, scopes: SCOPES, password: secret })
    assert.equal(account.username, ODD.username)
  }
})

test('a realm is remembered for an hour, and forgotten when the sign-in fails', async t => {
  const { app, clock } = stage.application(t)
  const { username, password } = stage.user('alice')
  const signIn = (secret = password) =>
    app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password: secret })
  await signIn()
  await signIn()
  assert.equal(asked(/userrealm/), 1)
  await clock.advance(3_600_000)
  await signIn()
  assert.equal(asked(/userrealm/), 2)
  await assert.rejects(signIn('wrong'), { code: 'invalid_grant' })
  await signIn()
  assert.equal(asked(/userrealm/), 3)
})

test('common and consumers are refused before anything is sent, wherever they come from', async t => {
  const { username, password } = stage.user('alice')
  const consumers = '9188040d-6c67-4c5b-b112-36a304b66dad'
  for (const segment of ['common', 'consumers', consumers]) {
    const authority = `${tenant.origin}/${segment}`
    const { app } = stage.application(t, { authority })
    const inRequest = stage.application(t, { authority: `${tenant.origin}/organizations` }).app
    for (const call of [
      () => app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password }),
      () => inRequest.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password, tenantId: segment }),
    ]) {
      await assert.rejects(call(), error => {
        assert.ok(error instanceof ClientError)
        assert.equal(error.code, 'invalid_request')
        assert.match(error.message, /AADSTS90010/)
        assert.match(error.hint, /Name a tenant in the authority.*organizations/)
        return true
      })
    }
  }
  assert.equal(tenant.requests.length, 0)
})

test('organizations does, and so does a tenant of the request', async t => {
  const { username, password } = stage.user('alice')
  for (const request of [{}, { tenantId: tenant.tenantId }]) {
    const { app } = stage.application(t, { authority: `${tenant.origin}/organizations` })
    const { account } = await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password, ...request })
    assert.equal(account.tenantId, tenant.tenantId)
  }
})

test('a 90010 that the service sends on a tenanted authority is its own ServiceError', async t => {
  tenant.scenario({ aadsts: 90010 })
  const { app } = stage.application(t)
  const { username, password } = stage.user('alice')
  await assert.rejects(app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password }), error => {
    assert.ok(error instanceof ServiceError)
    assert.deepEqual([error.code, error.errorCodes, error.status], ['invalid_request', [90010], 400])
    assert.match(error.hint, /Name a tenant in the authority/)
    return true
  })
})

test('a user whom no tenant knows, and an answer that says nothing, end it before the password is sent', async t => {
  const { app } = stage.application(t)
  const call = (username: string) => app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password: 'x' })
  await assert.rejects(call('nobody@nowhere.example'), { name: 'ClientError', code: 'unknown_user_type' })
  await assert.rejects(call(' '), { name: 'ClientError', code: 'unknown_user' })
  await assert.rejects(call(''), { name: 'ClientError', code: 'unknown_user' })
  tenant.scenario({ realmAnswer: { drop: ['account_type'] } })
  await assert.rejects(call('+49 30 1234567'), { name: 'ClientError', code: 'user_realm_discovery_failed' })
  tenant.scenario({ faults: { userRealm: { kind: 'html', status: 404 } } })
  await assert.rejects(call('alice@contoso.onmicrosoft.com'), { code: 'user_realm_discovery_failed' })
  assert.equal(stage.tokenRequests().length, 0)
})

test('a personal account is told that programs send no password for it', async t => {
  tenant.scenario({ realmAnswer: { set: { account_type: 'Federated', domain_name: 'live.com' } } })
  const { app } = stage.application(t)
  const call = app.acquireTokenByUsernamePassword({ scopes: SCOPES, username: 'joe@outlook.example', password: 'x' })
  await assert.rejects(call, { name: 'ClientError', code: 'ropc_not_supported_for_msa', hint: /device code/ })
  assert.equal(stage.tokenRequests().length, 0)
})

test('a user name cannot lead the question for the realm anywhere else', async t => {
  const { app } = stage.application(t)
  const signIn = (username: string) => app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password: 'x' })
  for (const username of ['..', '.', 'a\ud800@contoso.com'])
    await assert.rejects(signIn(username), { name: 'ClientError' })
  assert.equal(tenant.requests.length, 0)
  for (const username of ['../../x@nowhere.example', 'a#EXT#@nowhere.example', 'a?b=c@nowhere.example']) {
    await assert.rejects(signIn(username), { code: 'unknown_user_type' })
  }
  assert.deepEqual(
    tenant.requests.map(({ path }) => /^\/common\/userrealm\/[^/]+$/.test(path)),
    [true, true, true],
  )
})

test('an abort ends it with its reason, while the realm is asked for and while the password is out', async t => {
  const { username, password } = stage.user('alice')
  const reason = new Error('given up')
  for (const route of ['userRealm', 'token'] as const) {
    tenant.scenario(null)
    tenant.scenario({ faults: { [route]: { kind: 'hang' } } })
    tenant.requests.length = 0
    const { app } = stage.application(t)
    const abort = new AbortController()
    const call = app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password, signal: abort.signal })
    await until(() => asked(route === 'token' ? /\/token$/ : /userrealm/) === 1, `the request to ${route}`)
    abort.abort(reason)
    await assert.rejects(call, reason)
    assert.deepEqual(await app.getAccounts(), [])
  }
})

test('a password is sent once, whatever the service does with it', async t => {
  const { app } = stage.application(t)
  const { username, password } = stage.user('alice')
  const TROUBLES: [Fault, string][] = [
    [{ kind: 'html', status: 500 }, 'service_not_available'],
    [{ kind: 'html', status: 503, retryAfterSeconds: 0 }, 'service_not_available'],
    [{ kind: 'reset' }, 'network_error'],
    [{ kind: 'truncate' }, 'network_error'],
  ]
  for (const [fault, code] of TROUBLES) {
    tenant.scenario({ faults: { token: fault } })
    tenant.requests.length = 0
    await assert.rejects(app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password }), { code })
    assert.equal(stage.tokenRequests().length, 1, fault.kind)
  }
})

test('a request of the wrong shape is refused before anything is sent', async t => {
  const { app } = stage.application(t)
  const { username, password } = stage.user('alice')
  const good = { scopes: SCOPES, username, password }
  const invalidUtf8 = new Uint8Array([0x70, 0xff])
  for (const wrong of [
    { password: '' },
    { password: 7 },
    { password: invalidUtf8 },
    { username: 7 },
    { username: undefined },
  ]) {
    const request = { ...good, ...wrong } as unknown as UsernamePasswordRequest
    await assert.rejects(app.acquireTokenByUsernamePassword(request), { code: 'invalid_request' })
  }
  await assert.rejects(app.acquireTokenByUsernamePassword({ ...good, scopes: [] }), { code: 'empty_scopes' })
  assert.equal(tenant.requests.length, 0)
})
