/** Refresh tokens: rotation, families, and their ends. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Answer, claimsOf, emulate } from './support.js'

const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const VS_CODE = 'aebc6443-996d-45c2-90f0-388ff96faa56'
const emulation = await emulate()
const { tenant, user, token, password } = emulation
beforeEach(() => tenant.scenario(null))

function refresh(answer: Answer, more: Record<string, string> = {}): Promise<Answer> {
  return token({ grant_type: 'refresh_token', refresh_token: String(answer.json.refresh_token), ...more })
}

test('gives a new refresh token and keeps the old one good, as the service does', async () => {
  const first = await password('alice')
  const second = await refresh(first)
  assert.equal(second.status, 200, second.text)
  assert.notEqual(second.json.refresh_token, first.json.refresh_token)
  assert.equal((await refresh(first)).status, 200)
  assert.equal((await refresh(second)).status, 200)
})

test('ends the whole sign-in when a rotated token comes again', async () => {
  tenant.scenario({ rotation: 'revokeOld' })
  const first = await password('alice')
  const second = await refresh(first)
  assert.deepEqual((await refresh(first)).json.error_codes, [70000])
  assert.deepEqual((await refresh(second)).json.error_codes, [50173])
})

test('gives no new refresh token when rotation is off', async () => {
  tenant.scenario({ rotation: 'off' })
  const refreshed = await refresh(await password('alice'))
  assert.equal(refreshed.status, 200)
  assert.equal('refresh_token' in refreshed.json, false)
})

test('keeps the scopes when none are named, and takes others', async () => {
  const first = await password('alice')
  assert.equal((await refresh(first)).json.scope, 'User.Read openid profile')
  const mail = await refresh(first, { scope: 'Mail.Read openid' })
  assert.equal(mail.json.scope, 'Mail.Read openid')
  assert.equal(typeof mail.json.refresh_token, 'string')
})

test('shares a family’s refresh tokens among its apps only', async () => {
  const cli = await password('alice', { client_id: AZURE_CLI })
  assert.equal(cli.json.foci, '1')
  const code = await refresh(cli, { client_id: VS_CODE })
  assert.equal(code.status, 200)
  assert.equal(claimsOf(code.json.access_token).appid, VS_CODE)
  const stranger = await refresh(cli)
  assert.equal(stranger.json.suberror, 'client_mismatch')
  const own = await password('alice')
  assert.equal((await refresh(own, { client_id: AZURE_CLI })).json.suberror, 'client_mismatch')

  tenant.scenario({ foci: 'none' })
  assert.equal('foci' in (await password('alice', { client_id: AZURE_CLI })).json, false)
  assert.equal((await refresh(cli, { client_id: VS_CODE })).json.suberror, 'client_mismatch')
  tenant.scenario({ foci: 'all' })
  assert.equal((await password('alice')).json.foci, '1')
})

test('ends a token that was not used for 90 days, counted from its last use', async () => {
  const first = await password('alice')
  const day = 24 * 3600
  tenant.clock.advance(89 * day)
  assert.equal((await refresh(first)).status, 200)
  tenant.clock.advance(89 * day)
  assert.equal((await refresh(first)).status, 200)
  tenant.clock.advance(90 * day)
  const { json } = await refresh(first)
  assert.deepEqual([json.error_codes, json.suberror], [[700082], 'token_expired'])
})

test('ends what a revoked user has, and lets the user sign in anew', async () => {
  const before = await password('alice')
  tenant.scenario({ users: { [user('alice').username.toUpperCase()]: { revoked: true } } })
  const { json } = await refresh(before)
  assert.deepEqual([json.error_codes, json.suberror], [[50173], 'bad_token'])
  const after = await password('alice')
  assert.equal((await refresh(after)).status, 200)
})

test('demands a new sign-in after the sign-in frequency, however often the token was used', async () => {
  tenant.scenario({ users: { [user('alice').username]: { signInFrequencySeconds: 3600 } } })
  const first = await password('alice')
  tenant.clock.advance(3000)
  const second = await refresh(first)
  assert.equal(second.status, 200)
  tenant.clock.advance(600)
  const { json } = await refresh(second)
  assert.deepEqual([json.error, json.error_codes, json.suberror], ['invalid_grant', [70043], 'token_expired'])
})

test('applies a policy that came after the sign-in', async () => {
  const first = await password('alice')
  const demand = (switches: object) => tenant.scenario({ users: { [user('alice').username]: switches } })
  demand({ mfa: true })
  assert.deepEqual((await refresh(first)).json.error_codes, [50076])
  demand({ mfa: null, disabled: true })
  assert.deepEqual((await refresh(first)).json.error_codes, [50057])
  demand({ disabled: null, consentNeeded: ['Mail.Send'] })
  assert.equal((await refresh(first)).status, 200)
  assert.deepEqual((await refresh(first, { scope: 'Mail.Send' })).json.error_codes, [65001])
})

test('refuses a token that it never issued', async () => {
  const { json } = await token({ grant_type: 'refresh_token', refresh_token: 'nonsense' })
  assert.deepEqual([json.error, json.error_codes], ['invalid_grant', [70000]])
})
