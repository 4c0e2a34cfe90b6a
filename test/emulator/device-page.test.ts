/** The page where a device's code is typed in, and the sign-in that follows. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Answer, claimsOf, emulate, type Page, SCOPE } from './support.js'

const emulation = await emulate({ users: [{ username: 'zoe@contoso.onmicrosoft.com' }] })
const { tenant, user, token, post } = emulation
beforeEach(() => tenant.scenario(null))

const start = (form: Record<string, string> = {}) =>
  post('/common/oauth2/v2.0/devicecode', { client_id: tenant.clientId, scope: SCOPE, ...form })

const poll = ({ json }: Answer) => token({ grant_type: 'device_code', device_code: String(json.device_code) })

async function enter(code: unknown, browser = emulation.browser(), segment = 'common'): Promise<Page> {
  return (await browser.open(`/${segment}/oauth2/deviceauth`)).submit({ otc: String(code) })
}

const yes = (page: Page) => page.submit({ ucaccept: 'yes' })

test('says what is wrong with the code, and takes it in lower case and in groups', async () => {
  const { json } = await start()
  const code = String(json.user_code)
  const wrong = await enter('<NOPE>')
  assert.equal(wrong.answer.status, 200)
  assert.match(String(wrong.alert), /^AADSTS90121/)
  assert.ok(wrong.answer.text.includes('value="&lt;NOPE&gt;"'))
  assert.match(String((await enter('')).alert), /^AADSTS90119/)
  assert.equal((await wrong.submit({ otc: ` ${code.slice(0, 3)}-${code.slice(3).toLowerCase()} ` })).title, 'Sign in')
  assert.equal((await enter(code, undefined, tenant.domain)).title, 'Sign in')
  assert.equal((await emulation.browser().open('/common/oauth2/deviceauth', { user_code: code })).title, 'Sign in')
  tenant.clock.advance(901)
  assert.match(String((await enter(code)).alert), /^AADSTS70020/)
  tenant.clock.advance(-901)
})

test('fills a code in from the address but goes nowhere by itself', async () => {
  const { json } = await start()
  for (const name of ['user_code', 'otc']) {
    const page = await emulation.browser().open(`/common/oauth2/deviceauth?${name}=${json.user_code}`)
    assert.equal(page.title, 'Enter the code from your device')
    assert.ok(page.answer.text.includes(`value="${json.user_code}"`))
  }
  assert.equal((await emulation.browser().open('/fabrikam.example/oauth2/deviceauth')).answer.status, 400)
})

test('asks who is signed in even in a browser that knows, and names app and code before the end', async () => {
  const browser = emulation.browser()
  await (await browser.authorize()).signIn(user('alice'))
  const device = await start()
  const picker = await enter(device.json.user_code, browser)
  assert.equal(picker.title, 'Pick an account')
  const confirm = await picker.submit({ account: user('alice').username })
  assert.equal(confirm.title, 'Sign in on your device?')
  for (const shown of ['Latchkey demo', String(device.json.user_code), user('alice').username]) {
    assert.ok(confirm.answer.text.includes(shown), shown)
  }
  const done = await yes(confirm)
  assert.equal(done.title, 'You have signed in')
  assert.ok(done.answer.text.includes('You may close this window'))
  assert.equal((await poll(device)).status, 200)
})

test('lets a code be approved once, however many have typed it in', async () => {
  const device = await start()
  const [first, second] = [await enter(device.json.user_code), await enter(device.json.user_code)]
  await yes(await first.signIn(user('alice')))
  const late = await yes(await second.signIn(user('zoe')))
  assert.equal(late.answer.status, 400)
  assert.match(String(late.alert), /^AADSTS90120/)
  assert.match(String((await enter(device.json.user_code)).alert), /^AADSTS90120/)
  assert.equal(claimsOf((await poll(device)).json.id_token).preferred_username, user('alice').username)
})

test('does not sign a device in whose code ran out during the sign-in', async () => {
  const device = await start()
  const confirm = await (await enter(device.json.user_code)).signIn(user('alice'))
  tenant.clock.advance(901)
  assert.match(String((await yes(confirm)).alert), /^AADSTS70020/)
  assert.equal((await poll(device)).json.error, 'expired_token')
  tenant.clock.advance(-901)
})

test('goes through second factor and consent, after which a password is enough', async () => {
  tenant.scenario({ users: { [user('cara').username]: { mfa: true } } })
  const device = await start()
  const mfa = await (await enter(device.json.user_code)).signIn(user('cara'))
  assert.equal(mfa.title, 'Enter your code')
  const consent = await mfa.submit({ otc: user('cara').otc })
  assert.equal(consent.title, 'Permissions requested')
  assert.equal((await yes(consent)).title, 'You have signed in')
  assert.deepEqual(claimsOf((await poll(device)).json.access_token).amr, ['pwd', 'mfa'])
  tenant.scenario(null)
  assert.equal((await emulation.password('cara')).status, 200)
})

test('keeps a device waiting whose user a policy blocks, and lets another user in', async () => {
  const device = await start()
  const blocked = await (await enter(device.json.user_code)).signIn(user('bob'))
  assert.match(String(blocked.alert), /^AADSTS53003/)
  assert.equal((await poll(device)).json.error, 'authorization_pending')
  await yes(await (await enter(device.json.user_code)).signIn(user('alice')))
  assert.equal((await poll(device)).status, 200)
})

test('satisfies a policy whose claims the device passed on', async () => {
  const refused = await start()
  await yes(await (await enter(refused.json.user_code)).signIn(user('carl')))
  const { json } = await poll(refused)
  assert.deepEqual(json.error_codes, [53003])
  const device = await start({ claims: String(json.claims) })
  const mfa = await (await enter(device.json.user_code)).signIn(user('carl'))
  assert.equal(mfa.title, 'Enter your code')
  await yes(await mfa.submit({ otc: user('carl').otc }))
  const form = { grant_type: 'device_code', device_code: String(device.json.device_code), claims: String(json.claims) }
  assert.equal((await token(form)).status, 200)
})
