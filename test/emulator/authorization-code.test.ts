/** Codes: asked for in the browser, redeemed once at the token endpoint. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, claimsOf, emulate, type Page, pkce, REDIRECT_URI } from './support.js'

const emulation = await emulate()
const { tenant, user, token } = emulation

async function codeFor(parameters: Record<string, string> = {}): Promise<Page> {
  return (await emulation.browser().authorize(parameters)).signIn(user('alice'))
}

function redeem(code: string | undefined, more: Record<string, string> = {}): Promise<Answer> {
  return token({ grant_type: 'authorization_code', code: String(code), redirect_uri: REDIRECT_URI, ...more })
}

function refresh(refreshToken: unknown): Promise<Answer> {
  return token({ grant_type: 'refresh_token', refresh_token: String(refreshToken) })
}

test('signs a user in and redeems the code with its verifier', async () => {
  const { code_verifier, challenge } = pkce()
  const done = await codeFor({ ...challenge, nonce: 'n1', client_info: '1' })
  assert.ok(String(done.answer.headers.location).startsWith(`${REDIRECT_URI}/?`))
  assert.equal(done.handed.state, 'st')
  const redeemed = await redeem(done.handed.code, { code_verifier, client_info: '1' })
  assert.equal(redeemed.status, 200, redeemed.text)
  assert.equal(redeemed.json.scope, 'User.Read openid profile')
  assert.equal(redeemed.json.client_info, done.handed.client_info)
  const info = JSON.parse(Buffer.from(String(done.handed.client_info), 'base64url').toString())
  assert.deepEqual(info, { uid: user('alice').id, utid: tenant.tenantId })
  const claims = claimsOf(redeemed.json.id_token)
  assert.equal(claims.nonce, 'n1')
  assert.equal(claims.aud, tenant.clientId)
  assert.equal(claims.preferred_username, user('alice').username)
  assert.equal(claims.iss, `${tenant.origin}/${tenant.tenantId}/v2.0`)
})

test('redeems the code of a URL without a challenge without a verifier, and refuses one that nobody asked for', async () => {
  assert.equal((await redeem((await codeFor()).handed.code)).status, 200)
  const unasked = await redeem((await codeFor()).handed.code, { code_verifier: pkce().code_verifier })
  assert.deepEqual(unasked.json.error_codes, [501481])
})

test('refuses a wrong or missing verifier when a challenge was sent, and still takes the right one', async () => {
  const { code_verifier, challenge } = pkce()
  const { code } = (await codeFor(challenge)).handed
  assert.deepEqual((await redeem(code)).json.error_codes, [501481])
  assert.deepEqual((await redeem(code, { code_verifier: pkce().code_verifier })).json.error_codes, [501481])
  assert.equal((await redeem(code, { code_verifier })).status, 200)
})

test('takes the challenge as the verifier itself when no method is named', async () => {
  const { code_verifier } = pkce()
  const { code } = (await codeFor({ code_challenge: code_verifier })).handed
  assert.deepEqual((await redeem(code, { code_verifier: pkce().code_verifier })).json.error_codes, [501481])
  assert.equal((await redeem(code, { code_verifier })).status, 200)
})

test('refuses a code the second time and revokes what came of the first', async () => {
  const { code } = (await codeFor()).handed
  const first = await redeem(code)
  assert.equal((await refresh(first.json.refresh_token)).status, 200)
  const second = await redeem(code)
  assert.equal(second.json.error, 'invalid_grant')
  assert.deepEqual(second.json.error_codes, [54005])
  assert.deepEqual((await refresh(first.json.refresh_token)).json.error_codes, [50173])
})

test('refuses a code after its life', async () => {
  const { code } = (await codeFor()).handed
  tenant.clock.advance(601)
  assert.deepEqual((await redeem(code)).json.error_codes, [70008])
})

test('refuses another redirect URI than the one sent, were it only a slash', async () => {
  const { code } = (await codeFor()).handed
  const slash = await redeem(code, { redirect_uri: `${REDIRECT_URI}/` })
  assert.deepEqual(slash.json.error_codes, [500112])
  assert.equal((await redeem(code)).status, 200)
})

test('refuses a code to another app, and a code that it never issued', async () => {
  const { code } = (await codeFor()).handed
  const other = await redeem(code, { client_id: '11111111-2222-3333-4444-555555555555' })
  assert.deepEqual(other.json.error_codes, [70000])
  assert.deepEqual((await redeem('1.Anonsense')).json.error_codes, [70000])
})

test('lets the consent name several resources, and answers for one', async () => {
  const scope = 'openid offline_access https://graph.microsoft.com/Mail.Read api://files/read'
  const { code } = (await codeFor({ scope })).handed
  const first = await redeem(code)
  assert.equal(first.json.scope, 'https://graph.microsoft.com/Mail.Read openid')
  assert.equal(claimsOf(first.json.access_token).aud, 'https://graph.microsoft.com')
  const other = await token({
    grant_type: 'refresh_token',
    refresh_token: String(first.json.refresh_token),
    scope: 'api://files/read',
  })
  assert.equal(other.json.scope, 'api://files/read')
  assert.equal(claimsOf(other.json.access_token).aud, 'api://files')
  assert.equal(other.json.id_token, undefined)
})

test('gives no refresh token without offline_access and no ID token without openid', async () => {
  const bare = await redeem((await codeFor({ scope: 'User.Read' })).handed.code)
  assert.equal(bare.status, 200)
  assert.deepEqual(Object.keys(bare.json), ['token_type', 'scope', 'expires_in', 'ext_expires_in', 'access_token'])
})
