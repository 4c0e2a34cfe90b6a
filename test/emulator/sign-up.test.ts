/** Signing up with `prompt=create`: where it is offered, what the page takes, and that the account is one afterwards. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { claimsOf, emulate, type Page, REDIRECT_URI, SCOPE } from './support.js'

const { tenant, user, token, browser } = await emulate()
beforeEach(() => tenant.scenario(null))

const redeem = (page: Page) =>
  token({ grant_type: 'authorization_code', code: String(page.handed.code), redirect_uri: REDIRECT_URI })
const ciam = new URL(tenant.ciamAuthority)

test('makes an account of the tenant, which is signed in and signs in again', async () => {
  const visitor = browser()
  const form = await visitor.authorize({ prompt: 'create', login_hint: 'nora@mail.example' })
  assert.equal(form.title, 'Create account')
  assert.match(form.answer.text, /name="email" value="nora@mail.example"/)
  const newPassword = 'Sea-shells 7'
  const done = await form.submit({ displayName: '  Nora N. ', email: 'Nora@mail.example', newPassword })
  const claims = claimsOf((await redeem(done)).json.id_token)
  assert.deepEqual([claims.name, claims.preferred_username], ['Nora N.', 'Nora@mail.example'])
  assert.ok(tenant.issuedSecrets.includes(newPassword), 'a password like any other')

  assert.ok((await visitor.authorize({ prompt: 'none' })).handed.code, 'single sign-on')
  const elsewhere = await (await browser().authorize()).signIn({ username: 'nora@MAIL.example', password: newPassword })
  assert.equal(claimsOf((await redeem(elsewhere)).json.id_token).oid, claims.oid)
  const grant = { grant_type: 'password', username: 'nora@mail.example', password: newPassword, scope: SCOPE }
  assert.equal((await token(grant)).status, 200)
  assert.equal((await token({ ...grant, password: 'Sea-shells 8' })).json.error, 'invalid_grant')
  tenant.scenario({ users: { 'nora@mail.example': { disabled: true } } })
  assert.deepEqual((await token(grant)).json.error_codes, [50057])
})

test('offers it to whoever the browser knows already, and hands the app no more than it asked for', async () => {
  const visitor = browser()
  await (await visitor.authorize()).signIn(user('alice'))
  const form = await visitor.authorize({ prompt: 'create' })
  assert.equal(form.title, 'Create account')
  const done = await form.submit({ displayName: 'Otto', email: 'otto@mail.example', newPassword: 'Pa55-word' })
  assert.deepEqual(Object.keys(done.handed).sort(), ['code', 'session_state', 'state'])
  assert.equal((await visitor.authorize()).title, 'Pick an account', 'two accounts now')
})

test('says on the page what it does not take, keeps what was typed, and makes no account of it', async () => {
  const before = tenant.users.length
  const good = { displayName: 'Eve "E"', email: 'eve@mail.example', newPassword: 'Pa55-word' }
  const wrong: [Record<string, string>, string][] = [
    [{ email: '' }, 'AADSTS90100: The parameter &#39;email&#39;'],
    [{ email: 'eve' }, 'AADSTS90100: The parameter &#39;email&#39;'],
    [{ email: `${'e'.repeat(256)}@mail.example` }, 'AADSTS90100: The parameter &#39;email&#39;'],
    [{ email: user('alice').username.toUpperCase() }, 'AADSTS1003037'],
    [{ email: 'new@contoso.com' }, 'AADSTS500208'],
    [{ displayName: ' ' }, 'AADSTS90100: The parameter &#39;displayName&#39;'],
    [{ newPassword: '' }, 'AADSTS120002'],
    [{ newPassword: 'Pa55-wo' }, 'AADSTS120002'],
    [{ newPassword: 'password-word' }, 'AADSTS120002'],
  ]
  let page = await browser().authorize({ prompt: 'create' })
  for (const [fields, number] of wrong) {
    page = await page.submit({ ...good, ...fields })
    assert.ok(page.alert?.startsWith(number), `${number}: ${page.alert}`)
    assert.ok(!page.answer.text.includes('Pa55-wo'), 'no password in the page')
  }
  assert.match(page.answer.text, /name="displayName" value="Eve &quot;E&quot;"/)
  assert.match(page.answer.text, /name="email" value="eve@mail.example"/)
  assert.equal(tenant.users.length, before)
  assert.ok((await page.submit(good)).handed.code)
  assert.equal(tenant.users.length, before + 1)
})

test('tells the app of a cancel, and lets those sign in who have an account', async () => {
  const cancelled = await (await browser().authorize({ prompt: 'create' })).submit({ cancel: '1' })
  const { error, error_subcode, state } = cancelled.handed
  assert.deepEqual([error, error_subcode, state], ['access_denied', 'cancel', 'st'])

  const signIn = await (await browser().authorize({ prompt: 'create' })).submit({ has_account: '1' })
  assert.equal(signIn.title, 'Sign in')
  assert.ok((await signIn.signIn(user('alice'))).handed.code)
})

test('goes on as after any sign-in: with the second factor of the policy', async () => {
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, values: ['c1'] } } })
  const form = await browser().authorize({ prompt: 'create', claims })
  const mfa = await form.submit({ displayName: 'Max', email: 'max@mail.example', newPassword: 'Pa55-word' })
  assert.equal(mfa.title, 'Enter your code')
  const { otc } = tenant.users.find(({ username }) => username === 'max@mail.example') ?? {}
  assert.ok((await mfa.submit({ otc: String(otc) })).handed.code)
})

test('is offered by External ID; the parameter counts for nothing at an alias, at AD FS, and where it is switched off', async () => {
  const page = await browser().open(
    `${ciam.href}/oauth2/v2.0/authorize?${new URLSearchParams({
      ...{ client_id: tenant.clientId, response_type: 'code', redirect_uri: REDIRECT_URI, scope: SCOPE },
      prompt: 'create',
    })}`,
  )
  assert.equal(page.title, 'Create account')

  const visitor = browser()
  assert.equal((await visitor.authorize({ prompt: 'create' }, 'common')).title, 'Sign in')
  await (await visitor.authorize()).signIn(user('alice'))
  for (const alias of ['common', 'organizations']) {
    assert.ok((await visitor.authorize({ prompt: 'create' }, alias)).handed.code, alias)
  }
  tenant.scenario({ signUp: false })
  assert.ok((await visitor.authorize({ prompt: 'create' })).handed.code)
  assert.equal((await browser().authorize({ prompt: 'create' })).title, 'Sign in')
  tenant.scenario(null)
  const query = { client_id: tenant.clientId, response_type: 'code', redirect_uri: REDIRECT_URI, scope: 'openid' }
  const adfs = await browser().open(`/adfs/oauth2/authorize?${new URLSearchParams({ ...query, prompt: 'create' })}`)
  assert.equal(adfs.title, 'Sign in')
  assert.throws(() => tenant.scenario({ signUp: 'yes' as unknown as boolean }), /signUp must be true or false/)
})
