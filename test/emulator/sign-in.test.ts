/** Signing in through the pages: sessions, second factor, consent, policies. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { claimsOf, emulate, type Page, REDIRECT_URI, SCOPE } from './support.js'

const emulation = await emulate({ users: [{ username: 'zoe@contoso.onmicrosoft.com' }] })
const { tenant, user, token } = emulation
beforeEach(() => tenant.scenario(null))

const redeem = (page: Page) =>
  token({ grant_type: 'authorization_code', code: String(page.handed.code), redirect_uri: REDIRECT_URI })

test('says on the page what is wrong with an account and lets the user try again', async () => {
  const wrong: [string, string, string][] = [
    [user('alice').username, 'wrong', 'AADSTS50126'],
    ['nobody@contoso.onmicrosoft.com', 'x', 'AADSTS50034'],
    [user('lou').username, user('lou').password, 'AADSTS50053'],
    [user('dan').username, user('dan').password, 'AADSTS50057'],
    [user('eve').username, user('eve').password, 'AADSTS50055'],
    [user('uma').username, user('uma').password, 'AADSTS50034'],
  ]
  let page = await emulation.browser().authorize()
  for (const [username, password, number] of wrong) {
    page = await page.signIn({ username, password })
    assert.ok(page.alert?.startsWith(number), `${number}: ${page.alert}`)
    assert.ok(!page.answer.text.includes(user('lou').password))
  }
  assert.equal((await page.signIn(user('alice'))).answer.status, 302)
})

test('signs a second app in without a password, and with one for prompt=login', async () => {
  const browser = emulation.browser()
  const first = await (await browser.authorize()).signIn(user('alice'))
  assert.equal(first.answer.status, 302)
  const second = await browser.authorize({ client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46' })
  assert.equal(second.answer.status, 302)
  assert.ok(second.handed.code)
  assert.ok((await browser.authorize({ prompt: 'none' })).handed.code)
  assert.equal((await browser.authorize({ prompt: 'login' })).title, 'Sign in')
  assert.equal((await browser.authorize({ login_hint: 'someone@else.example' })).title, 'Sign in')
})

test('lets a session end with the browser, unless the user wants to stay signed in', async () => {
  const cookieOf = (page: Page) =>
    [page.answer.headers['set-cookie']].flat().find(cookie => cookie?.startsWith('ESTSAUTH=')) ?? ''
  const passing = await (await emulation.browser().authorize()).signIn(user('alice'))
  assert.doesNotMatch(cookieOf(passing), /Max-Age|Expires/i)
  const { username, password } = user('mia')
  const staying = await (await emulation.browser().authorize()).submit({
    loginfmt: username,
    passwd: password,
    KMSI: 'true',
  })
  assert.match(cookieOf(staying), /; Max-Age=7776000$/)
  // The second factor brings a new session, which stays as well.
  const passed = await staying.submit({ otc: user('mia').otc })
  assert.match(cookieOf(passed), /; Max-Age=7776000$/)
})

test('offers the accounts of the browser when there is a choice', async () => {
  const browser = emulation.browser()
  await (await browser.authorize()).signIn(user('alice'))
  assert.equal((await browser.authorize({ prompt: 'select_account' })).title, 'Pick an account')
  await (await browser.authorize({ prompt: 'login' })).signIn(user('zoe'))

  const picker = await browser.authorize()
  assert.equal(picker.title, 'Pick an account')
  assert.equal((await browser.authorize({ prompt: 'none' })).handed.error, 'interaction_required')
  const picked = await redeem(await picker.submit({ account: user('alice').username }))
  assert.equal(claimsOf(picked.json.id_token).preferred_username, user('alice').username)
  const hinted = await redeem(await browser.authorize({ login_hint: user('zoe').username.toUpperCase() }))
  assert.equal(claimsOf(hinted.json.id_token).preferred_username, user('zoe').username)
  const other = await (await browser.authorize()).submit({ account: '' })
  assert.equal(other.title, 'Sign in')
})

test('forgets the session at logout', async () => {
  const browser = emulation.browser()
  await (await browser.authorize()).signIn(user('alice'))
  const cookies = new Map(browser.cookies)
  const out = await browser.open('/common/oauth2/v2.0/logout')
  assert.equal(out.title, 'Signed out')
  assert.equal((await browser.authorize()).title, 'Sign in')
  for (const [name, value] of cookies) browser.cookies.set(name, value)
  assert.equal((await browser.authorize()).title, 'Sign in')
})

test('leaves to the app after logout, and to nobody else', async () => {
  const leave = async (target: string) => {
    const query = new URLSearchParams({ client_id: tenant.clientId, post_logout_redirect_uri: target, state: 's' })
    return (await emulation.browser().open(`/common/oauth2/v2.0/logout?${query}`)).answer.headers.location
  }
  assert.equal(await leave('http://localhost:9/bye'), 'http://localhost:9/bye?state=s')
  assert.equal(await leave('https://evil.example/'), undefined)
  assert.equal(await leave('http://evil.example/'), undefined)
})

test('asks for the second factor once a session', async () => {
  const browser = emulation.browser()
  const mfa = await (await browser.authorize()).signIn(user('mia'))
  assert.equal(mfa.title, 'Enter your code')
  const wrong = await mfa.submit({ otc: '000' })
  assert.ok(wrong.alert?.startsWith('AADSTS500121'))
  const done = await wrong.submit({ otc: user('mia').otc })
  const redeemed = await redeem(done)
  assert.deepEqual(claimsOf(redeemed.json.access_token).amr, ['pwd', 'mfa'])
  assert.equal((await browser.authorize()).answer.status, 302)
})

test('lists every resource on the consent page, and remembers a yes but not a no', async () => {
  const browser = emulation.browser()
  const consent = await (await browser.authorize({ scope: `${SCOPE} api://files/read` })).signIn(user('cara'))
  assert.equal(consent.title, 'Permissions requested')
  for (const shown of ['Microsoft Graph', 'api://files', 'User.Read', 'offline_access']) {
    assert.ok(consent.answer.text.includes(shown), shown)
  }
  assert.equal((await consent.submit({ ucaccept: 'no' })).handed.error_subcode, 'cancel')
  assert.equal((await browser.authorize({ prompt: 'none' })).handed.error, 'consent_required')
  const again = await browser.authorize()
  assert.equal(again.title, 'Permissions requested')
  assert.equal((await redeem(await again.submit({ ucaccept: 'yes' }))).status, 200)
  assert.equal((await browser.authorize()).answer.status, 302)
  assert.equal((await browser.authorize({ prompt: 'consent' })).title, 'Permissions requested')
})

test('shows the consent page to everybody for prompt=consent', async () => {
  const page = await (await emulation.browser().authorize({ prompt: 'consent' })).signIn(user('alice'))
  assert.equal(page.title, 'Permissions requested')
  assert.ok((await page.submit({ ucaccept: 'yes' })).handed.code)
})

test('hands a declining user’s no to the app', async () => {
  const { handed } = await (await emulation.browser().authorize()).signIn(user('pat'))
  assert.deepEqual([handed.error, handed.error_subcode], ['access_denied', 'cancel'])
  assert.ok(handed.error_description?.startsWith('AADSTS65004'))
})

test('blocks with a page, and answers prompt=none with an error', async () => {
  const browser = emulation.browser()
  const { answer } = await (await browser.authorize()).signIn(user('bob'))
  assert.ok(answer.text.includes('AADSTS53003'))
  assert.equal(answer.headers.location, undefined)
  const silent = await browser.authorize({ prompt: 'none' })
  assert.equal(silent.handed.error, 'interaction_required')
  assert.ok(silent.handed.error_description?.startsWith('AADSTS53003'))
})

test('issues the token once the challenge’s claims were passed on and the second factor was given', async () => {
  const browser = emulation.browser()
  const refused = await redeem(await (await browser.authorize()).signIn(user('carl')))
  assert.deepEqual(refused.json.error_codes, [53003])
  const claims = String(refused.json.claims)
  const mfa = await browser.authorize({ claims })
  assert.equal(mfa.title, 'Enter your code')
  const issued = await redeem(await mfa.submit({ otc: user('carl').otc }))
  assert.equal(issued.status, 200, issued.text)
  const refreshed = await token({ grant_type: 'refresh_token', refresh_token: String(issued.json.refresh_token) })
  assert.equal(refreshed.status, 200)
})

test('asks for the password again after the sign-in frequency', async () => {
  const browser = emulation.browser()
  tenant.scenario({ users: { [user('alice').username]: { signInFrequencySeconds: 3600 } } })
  await (await browser.authorize()).signIn(user('alice'))
  assert.equal((await browser.authorize()).answer.status, 302)
  tenant.clock.advance(3601)
  const again = await browser.authorize()
  assert.equal(again.title, 'Sign in')
  assert.equal((await again.signIn(user('alice'))).answer.status, 302)
})

test('shows the present page again for a form of an earlier page', async () => {
  const signIn = await emulation.browser().authorize()
  const mfa = await signIn.signIn(user('mia'))
  const back = await signIn.signIn(user('alice'))
  assert.equal(back.title, 'Enter your code')
  assert.equal(back.alert, undefined)
  assert.ok((await mfa.submit({ otc: user('mia').otc })).handed.code)
})
