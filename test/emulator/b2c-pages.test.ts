/** B2C’s pages: a policy signs in, remembers, lets the user cancel, and sends those away who forgot their password. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { claimsOf, emulate, type Page, pkce, REDIRECT_URI } from './support.js'

const { tenant, user, post, browser } = await emulate()
beforeEach(() => tenant.scenario(null))

const alice = user('alice')
const susi = `tfp/${tenant.domain}/b2c_1_susi`
const scope = `${tenant.clientId} openid offline_access`

function redeem(page: Page, verifier: string, path = susi): ReturnType<typeof post> {
  return post(`/${path}/oauth2/v2.0/token`, {
    client_id: tenant.clientId,
    grant_type: 'authorization_code',
    code: page.handed.code ?? '',
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
    scope,
    client_info: '1',
  })
}

test('signs in, hands out the policy’s account, and keeps the browser signed in', async () => {
  const visitor = browser()
  const { code_verifier, challenge } = pkce()
  const form = await visitor.authorize({ scope, nonce: 'n', client_info: '1', ...challenge }, susi)
  assert.equal(form.action, `/${susi}/login`)
  const done = await form.signIn(alice)
  const uid = JSON.parse(Buffer.from(done.handed.client_info ?? '', 'base64url').toString()) as { uid: string }
  assert.equal(uid.uid, `${alice.id}-b2c_1_susi`)
  const { json } = await redeem(done, code_verifier)
  const claims = claimsOf(json.id_token)
  assert.deepEqual([claims.nonce, claims.tfp, claims.aud], ['n', 'b2c_1_susi', tenant.clientId])

  const again = await visitor.authorize({ scope, prompt: 'none' }, susi)
  assert.ok(again.handed.code, 'single sign-on')
  assert.equal((await visitor.authorize({ prompt: 'none' })).handed.error, 'login_required', 'of B2C, not of Entra')
})

test('tells the app that the user forgot the password, cancelled, or is not there', async () => {
  const forgot = await (await browser().authorize({ scope, state: 's1' }, susi)).submit({ forgot: '1' })
  assert.deepEqual([forgot.handed.error, forgot.handed.state], ['access_denied', 's1'])
  assert.match(forgot.handed.error_description ?? '', /^AADB2C90118: [^\r]+\r\nCorrelation ID: /)
  assert.ok(!('error_subcode' in forgot.handed) && !('error_uri' in forgot.handed))

  const cancelled = await (await browser().authorize({ scope }, susi)).submit({ cancel: '1' })
  assert.equal(cancelled.handed.error, 'access_denied')
  assert.match(cancelled.handed.error_description ?? '', /^AADB2C90091: /)

  const silent = await browser().authorize({ scope, prompt: 'none' }, susi)
  assert.match(silent.handed.error_description ?? '', /^AADB2C90077: /)
})

test('shows a wrong password under B2C’s number, and takes no federated user', async () => {
  const form = await browser().authorize({ scope }, susi)
  const wrong = await form.signIn({ username: alice.username, password: 'no' })
  assert.match(wrong.alert ?? '', /^AADB2C90225: /)
  assert.match((await wrong.signIn(user('joe'))).alert ?? '', /^AADB2C90225: /)
})

test('has no pages where the policy takes passwords, none for an unknown policy, and refuses foreign scopes', async () => {
  const noPages = await browser().authorize({ scope }, `tfp/${tenant.domain}/b2c_1_ropc`)
  assert.match(noPages.handed.error_description ?? '', /has no pages/)
  assert.equal((await browser().authorize({ scope }, `tfp/${tenant.domain}/b2c_1_none`)).answer.status, 400)
  const foreign = await browser().authorize({ scope: 'openid User.Read' }, susi)
  assert.match(foreign.handed.error_description ?? '', /^AADB2C90117: /)
})

test('takes a code, and the form of a page, at the policy that it is of', async () => {
  const { code_verifier, challenge } = pkce()
  const done = await (await browser().authorize({ scope, ...challenge }, susi)).signIn(alice)
  const atEntra = await redeem(done, code_verifier, tenant.tenantId)
  assert.deepEqual([atEntra.status, atEntra.json.error], [400, 'invalid_grant'])

  const visitor = browser()
  const form = await visitor.authorize({ scope }, susi)
  const { username: loginfmt, password: passwd } = alice
  const moved = await visitor.open('/common/login', { ...form.hidden, loginfmt, passwd })
  assert.equal(moved.answer.status, 400)
  assert.match(moved.answer.text, /AADSTS50089/)
})
