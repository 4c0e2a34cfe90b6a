/** AD FS as an OAuth server: its users, its fields and its errors; its pages, its device codes, its webfinger. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Answer, claimsOf, emulate, pkce, REDIRECT_URI, SCOPE } from './support.js'

const { tenant, user, get, post, browser, token } = await emulate()
beforeEach(() => tenant.scenario(null))

const joe = user('joe')
const { clientId } = tenant
const issuer = tenant.adfsAuthority

function grant(form: Record<string, string>): Promise<Answer> {
  return post('/adfs/oauth2/token', { client_id: clientId, client_info: '1', ...form })
}

function password(more: Record<string, string> = {}): Promise<Answer> {
  const { username, password } = joe
  return grant({ grant_type: 'password', username, password, scope: SCOPE, ...more })
}

test('answers a federated user’s password with AD FS’s fields, without client_info', async () => {
  const { status, json, text } = await password()
  assert.equal(status, 200, text)
  assert.deepEqual(
    Object.keys(json).sort(),
    [
      ...['access_token', 'expires_in', 'id_token', 'refresh_token', 'refresh_token_expires_in'],
      ...['resource', 'scope', 'token_type'],
    ].sort(),
  )
  assert.deepEqual([json.token_type, json.expires_in, json.resource], ['bearer', 3599, 'urn:microsoft:userinfo'])
  const claims = claimsOf(json.id_token)
  assert.deepEqual([claims.iss, claims.aud, claims.upn], [issuer, clientId, joe.username])
  assert.equal(claims.unique_name, 'CONTOSO\\joe')
  assert.match(String(claims.sid), /^S-1-5-21-\d+-\d+-\d+-\d+$/)
  assert.ok(typeof claims.sub === 'string' && !('oid' in claims) && !('tid' in claims))
  assert.equal(claimsOf(json.access_token).iss, `${issuer.replace('https', 'http')}/services/trust`)
})

test('issues for the resource that is named, by parameter or by scope', async () => {
  const byParameter = await password({ resource: 'https://api.contoso.com' })
  assert.equal(byParameter.json.resource, 'https://api.contoso.com')
  const byScope = await password({ scope: 'https://api.contoso.com/read openid' })
  assert.equal(claimsOf(byScope.json.access_token).aud, 'https://api.contoso.com')
  assert.ok(!('refresh_token' in byScope.json))
})

test('refuses in AD FS’s words, with nothing but the two fields', async () => {
  for (const wrong of [{ password: 'no' }, { username: 'nobody@contoso.com' }, user('alice')]) {
    const { status, json } = await password({ ...wrong })
    const error_description = "MSIS9659: Invalid 'username' or 'password'."
    assert.deepEqual([status, json], [400, { error: 'invalid_grant', error_description }])
  }
  tenant.scenario({ users: { [joe.username]: { disabled: true } } })
  assert.match(String((await password()).json.error_description), /^MSIS9659: /)
  tenant.scenario(null)
  const unknown = await password({ client_id: 'nonsense' })
  assert.equal(unknown.json.error, 'invalid_client')
  assert.match(String(unknown.json.error_description), /^MSIS9607: .*nonsense/)
  const odd = await password({ grant_type: 'odd' })
  assert.equal(odd.json.error, 'unsupported_grant_type')
  assert.match(String(odd.json.error_description), /^MSIS9611: /)
  tenant.scenario({ aadsts: 50076 })
  const other = await password()
  assert.doesNotMatch(other.text, /AADSTS/)
})

test('renews without a new refresh token, and takes none of Entra’s', async () => {
  const { refresh_token } = (await password()).json
  const renewed = await grant({ grant_type: 'refresh_token', refresh_token: String(refresh_token), scope: SCOPE })
  assert.equal(renewed.status, 200)
  assert.ok(renewed.json.access_token && renewed.json.id_token && !('refresh_token' in renewed.json))
  const atEntra = await token({ grant_type: 'refresh_token', refresh_token: String(refresh_token) })
  assert.deepEqual([atEntra.status, atEntra.json.error], [400, 'invalid_grant'])
  const { username, password: secret } = user('alice')
  const entra = await token({ grant_type: 'password', username, password: secret, scope: SCOPE })
  const foreign = await grant({ grant_type: 'refresh_token', refresh_token: String(entra.json.refresh_token) })
  assert.match(String(foreign.json.error_description), /^MSIS9615: /)
})

test('signs its own users in on its pages', async () => {
  const { code_verifier, challenge } = pkce()
  const visitor = browser()
  const query = new URLSearchParams({
    ...{ client_id: clientId, response_type: 'code', redirect_uri: REDIRECT_URI, scope: SCOPE, state: 's' },
    ...{ client_info: '1', nonce: 'n', ...challenge },
  })
  const form = await visitor.open(`/adfs/oauth2/authorize?${query}`)
  const refused = await form.signIn(user('alice'))
  assert.match(refused.alert ?? '', /^MSIS9659: /)
  const done = await refused.signIn(joe)
  assert.ok(visitor.cookies.has('MSISAuth') && !visitor.cookies.has('ESTSAUTH'))
  assert.ok(!('client_info' in done.handed))
  const form2 = { grant_type: 'authorization_code', code: done.handed.code ?? '', redirect_uri: REDIRECT_URI }
  const { json } = await grant({ ...form2, code_verifier, scope: SCOPE })
  assert.equal(claimsOf(json.id_token).nonce, 'n')
  const twice = await grant({ ...form2, code_verifier, scope: SCOPE })
  assert.match(String(twice.json.error_description), /^MSIS9612: /)
  const cancelled = await (await visitor.open(`/adfs/oauth2/authorize?${query}&prompt=login`)).submit({ cancel: '1' })
  assert.equal(cancelled.handed.error, 'access_denied')
  assert.ok(!('error_subcode' in cancelled.handed))
})

test('signs a device in at its own page, which it names twice', async () => {
  const { json: code } = await post('/adfs/oauth2/devicecode', { client_id: clientId, scope: SCOPE })
  const page = `${issuer}/oauth2/deviceauth`
  assert.deepEqual([code.verification_uri, code.verification_url], [page, page])
  const poll = () =>
    grant({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: String(code.device_code) })
  assert.equal((await poll()).json.error, 'authorization_pending')

  const user_code = String(code.user_code)
  assert.match(
    (await browser().open('/common/oauth2/deviceauth', { otc: user_code })).alert ?? '',
    /90121/,
    'not at Entra',
  )
  const form = await browser().open('/adfs/oauth2/deviceauth')
  assert.equal(form.action, '/adfs/oauth2/deviceauth')
  const confirm = await (await form.submit({ otc: user_code })).signIn(joe)
  assert.equal((await confirm.submit({ ucaccept: 'yes' })).title, 'You have signed in')
  assert.equal(claimsOf((await poll()).json.id_token).upn, joe.username)
})

test('describes itself, and vouches for its own host only', async () => {
  const { json } = await get('/adfs/.well-known/openid-configuration')
  assert.deepEqual([json.issuer, json.token_endpoint], [issuer, `${issuer}/oauth2/token/`])
  assert.equal((await post('/adfs/oauth2/token/', {})).json.error, 'invalid_request')
  const keys = await get(new URL(String(json.jwks_uri)).pathname)
  assert.equal((keys.json.keys as unknown[]).length, 1)

  const rel = 'http://schemas.microsoft.com/rel/trusted-realm'
  const ask = (resource: string, asked = rel) =>
    get(`/.well-known/webfinger?${new URLSearchParams({ rel: asked, resource })}`)
  assert.deepEqual((await ask('https://localhost')).json.links, [{ rel, href: 'https://localhost' }])
  assert.deepEqual((await ask('https://localhost', 'other')).json.links, [])
  assert.equal((await ask('https://evil.example')).status, 404)
  assert.equal((await get('/.well-known/webfinger')).status, 400)
})
