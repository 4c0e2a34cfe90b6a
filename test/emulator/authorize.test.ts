/** The authorize endpoint: where answers go, and what is never redirected. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emulate, REDIRECT_URI } from './support.js'

const strictApp = '77777777-0000-0000-0000-000000000001'
const emulation = await emulate({
  apps: [{ clientId: strictApp, name: 'Strict', redirectUris: ['http://localhost/back', 'https://app.example/cb'] }],
})
const { tenant, user } = emulation

test('answers by query, fragment and form_post', async () => {
  for (const [response_mode, mark] of [
    ['query', '/?code='],
    ['fragment', '/#code='],
  ] as const) {
    const done = await (await emulation.browser().authorize({ response_mode })).signIn(user('alice'))
    assert.ok(String(done.answer.headers.location).startsWith(REDIRECT_URI + mark), response_mode)
  }
  const posted = await (await emulation.browser().authorize({ response_mode: 'form_post' })).signIn(user('alice'))
  assert.equal(posted.answer.status, 200)
  assert.equal(posted.action, REDIRECT_URI)
  assert.equal(posted.handed.state, 'st')
  assert.match(String(posted.handed.code), /^1\.A/)
  assert.match(posted.answer.text, /<noscript>/)
})

test('takes the request as a form and with lower-cased or capital names', async () => {
  const form = { CLIENT_ID: tenant.clientId, Response_Type: 'code', redirect_uri: REDIRECT_URI, scope: 'openid' }
  const page = await emulation.browser().open(`/${tenant.domain.toUpperCase()}/OAuth2/v2.0/Authorize`, form)
  assert.equal(page.title, 'Sign in')
})

test('keeps a query that the redirect URI has', async () => {
  const redirect_uri = 'http://127.0.0.1:4711/cb?keep=1'
  const done = await (await emulation.browser().authorize({ redirect_uri })).signIn(user('alice'))
  assert.ok(String(done.answer.headers.location).startsWith('http://127.0.0.1:4711/cb?keep=1&code='))
})

test('shows a bad tenant, app or redirect URI as a page and redirects nowhere', async () => {
  const cases: [string, Record<string, string | undefined>, string?][] = [
    ['AADSTS90002', {}, 'fabrikam.com'],
    ['AADSTS700016', { client_id: 'not-an-app' }],
    ['AADSTS900144', { client_id: undefined }],
    ['AADSTS50011', { redirect_uri: 'http://evil.example/' }],
    ['AADSTS50011', { redirect_uri: 'javascript:alert(1)' }],
    ['AADSTS50011', { redirect_uri: 'not a url' }],
    ['AADSTS50011', { client_id: strictApp, redirect_uri: 'https://app.example/other' }],
    ['AADSTS50011', { client_id: strictApp, redirect_uri: 'http://localhost:1/elsewhere' }],
  ]
  for (const [number, parameters, segment] of cases) {
    const { answer } = await emulation.browser().authorize(parameters, segment)
    assert.equal(answer.status, 400, number)
    assert.equal(answer.headers.location, undefined)
    assert.match(String(answer.headers['content-type']), /text\/html/)
    assert.ok(answer.text.includes(number), `${number} in ${JSON.stringify(parameters)}`)
  }
})

test('accepts a registered loopback redirect URI with any port', async () => {
  for (const redirect_uri of ['http://localhost:5001/back', 'http://localhost/back', 'https://app.example/cb']) {
    const page = await emulation.browser().authorize({ client_id: strictApp, redirect_uri })
    assert.equal(page.title, 'Sign in', redirect_uri)
  }
})

test('redirects every later error with the state', async () => {
  const cases: [string, string, Record<string, string | undefined>][] = [
    ['unsupported_response_type', 'AADSTS700054', { response_type: 'token' }],
    ['invalid_request', 'AADSTS70007', { response_mode: 'carrier_pigeon' }],
    ['invalid_request', 'AADSTS900144', { scope: undefined }],
    ['invalid_scope', 'AADSTS70011', { scope: 'User.Read .default' }],
    ['invalid_request', 'AADSTS90023', { prompt: 'maybe' }],
    ['invalid_request', 'AADSTS501491', { code_challenge: 'short' }],
    ['invalid_request', 'AADSTS9002313', { claims: '{' }],
    ['login_required', 'AADSTS50058', { prompt: 'none' }],
  ]
  for (const [error, number, parameters] of cases) {
    const { handed, answer } = await emulation.browser().authorize(parameters)
    assert.equal(answer.status, 302, number)
    assert.equal(handed.error, error, number)
    assert.equal(handed.state, 'st')
    assert.ok(String(handed.error_description).startsWith(`${number}: `), handed.error_description)
    assert.match(String(handed.error_description), / Trace ID: [0-9a-f-]{36} Correlation ID: /)
  }
})

test('refuses a parameter that comes twice', async () => {
  const query = `client_id=${tenant.clientId}&response_type=code&redirect_uri=${REDIRECT_URI}&scope=openid&state=1&state=2`
  const { answer } = await emulation.browser().open(`/common/oauth2/v2.0/authorize?${query}`)
  assert.ok(answer.text.includes('AADSTS9000411'))
})

test('tells the app when the user cancels', async () => {
  const cancelled = await (await emulation.browser().authorize()).submit({ cancel: '1' })
  assert.equal(cancelled.handed.error, 'access_denied')
  assert.equal(cancelled.handed.error_subcode, 'cancel')
  assert.equal(cancelled.handed.state, 'st')
})

test('refuses a form with a foreign canary, and a flow that is over', async () => {
  const page = await emulation.browser().authorize()
  const { username, password } = user('alice')
  const fields = { loginfmt: username, passwd: password }
  const forged = await page.submit({ ...fields, canary: 'x'.repeat(43) })
  assert.ok(forged.answer.text.includes('AADSTS165000'))
  const done = await page.submit(fields)
  assert.equal(done.answer.status, 302)
  const again = await page.submit(fields)
  assert.ok(again.answer.text.includes('AADSTS50089'))
})

test('sends its pages with a policy that lets the redirect through and runs no script', async () => {
  const { answer } = await emulation.browser().authorize()
  const policy = String(answer.headers['content-security-policy'])
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /form-action|script-src/)
  assert.equal(answer.headers['strict-transport-security'], undefined)
})
