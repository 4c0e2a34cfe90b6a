/** B2C’s pages: a policy signs in, remembers, edits a profile, lets the user cancel, and sends those away who forgot their password. */
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

test('edits the profile of whom the sign-in policy knows, without a password, and tells it in the ID token', async () => {
  const policy = `tfp/${tenant.domain}/b2c_1_edit_profile`
  const visitor = browser()
  await (await visitor.authorize({ scope }, susi)).signIn(alice)
  const { code_verifier, challenge } = pkce()
  const form = await visitor.authorize({ scope, ...challenge }, policy)
  assert.deepEqual([form.title, form.action], ['Edit your profile', `/${policy}/login`])
  assert.match(form.answer.text, /name="displayName" value="Alice"/)

  const empty = await form.submit({ displayName: '  ', givenName: 'Alice', surname: 'A' })
  assert.match(empty.alert ?? '', /displayName/)
  const done = await empty.submit({ displayName: 'Alice <3', givenName: 'Alice', surname: '' })
  const { json } = await redeem(done, code_verifier, policy)
  const claims = claimsOf(json.id_token)
  assert.deepEqual([claims.name, claims.given_name, 'family_name' in claims], ['Alice <3', 'Alice', false])
  assert.deepEqual([claims.tfp, claims.oid], ['b2c_1_edit_profile', alice.id])

  const later = pkce()
  const signedIn = await visitor.authorize({ scope, ...later.challenge }, susi)
  assert.equal(claimsOf((await redeem(signedIn, later.code_verifier)).json.id_token).name, 'Alice <3')
  const again = await visitor.authorize({ scope }, policy)
  assert.match(again.answer.text, /name="displayName" value="Alice &lt;3"/)
  assert.match(again.answer.text, /name="givenName" value="Alice"/)
})

test('edits nothing for who cancels, asks a stranger who they are, and never does it without a page', async () => {
  const policy = `tfp/${tenant.domain}/b2c_1_edit_profile`
  const form = await browser().authorize({ scope, state: 's2' }, policy)
  assert.equal(form.title, 'Sign in')
  const ada = tenant.users.find(({ name }) => name === 'Ada') ?? assert.fail()
  const visitor = browser()
  const profile = await (await visitor.authorize({ scope, state: 's3' }, policy)).signIn(ada)
  assert.equal(profile.title, 'Edit your profile')
  const cancelled = await profile.submit({ displayName: 'Nobody', cancel: '1' })
  assert.deepEqual([cancelled.handed.error, cancelled.handed.state], ['access_denied', 's3'])
  assert.match(cancelled.handed.error_description ?? '', /^AADB2C90091: /)
  assert.equal(ada.name, 'Ada')

  const silent = await visitor.authorize({ scope, prompt: 'none' }, policy)
  assert.match(silent.handed.error_description ?? '', /^AADB2C90077: /)
})

test('does not know prompt=create', async () => {
  const { handed } = await browser().authorize({ scope, prompt: 'create', state: 's4' }, susi)
  assert.deepEqual([handed.error, handed.state], ['invalid_request', 's4'])
  assert.match(handed.error_description ?? '', /^AADB2C90043: /)
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
