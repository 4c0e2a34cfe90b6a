/** B2C’s token endpoint: passwords and refresh tokens by policy, its fields, and its own errors. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Answer, claimsOf, emulate } from './support.js'

const secretApp = '77777777-0000-0000-0000-000000000003'
const emulation = await emulate({
  apps: [{ clientId: secretApp, clientSecret: 's3cret' }],
  b2cPolicies: { B2C_1_Other_Ropc: 'password' },
})
const { tenant, user, get, post } = emulation
beforeEach(() => tenant.scenario(null))

const ropc = tenant.b2cAuthority('b2c_1_ropc')
const alice = user('alice')
const { clientId } = tenant
const RESOURCE = 'https://contoso.onmicrosoft.com/api'

function grant(form: Record<string, string>, authority = ropc): Promise<Answer> {
  return post(`${new URL(authority).pathname}/oauth2/v2.0/token`, { client_id: clientId, ...form })
}

function password(more: Record<string, string> = {}, authority = ropc): Promise<Answer> {
  const { username, password } = alice
  const scope = `${RESOURCE}/read openid profile offline_access`
  return grant({ grant_type: 'password', username, password, scope, ...more }, authority)
}

function assertRefused(answer: Answer, error: string, description: RegExp): void {
  assert.equal(answer.status, 400, answer.text)
  assert.equal(answer.json.error, error)
  assert.match(String(answer.json.error_description), description)
}

test('answers a password with B2C’s fields', async () => {
  const { status, json, text } = await password({ client_info: '1' })
  assert.equal(status, 200, text)
  assert.deepEqual(
    Object.keys(json).sort(),
    [
      ...['access_token', 'client_info', 'expires_in', 'expires_on', 'id_token', 'id_token_expires_in', 'not_before'],
      ...['profile_info', 'refresh_token', 'refresh_token_expires_in', 'resource', 'scope', 'token_type'],
    ].sort(),
  )
  assert.equal(json.token_type, 'Bearer')
  assert.equal(json.resource, RESOURCE)
  assert.equal(json.scope, `${RESOURCE}/read openid offline_access`)
  assert.equal(Number(json.expires_on) - Number(json.not_before), json.expires_in)
  const clientInfo = JSON.parse(Buffer.from(String(json.client_info), 'base64url').toString()) as unknown
  assert.deepEqual(clientInfo, { uid: `${alice.id}-b2c_1_ropc`, utid: tenant.tenantId })
  const { aud, scp, azp } = claimsOf(json.access_token)
  assert.deepEqual({ aud, scp, azp }, { aud: RESOURCE, scp: 'read', azp: clientId })
})

test('names the policy and the e-mail addresses in the ID token, and no tenant or user name', async () => {
  const claims = claimsOf((await password()).json.id_token)
  assert.equal(claims.iss, `${tenant.origin}/tfp/${tenant.tenantId}/b2c_1_ropc/v2.0/`)
  assert.deepEqual([claims.aud, claims.oid, claims.tfp], [clientId, alice.id, 'b2c_1_ropc'])
  assert.deepEqual(claims.emails, [alice.username])
  assert.ok(!('tid' in claims) && !('preferred_username' in claims) && !('upn' in claims))
  tenant.scenario({ idTokenClaims: { set: { tid: tenant.tenantId }, drop: ['emails'] } })
  const edited = claimsOf((await password()).json.id_token)
  assert.deepEqual([edited.tid, edited.emails], [tenant.tenantId, undefined])
})

test('knows the policy in any case, the tenant by each of its names, and the path without tfp', async () => {
  for (const name of [tenant.tenantId, tenant.domain, 'Contoso.OnMicrosoft.com']) {
    assert.equal((await password({}, `${tenant.origin}/tfp/${name}/B2C_1_ROPC`)).status, 200, name)
  }
  const { status, json } = await password({}, `${tenant.origin}/${tenant.domain}/B2C_1_ropc`)
  assert.equal(status, 200)
  assert.equal(claimsOf(json.id_token).iss, `${tenant.origin}/${tenant.tenantId}/v2.0/`)
  const other = await password({}, tenant.b2cAuthority('b2c_1_other_ropc'))
  assert.equal(claimsOf(other.json.id_token).tfp, 'B2C_1_Other_Ropc')
})

test('issues an access token only for a resource, or for the app itself', async () => {
  const signIn = await password({ scope: 'openid offline_access' })
  assert.ok(signIn.json.id_token && signIn.json.refresh_token)
  assert.ok(!('access_token' in signIn.json) && !('expires_in' in signIn.json))
  const own = await password({ scope: `${clientId.toUpperCase()} openid` })
  assert.equal(claimsOf(own.json.access_token).aud, clientId)
  assert.ok(!('refresh_token' in own.json))
  assertRefused(await password({ scope: 'User.Read openid' }), 'invalid_request', /^AADB2C90117: .*'User\.Read'/)
  const two = `${RESOURCE}/read https://contoso.onmicrosoft.com/other/read`
  assertRefused(await password({ scope: two }), 'invalid_request', /^AADB2C90146: /)
})

test('refuses a wrong password and an unknown user alike, in B2C’s two fields', async () => {
  for (const wrong of [{ password: 'no' }, { username: 'nobody@contoso.onmicrosoft.com' }, user('joe')]) {
    const answer = await password({ ...wrong })
    const lines = String(answer.json.error_description).split('\r\n')
    assert.equal(lines[0], 'AADB2C90225: The username or password provided in the request are invalid.')
    assert.match(lines[1] ?? '', /^Correlation ID: [0-9a-f-]{36}$/)
    assert.match(lines[2] ?? '', /^Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/)
    assert.equal(lines[3], '')
    assert.deepEqual([answer.status, answer.json.error], [400, 'access_denied'])
    assert.deepEqual(Object.keys(answer.json), ['error', 'error_description'])
  }
})

test('refuses by B2C’s numbers', async () => {
  assertRefused(await password({}, tenant.b2cAuthority()), 'unsupported_grant_type', /^AADB2C90086: .*\[password\]/)
  assertRefused(await password({ client_id: 'nonsense' }), 'invalid_request', /^AADB2C90068: /)
  assertRefused(await password({ username: '' }), 'invalid_request', /^AADB2C90083: .*'username'/)
  assertRefused(await password({}, tenant.b2cAuthority('b2c_1_none')), 'invalid_request', /b2c_1_none/)
  assertRefused(await password({}, `${tenant.origin}/tfp/fabrikam.com/b2c_1_ropc`), 'invalid_request', /fabrikam/)
  const secrets: Array<[Record<string, string>, RegExp]> = [
    [{ client_secret: 'x' }, /^AADB2C90084: /],
    [{ client_id: secretApp }, /^AADB2C90079: /],
    [{ client_id: secretApp, client_secret: 'x' }, /^AADB2C90081: /],
  ]
  for (const [form, description] of secrets) {
    const { status, json } = await password(form)
    assert.deepEqual([status, json.error], [401, 'invalid_client'])
    assert.match(String(json.error_description), description)
  }
  const { username, password: lousPassword } = user('lou')
  assertRefused(await password({ username, password: lousPassword }), 'access_denied', /^AADB2C90114: /)
  tenant.scenario({ aadsts: 50076 })
  assertRefused(await password(), 'invalid_grant', /^AADB2C90273: .*AADSTS50076/)
})

test('renews with the refresh token where it was issued, and nowhere else', async () => {
  const scope = `${RESOURCE}/read openid offline_access`
  const renew = (refresh_token: unknown, authority?: string) =>
    grant({ grant_type: 'refresh_token', refresh_token: String(refresh_token), scope }, authority)
  const first = (await password()).json.refresh_token
  const renewed = await renew(first)
  assert.equal(renewed.status, 200)
  assert.ok(renewed.json.access_token && renewed.json.refresh_token !== first)

  const signIn = await grant({
    grant_type: 'refresh_token',
    refresh_token: String(first),
    scope: 'openid offline_access',
  })
  assert.ok(signIn.json.id_token && !('access_token' in signIn.json))

  const elsewhere = await renew(first, tenant.b2cAuthority('b2c_1_other_ropc'))
  assertRefused(elsewhere, 'invalid_grant', /^AADB2C90088: .*b2c_1_ropc, not of b2c_1_other_ropc/)
  const atEntra = await emulation.token({ grant_type: 'refresh_token', refresh_token: String(first) })
  assert.deepEqual([atEntra.status, atEntra.json.error], [400, 'invalid_grant'])
  assertRefused(await renew('made up'), 'invalid_grant', /^AADB2C90080: /)
  tenant.scenario({ users: { [alice.username]: { revoked: true } } })
  assertRefused(await renew(first), 'invalid_grant', /^AADB2C90129: /)
})

test('describes each policy in an openid-configuration of its own, and publishes its keys', async () => {
  for (const base of [`/tfp/${tenant.domain}/b2c_1_susi`, `/${tenant.domain}/b2c_1_susi`]) {
    const { json } = await get(`${base}/v2.0/.well-known/openid-configuration`)
    assert.equal(json.token_endpoint, `${tenant.origin}${base}/oauth2/v2.0/token`)
    assert.equal(json.authorization_endpoint, `${tenant.origin}${base}/oauth2/v2.0/authorize`)
    assert.ok(!('device_authorization_endpoint' in json))
    const keys = await get(new URL(String(json.jwks_uri)).pathname)
    assert.equal((keys.json.keys as unknown[]).length, 1)
  }
  assert.equal((await post(`/tfp/${tenant.domain}/b2c_1_susi/oauth2/v2.0/devicecode`, {})).status, 404)
})

test('takes no policy that could not be one', async () => {
  await assert.rejects(emulate({ b2cPolicies: { susi: 'pages' } }), /called b2c_1_/)
  await assert.rejects(emulate({ b2cPolicies: { b2c_1_x: 'both' as 'pages' } }), /one of pages, editProfile, password/)
})
