/** The sample API: what a token is good for. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Answer, emulate, REDIRECT_URI } from './support.js'

const emulation = await emulate()
const { tenant, user, token, password } = emulation
beforeEach(() => tenant.scenario(null))

const call = (accessToken: unknown, path = '/api/me') =>
  emulation.get(path, { authorization: `Bearer ${String(accessToken)}` })

function challengedClaims({ headers }: Answer): Record<string, unknown> {
  const encoded = /claims="([^"]+)"/.exec(String(headers['www-authenticate']))?.[1] ?? ''
  return JSON.parse(Buffer.from(encoded, 'base64').toString()) as Record<string, unknown>
}

test('tells who the token’s user is', async () => {
  const { access_token } = (await password('alice')).json
  for (const path of ['/api/me', '/v1.0/me', '/oidc/userinfo']) {
    const { status, json } = await call(access_token, path)
    assert.equal(status, 200, path)
    assert.equal(json.userPrincipalName, user('alice').username)
  }
})

test('refuses no token, a forged one, one for another resource, and an expired one', async () => {
  const anonymous = await emulation.get('/api/me')
  assert.equal(anonymous.status, 401)
  assert.match(String(anonymous.headers['www-authenticate']), /^Bearer realm="", authorization_uri="https:/)
  const { access_token } = (await password('alice')).json
  const [header, payload, signature = ''] = String(access_token).split('.')
  const forged = [
    header,
    payload,
    signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`,
  ].join('.')
  assert.equal((await call(forged)).status, 401)
  assert.equal((await call((await password('alice', { scope: 'api://files/read' })).json.access_token)).status, 401)
  assert.equal((await call(access_token)).status, 200)
  tenant.clock.advance(3700)
  const expired = await call(access_token)
  assert.equal(expired.status, 401)
  assert.match(String(expired.headers['www-authenticate']), /error="invalid_token"/)
})

const CAPABLE = { claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}' }

/** What a client sends after a challenge: its claims, and the capability again. */
function answering(challenge: Answer): { claims: string } {
  const { access_token } = challengedClaims(challenge) as { access_token: Record<string, unknown> }
  return { claims: JSON.stringify({ access_token: { ...access_token, xms_cc: { values: ['cp1'] } } }) }
}

test('challenges a capable client after a revocation, and takes what it gets with the challenge’s claims', async () => {
  const first = (await password('alice', CAPABLE)).json
  assert.equal((await call(first.access_token)).status, 200)
  tenant.scenario({ users: { [user('alice').username]: { accessTokensRevoked: true } } })
  const challenge = await call(first.access_token)
  assert.equal(challenge.status, 401)
  assert.match(String(challenge.headers['www-authenticate']), /error="insufficient_claims"/)
  assert.ok('nbf' in (challengedClaims(challenge).access_token as object))
  const form = { grant_type: 'refresh_token', refresh_token: String(first.refresh_token) }
  const renewed = await token({ ...form, ...answering(challenge) })
  assert.equal((await call(renewed.json.access_token)).status, 200)
  assert.equal((await call(first.access_token)).status, 401)
})

test('challenges a capable client whose user was signed out everywhere, until there is a new sign-in', async () => {
  const { access_token, refresh_token } = (await password('alice', CAPABLE)).json
  tenant.scenario({ users: { [user('alice').username]: { revoked: true } } })
  const challenge = await call(access_token)
  assert.equal(challenge.status, 401)
  const renewal = { grant_type: 'refresh_token', refresh_token: String(refresh_token), ...answering(challenge) }
  assert.deepEqual((await token(renewal)).json.error_codes, [50173])
  assert.equal((await call((await password('alice', CAPABLE)).json.access_token)).status, 200)
})

test('challenges no client that did not say cp1: its token is good until it expires', async () => {
  const { username } = user('alice')
  const { access_token } = (await password('alice')).json
  tenant.scenario({ users: { [username]: { revoked: true, accessTokensRevoked: true } } })
  assert.equal((await call(access_token)).status, 200)
  tenant.scenario({ users: { [username]: { apiDemands: 'c1' } } })
  const refused = await call(access_token)
  assert.deepEqual([refused.status, refused.headers['www-authenticate']], [403, undefined])
})

test('demands an authentication context, which a sign-in with the challenge’s claims fulfils', async () => {
  tenant.scenario({ users: { [user('alice').username]: { apiDemands: 'c1' } } })
  const first = (await password('alice', CAPABLE)).json
  const challenge = await call(first.access_token)
  const { claims } = answering(challenge)
  const refreshed = await token({ grant_type: 'refresh_token', refresh_token: String(first.refresh_token), claims })
  assert.deepEqual(refreshed.json.error_codes, [50076])
  assert.equal(refreshed.json.claims, JSON.stringify(challengedClaims(challenge)))

  const mfa = await (await emulation.browser().authorize({ claims })).signIn(user('alice'))
  assert.equal(mfa.title, 'Enter your code')
  const { handed } = await mfa.submit({ otc: user('alice').otc })
  const form = { grant_type: 'authorization_code', code: String(handed.code), redirect_uri: REDIRECT_URI, claims }
  const stepped = await token(form)
  assert.equal((await call(stepped.json.access_token)).status, 200, stepped.text)
})
