/** Another OpenID provider over real HTTP: what it is sent with a password and a refresh token, and what it cannot do. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ClientError, type PublicClientApplication } from 'latchkey'
import { CLIENT_ID, idToken, startTokenService } from './token-service.js'

const service = await startTokenService('idp.example')
const SCOPES = ['notes.read']
const CONFIGURATION = {
  issuer: `${service.origin}/One`,
  authorization_endpoint: `${service.origin}/One/auth`,
  token_endpoint: `${service.origin}/One/token`,
}
// One answer for both questions, the configuration and the token, each of which has the other's fields for nothing.
const ANSWER = {
  ...CONFIGURATION,
  token_type: 'bearer',
  access_token: 'an-access-token',
  expires_in: 3600,
  refresh_token: 'its-refresh-token',
  id_token: idToken({ iss: CONFIGURATION.issuer, sub: 'ann', preferred_username: 'ann@idp.example' }),
}

function application(t: TestContext): PublicClientApplication {
  // Nothing vouches for the host but its own configuration.
  return service.application(t, '/One', { protocolMode: 'OIDC', knownAuthorities: [] })
}

test('a password and a refresh token go to the endpoint that it publishes, with nothing that only Entra knows', async t => {
  service.answer(ANSWER)
  const app = application(t)
  const { account } = await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username: 'ann', password: 'any' })
  assert.deepEqual([account.homeAccountId, account.username, account.tenantId], ['ann', 'ann@idp.example', ''])
  const silent = await app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.equal(silent.fromCache, true)
  assert.deepEqual(
    service.sent.map(({ path }) => path),
    ['/One/.well-known/openid-configuration', '/One/token'],
  )
  const [, sent] = service.sent
  assert.deepEqual(sent?.form, {
    client_id: CLIENT_ID,
    grant_type: 'password',
    username: 'ann',
    password: 'any',
    scope: 'notes.read openid profile offline_access',
  })
  assert.deepEqual(
    Object.keys(sent.headers).filter(name => name.startsWith('x-') || name.includes('request-id')),
    [],
  )

  await app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken: 'from-elsewhere' })
  assert.deepEqual(service.sent[2]?.form, {
    client_id: CLIENT_ID,
    grant_type: 'refresh_token',
    refresh_token: 'from-elsewhere',
  })
  assert.equal((await app.getAccounts()).length, 1)
})

test('an ID token of its neighbour on the same host is not taken', async t => {
  service.answer({ ...ANSWER, id_token: idToken({ iss: `${service.origin}/Two`, sub: 'ann' }) })
  const app = application(t)
  const call = app.acquireTokenByUsernamePassword({ scopes: SCOPES, username: 'ann', password: 'any' })
  await assert.rejects(call, { name: 'ClientError', code: 'invalid_issuer' })
  assert.deepEqual(await app.getAccounts(), [])
})

test('without an endpoint for device codes it says so, in one step and in two', async t => {
  service.answer(ANSWER)
  const app = application(t)
  const deviceCodeCallback = () => assert.fail('there is no code to show')
  for (const call of [
    app.startDeviceCode({ scopes: SCOPES }),
    app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback }),
  ]) {
    await assert.rejects(call, error => {
      assert.ok(error instanceof ClientError)
      assert.equal(error.code, 'device_code_not_supported')
      assert.match(error.hint, /device_authorization_endpoint/)
      return true
    })
  }
  assert.equal(service.sent.length, 1)
})

test('has no tenants, and is no place for an authority of Entra', async t => {
  const app = application(t)
  const password = { scopes: SCOPES, username: 'ann', password: 'any' }
  await assert.rejects(app.acquireTokenByUsernamePassword({ ...password, tenantId: 'contoso.com' }), {
    code: 'tenant_override_non_aad',
  })
  await assert.rejects(
    app.acquireTokenByUsernamePassword({ ...password, authority: 'https://login.microsoftonline.com/contoso.com' }),
    { code: 'authority_host_mismatch' },
  )
  assert.deepEqual(service.sent, [])
})
