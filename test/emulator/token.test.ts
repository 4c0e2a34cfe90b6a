/** The token endpoint: passwords, and the shape of its errors. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { claimsOf, emulate } from './support.js'

const secretApp = '77777777-0000-0000-0000-000000000002'
const emulation = await emulate({ apps: [{ clientId: secretApp, clientSecret: 's3cret' }] })
const { tenant, user, token, post, get, password } = emulation
beforeEach(() => tenant.scenario(null))

const endpoint = `/${tenant.tenantId}/oauth2/v2.0/token`

test('answers a managed user’s password with tokens', async () => {
  const { status, json, headers } = await password('alice', { client_info: '1' })
  assert.equal(status, 200)
  assert.equal(json.token_type, 'Bearer')
  assert.equal(json.scope, 'User.Read openid profile')
  assert.equal(json.expires_in, 3599)
  assert.equal(json.ext_expires_in, 3599)
  assert.equal('refresh_in' in json || 'foci' in json, false)
  const claims = claimsOf(json.access_token)
  assert.equal(claims.aud, 'https://graph.microsoft.com')
  assert.equal(claims.scp, 'User.Read openid profile')
  assert.equal(claims.oid, user('alice').id)
  assert.equal(claims.appid, tenant.clientId)
  assert.equal(Number(claims.exp) - Number(claims.iat), 3599)
  assert.match(String(headers['cache-control']), /no-store/)
})

test('gives client_info only when it is asked for', async () => {
  assert.equal((await password('alice')).json.client_info, undefined)
})

test('says of each account what is wrong with it', async () => {
  const cases: [string, number, string | undefined][] = [
    ['joe', 50056, undefined],
    ['mia', 50076, 'basic_action'],
    ['lou', 50053, undefined],
    ['dan', 50057, undefined],
    ['eve', 50055, 'user_password_expired'],
    ['cara', 65001, 'consent_required'],
    ['pat', 65001, 'consent_required'],
    ['carl', 53003, 'message_only'],
    ['bob', 53003, 'message_only'],
    ['uma', 50034, undefined],
  ]
  for (const [name, number, suberror] of cases) {
    const { status, json } = await password(name)
    assert.equal(status, 400, name)
    assert.equal(json.error, 'invalid_grant', name)
    assert.deepEqual(json.error_codes, [number], name)
    assert.equal(json.suberror, suberror, name)
    assert.equal('claims' in json, number === 50076 || number === 53003, name)
  }
  assert.deepEqual((await password('alice', { password: 'wrong' })).json.error_codes, [50126])
  assert.deepEqual((await password('alice', { username: 'nobody@contoso.onmicrosoft.com' })).json.error_codes, [50034])
  assert.deepEqual((await password('lou', { password: 'wrong' })).json.error_codes, [50053])
})

test('takes passwords at the tenant and organizations, not at common or consumers', async () => {
  const { username, password: secret } = user('alice')
  const form = { grant_type: 'password', username, password: secret, scope: 'User.Read' }
  for (const segment of [tenant.tenantId, tenant.domain, 'contoso.com', 'organizations']) {
    assert.equal((await token(form, segment)).status, 200, segment)
  }
  assert.deepEqual((await token(form, 'common')).json.error_codes, [90010])
  assert.deepEqual((await token(form, 'consumers')).json.error_codes, [9001023])
  assert.deepEqual((await token(form, 'fabrikam.com')).json.error_codes, [90002])
})

test('writes errors as the service does', async () => {
  const id = '0a1b2c3d-1111-2222-3333-444455556666'
  const headers = { 'client-request-id': id, 'return-client-request-id': 'true' }
  const { json, headers: answered } = await post(
    endpoint,
    { client_id: tenant.clientId, grant_type: 'password' },
    headers,
  )
  const { timestamp, trace_id } = json
  assert.match(String(timestamp), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/)
  assert.equal(
    json.error_description,
    `AADSTS900144: The request must contain the parameter 'username'. Trace ID: ${trace_id} Correlation ID: ${id} Timestamp: ${timestamp}`,
  )
  assert.equal(json.correlation_id, id)
  assert.equal(answered['client-request-id'], id)
  assert.equal(answered['x-ms-request-id'], trace_id)
  assert.equal(json.error_uri, `${tenant.origin}/error?code=900144`)
  assert.equal((await get('/error?code=900144')).status, 200)

  tenant.scenario({ crlf: true })
  const old = await post(endpoint, { client_id: tenant.clientId })
  assert.match(
    String(old.json.error_description),
    /'grant_type'\.\r\nTrace ID: .*\r\nCorrelation ID: .*\r\nTimestamp: /,
  )
  assert.equal(old.headers['client-request-id'], undefined)
})

test('takes the correlation id from the query and the body too', async () => {
  const id = '0a1b2c3d-1111-2222-3333-444455556666'
  assert.equal((await post(`${endpoint}?client-request-id=${id}`, {})).json.correlation_id, id)
  assert.equal((await post(endpoint, { 'client-request-id': id })).json.correlation_id, id)
  assert.notEqual((await post(endpoint, { 'client-request-id': 'not-a-guid' })).json.correlation_id, 'not-a-guid')
})

test('refuses what is not a token request', async () => {
  const { clientId: client_id } = tenant
  const code = async (form: Record<string, string>) => (await post(endpoint, form)).json.error_codes
  assert.deepEqual(await code({ grant_type: 'password' }), [900144])
  assert.deepEqual(await code({ client_id }), [900144])
  assert.deepEqual(await code({ client_id: 'unknown', grant_type: 'password' }), [700016])
  assert.deepEqual(await code({ client_id, grant_type: 'toString' }), [70003])
  assert.deepEqual(await code({ client_id, grant_type: 'password', resource: 'x' }), [901002])
  const json = await post(endpoint, {}, { 'content-type': 'application/json' })
  assert.deepEqual(json.json.error_codes, [9002313])
  const wrongVerb = await get(endpoint)
  assert.deepEqual(wrongVerb.json.error_codes, [900561])
  assert.deepEqual((await password('alice', { scope: 'User.Read x/' })).json.error_codes, [70011])
  const many = Array.from({ length: 101 }, (_, index) => `s${index}`).join(' ')
  assert.deepEqual((await password('alice', { scope: many })).json.error_codes, [70011])
  assert.deepEqual((await password('alice', { claims: '[]' })).json.error_codes, [9002313])
})

test('refuses a body larger than any sign-in needs', async () => {
  const { status } = await post(endpoint, { filler: 'x'.repeat(1024 * 1024) })
  assert.equal(status, 413)
})

test('tells public and confidential clients apart', async () => {
  const secret = await password('alice', { client_secret: 'x' })
  assert.equal(secret.status, 401)
  assert.deepEqual(secret.json.error_codes, [700025])
  const missing = await password('alice', { client_id: secretApp })
  assert.equal(missing.json.error, 'invalid_client')
  assert.deepEqual(missing.json.error_codes, [7000218])
  assert.deepEqual((await password('alice', { client_id: secretApp, client_secret: 'no' })).json.error_codes, [7000215])
  assert.equal((await password('alice', { client_id: secretApp, client_secret: 's3cret' })).status, 200)
})

test('names what .default stands for', async () => {
  const graph = await password('alice', { scope: 'https://graph.microsoft.com/.default openid' })
  assert.equal(graph.json.scope, 'https://graph.microsoft.com/User.Read https://graph.microsoft.com/.default openid')
  const vault = await password('alice', { scope: 'https://vault.azure.net//.default' })
  assert.equal(claimsOf(vault.json.access_token).aud, 'https://vault.azure.net/')
  assert.equal(claimsOf(vault.json.access_token).scp, 'user_impersonation')
})

test('puts client capabilities into the access token', async () => {
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } })
  assert.deepEqual(claimsOf((await password('alice', { claims })).json.access_token).xms_cc, ['cp1'])
})
