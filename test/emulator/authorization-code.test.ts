/** The authorization code flow through the emulator's pages. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsOf, emulate, pkce, REDIRECT_URI } from './support.js'

const emulation = await emulate()
const { tenant, user, token } = emulation

test('signs a user in and redeems the code with its verifier', async () => {
  const { code_verifier, challenge } = pkce()
  const page = await emulation.browser().authorize({ ...challenge, nonce: 'n1', client_info: '1' })
  assert.equal(page.title, 'Sign in')
  const done = await page.signIn(user('alice'))
  assert.equal(done.answer.status, 302)
  assert.ok(String(done.answer.headers.location).startsWith(`${REDIRECT_URI}/?`))
  assert.equal(done.handed.state, 'st')
  const redeemed = await token({
    grant_type: 'authorization_code',
    code: String(done.handed.code),
    redirect_uri: REDIRECT_URI,
    code_verifier,
    client_info: '1',
  })
  assert.equal(redeemed.status, 200, redeemed.text)
  assert.equal(redeemed.json.scope, 'User.Read openid profile')
  assert.equal(redeemed.json.client_info, done.handed.client_info)
  const claims = claimsOf(redeemed.json.id_token)
  assert.equal(claims.nonce, 'n1')
  assert.equal(claims.preferred_username, user('alice').username)
  assert.equal(claims.iss, `${tenant.origin}/${tenant.tenantId}/v2.0`)
})
