/** Device codes on the wire: what a device is answered before, while and after its user decides. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Answer, claimsOf, emulate, type Page, SCOPE } from './support.js'

const emulation = await emulate()
const { tenant, user, token, post, get } = emulation
beforeEach(() => tenant.scenario(null))

const URN = 'urn:ietf:params:oauth:grant-type:device_code'
const OTHER_APP = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

const start = (segment = tenant.tenantId, form: Record<string, string> = {}) =>
  post(`/${segment}/oauth2/v2.0/devicecode`, { client_id: tenant.clientId, scope: SCOPE, ...form })

const poll = ({ json }: Answer, form: Record<string, string> = {}) =>
  token({ grant_type: URN, device_code: String(json.device_code), client_info: '1', ...form })

async function enter(code: unknown, browser = emulation.browser()): Promise<Page> {
  return (await browser.open('/common/oauth2/deviceauth')).submit({ otc: String(code) })
}

async function approve(device: Answer, name = 'alice'): Promise<Page> {
  const page = await (await enter(device.json.user_code)).signIn(user(name))
  return page.title === 'Enter your code' ? page.submit({ otc: user(name).otc }) : page
}

const yes = (page: Page) => page.submit({ ucaccept: 'yes' })
const told = ({ status, json }: Answer) => [status, json.error, (json.error_codes as number[])[0]]

test('hands out a code for the device and one for the user, in Entra’s shape', async () => {
  for (const segment of [tenant.tenantId, tenant.domain, 'common', 'organizations']) {
    const { status, json } = await start(segment)
    assert.equal(status, 200)
    const fields = ['user_code', 'device_code', 'verification_uri', 'expires_in', 'interval', 'message']
    assert.deepEqual(Object.keys(json), fields)
    assert.match(String(json.user_code), /^[A-Z0-9]{9}$/)
    assert.equal(json.verification_uri, `${tenant.origin}/common/oauth2/deviceauth`)
    assert.deepEqual([json.expires_in, json.interval], [900, 5])
    assert.ok(
      String(json.message).includes(`${json.verification_uri} `) && String(json.message).includes(`${json.user_code}`),
    )
  }
  const [first, second] = [await start(), await start()]
  assert.notEqual(first.json.user_code, second.json.user_code)
})

test('is pending until the user is through, then answers with tokens, once', async () => {
  const device = await start()
  assert.deepEqual(told(await poll(device)), [400, 'authorization_pending', 70016])
  const confirm = await approve(device)
  assert.equal(confirm.title, 'Sign in on your device?')
  assert.deepEqual(told(await poll(device)), [400, 'authorization_pending', 70016])
  assert.equal((await yes(confirm)).title, 'You have signed in')

  const { status, json } = await poll(device)
  assert.equal(status, 200)
  assert.deepEqual([json.token_type, json.scope, json.expires_in], ['Bearer', 'User.Read openid profile', 3599])
  assert.equal(claimsOf(json.id_token).preferred_username, user('alice').username)
  assert.ok(json.client_info && json.refresh_token)
  assert.deepEqual(told(await poll(device)), [400, 'invalid_grant', 54005])
})

test('takes the grant by both its names, and the code by both of its', async () => {
  for (const form of [
    (code: string) => ({ grant_type: 'device_code', device_code: code, scope: SCOPE }),
    (code: string) => ({ grant_type: URN, device_code: code, code }),
    (code: string) => ({ grant_type: URN, code }),
  ]) {
    const device = await start('common')
    await yes(await approve(device))
    const { status, text } = await token({ ...form(String(device.json.device_code)) }, 'common')
    assert.equal(status, 200, text)
  }
})

test('tells apart what is wrong with a device code', async () => {
  const device = await start()
  assert.deepEqual(told(await poll(device, { device_code: 'nonsense' })), [400, 'bad_verification_code', 70018])
  assert.deepEqual(told(await poll(device, { client_id: OTHER_APP })), [400, 'invalid_grant', 70000])
  assert.deepEqual(told(await token({ grant_type: URN })), [400, 'invalid_request', 900144])
  tenant.clock.advance(901)
  assert.deepEqual(told(await poll(device)), [400, 'expired_token', 70020])
  tenant.clock.advance(-901)
  tenant.scenario({ deviceCodeLifetimeSeconds: 10 })
  const short = await start()
  assert.equal(short.json.expires_in, 10)
  tenant.clock.advance(11)
  assert.deepEqual(told(await poll(short)), [400, 'expired_token', 70020])
})

test('refuses a request without an app, a scope or a form, for an unknown app, and by GET', async () => {
  const endpoint = `/${tenant.tenantId}/oauth2/v2.0/devicecode`
  assert.deepEqual(told(await start(undefined, { client_id: '' })), [400, 'invalid_request', 900144])
  assert.deepEqual(told(await start(undefined, { scope: '' })), [400, 'invalid_request', 900144])
  assert.deepEqual(told(await start(undefined, { client_id: 'app' })), [400, 'unauthorized_client', 700016])
  assert.deepEqual(told(await start(undefined, { claims: '{' })), [400, 'invalid_request', 9002313])
  assert.deepEqual(told(await get(endpoint)), [400, 'invalid_request', 900561])
})

test('answers each of the three refusals of aliases and tenants', async () => {
  assert.deepEqual(told(await start('fabrikam.example')), [400, 'invalid_request', 90002])
  assert.deepEqual(told(await start('consumers')), [400, 'invalid_request', 90133])
  tenant.scenario({ deviceCodeAliases: 'noTenantInfo' })
  assert.deepEqual(told(await start('common')), [400, 'invalid_request', 50059])
  assert.deepEqual(told(await start('organizations')), [400, 'invalid_request', 50059])
  assert.equal((await start()).status, 200)
  tenant.scenario({ deviceCodeAliases: 'unsupported' })
  assert.deepEqual(told(await start('common')), [400, 'invalid_request', 90133])
  assert.equal((await start('organizations')).status, 200)
  assert.equal((await start()).status, 200)
})

test('asks for slower polling, and for still slower when that is not heeded', async () => {
  const hasty = await start()
  for (let count = 0; count < 3; count++) assert.equal((await poll(hasty)).json.error, 'authorization_pending')
  tenant.scenario({ slowDown: true, pollIntervalSeconds: 20 })
  const device = await start()
  assert.equal(device.json.interval, 20)
  const after = async (seconds: number) => {
    tenant.clock.advance(seconds)
    return (await poll(device)).json.error
  }
  assert.equal(await after(0), 'authorization_pending')
  assert.equal(await after(20), 'authorization_pending')
  assert.equal(await after(10), 'slow_down')
  assert.equal(await after(20), 'slow_down')
  assert.equal(await after(30), 'authorization_pending')
})

test('tells the device that the user declined, on whichever page', async () => {
  const onPage: [string, (device: Answer) => Promise<Page>][] = [
    ['sign-in', async device => (await enter(device.json.user_code)).submit({ cancel: '1' })],
    ['confirmation', async device => (await approve(device)).submit({ ucaccept: 'no' })],
    ['consent', async device => (await approve(device, 'cara')).submit({ ucaccept: 'no' })],
    ['scenario', device => approve(device, 'pat')],
  ]
  for (const [name, decline] of onPage) {
    const device = await start()
    assert.equal((await decline(device)).title, 'You have not signed in', name)
    assert.deepEqual(told(await poll(device)), [400, 'authorization_declined', 65004], name)
  }
})

test('edits any field of the answer, and can offer the complete address', async () => {
  tenant.scenario({
    deviceCodeAnswer: { set: { interval: '2', verification_url: 'https://x.example' }, drop: ['message'] },
  })
  const { json } = await start()
  assert.deepEqual([json.interval, json.verification_url, 'message' in json], ['2', 'https://x.example', false])
  tenant.scenario(null)
  tenant.scenario({ verificationUriComplete: true })
  const complete = await start()
  const { user_code, verification_uri, verification_uri_complete } = complete.json
  assert.equal(verification_uri_complete, `${verification_uri}?user_code=${user_code}`)
  const page = await emulation.browser().open(String(verification_uri_complete))
  assert.ok(page.answer.text.includes(`value="${user_code}"`))
  assert.equal((await poll(complete)).json.error, 'authorization_pending')
})

test('lets faults hit the device code request alone', async () => {
  tenant.scenario({ faults: { deviceCode: { kind: 'status', status: 429, retryAfterSeconds: 3, times: 1 } } })
  const throttled = await start()
  assert.deepEqual([throttled.status, throttled.headers['retry-after']], [429, '3'])
  assert.equal((await start()).status, 200)
})

test('keeps the device code among the secrets, not the code that people are shown', async () => {
  const { json } = await start()
  assert.ok(tenant.issuedSecrets.includes(String(json.device_code)))
  assert.ok(!tenant.issuedSecrets.includes(String(json.user_code)))
})
