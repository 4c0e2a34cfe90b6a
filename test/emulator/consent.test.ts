/** Consent in the browser: by a link for one user, and by an administrator for all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Emulation, emulate, type Page, REDIRECT_URI } from './support.js'

const GRAPH = 'https://graph.microsoft.com'
const registered = '88888888-0000-0000-0000-000000000001'

const yes = (page: Page) => page.submit({ ucaccept: 'yes' })
const refusal = async (emulation: Emulation, name: string, more: Record<string, string> = {}) =>
  ((await emulation.password(name, more)).json.error_codes as number[] | undefined)?.[0]

/** Opens an admin consent address. */
function adminConsent(
  { browser, tenant }: Emulation,
  parameters: Record<string, string> = {},
  { version = '', segment = tenant.tenantId } = {},
): Promise<Page> {
  const query = new URLSearchParams({ client_id: tenant.clientId, ...parameters })
  return browser().open(`/${segment}${version}/adminconsent?${query}`)
}

test('a link without redirect_uri asks for consent, shows no code, and then a password is enough', async () => {
  const emulation = await emulate()
  const { tenant, user } = emulation
  assert.equal(await refusal(emulation, 'cara'), 65001)
  for (const segment of [tenant.tenantId, 'common', 'organizations']) {
    const query = `client_id=${tenant.clientId}&response_type=code&scope=user.read`
    const start = await emulation.browser().open(`/${segment}/oauth2/v2.0/authorize?${query}`)
    const next = await start.signIn(user('cara'))
    const done = next.title === 'Permissions requested' ? await yes(next) : next
    assert.equal(done.answer.status, 200)
    assert.equal(done.title, 'Permissions granted')
    for (const secret of tenant.issuedSecrets) assert.ok(!done.answer.text.includes(secret))
  }
  assert.equal(await refusal(emulation, 'cara'), undefined)
  assert.equal(await refusal(emulation, 'cara', { scope: 'Mail.Read' }), 65001)
})

test('a link without redirect_uri shows a refusal, and errors, as pages', async () => {
  const emulation = await emulate()
  const open = (parameters: Record<string, string>) =>
    emulation.browser().authorize({ redirect_uri: undefined, ...parameters })
  const consent = await (await open({})).signIn(emulation.user('cara'))
  assert.equal((await consent.submit({ ucaccept: 'no' })).title, 'Permissions not granted')
  assert.equal(await refusal(emulation, 'cara'), 65001)
  assert.match(String((await open({ scope: '' })).alert), /^AADSTS900144/)
  assert.match(String((await open({ prompt: 'none' })).alert), /^AADSTS50058/)
  assert.equal((await (await open({})).signIn(emulation.user('pat'))).title, 'Permissions not granted')
})

test('a link without redirect_uri leads to the registered address where there is one', async () => {
  const emulation = await emulate({ apps: [{ clientId: registered, redirectUris: ['https://app.example/back'] }] })
  const page = await emulation.browser().authorize({ client_id: registered, redirect_uri: undefined })
  const { headers } = (await page.signIn(emulation.user('alice'))).answer
  assert.ok(String(headers.location).startsWith('https://app.example/back?code='))
})

test('an administrator consents for all users and to everything, for this app alone', async () => {
  const emulation = await emulate()
  const other = { client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46' }
  const consent = await (await adminConsent(emulation)).signIn(emulation.user('ada'))
  assert.equal(consent.title, 'Permissions requested')
  assert.ok(consent.answer.text.includes('each user of <b>contoso.onmicrosoft.com</b>'))
  assert.equal(await refusal(emulation, 'cara'), 65001)
  assert.equal((await yes(consent)).title, 'Permissions granted')
  assert.equal(await refusal(emulation, 'cara'), undefined)
  assert.equal(await refusal(emulation, 'cara', { scope: 'api://files/write' }), undefined)
  assert.equal(await refusal(emulation, 'cara', other), 65001)
  const signedIn = await (await emulation.browser().authorize()).signIn(emulation.user('cara'))
  assert.ok(signedIn.handed.code)
})

test('the v2.0 address consents to the scopes it names, and .default to all of a resource', async () => {
  const emulation = await emulate()
  const v2 = { version: '/v2.0' }
  const missing = await adminConsent(emulation, {}, v2)
  assert.match(String(missing.alert), /^AADSTS900144/)
  const scope = `${GRAPH}/User.Read`
  const answered = await yes(
    await (await adminConsent(emulation, { scope, redirect_uri: REDIRECT_URI, state: 's&1' }, v2)).signIn(
      emulation.user('ada'),
    ),
  )
  assert.ok(String(answered.answer.headers.location).startsWith(REDIRECT_URI))
  assert.deepEqual(answered.handed, { admin_consent: 'True', tenant: emulation.tenant.tenantId, scope, state: 's&1' })
  assert.equal(await refusal(emulation, 'cara'), undefined)
  assert.equal(await refusal(emulation, 'cara', { scope: 'Mail.Read' }), 65001)
  const whole = await adminConsent(emulation, { scope: `${GRAPH}/.default` }, { ...v2, segment: 'organizations' })
  await yes(await whole.signIn(emulation.user('ada')))
  assert.equal(await refusal(emulation, 'cara', { scope: 'Mail.Read' }), undefined)
  assert.equal(await refusal(emulation, 'cara', { scope: 'api://files/write' }), 65001)
})

test('nobody but an administrator gets to consent for all, not even one who is signed in here', async () => {
  const emulation = await emulate()
  const refused = await (await adminConsent(emulation)).signIn(emulation.user('alice'))
  assert.match(String(refused.alert), /^AADSTS90094/)
  const browser = emulation.browser()
  await (await browser.authorize()).signIn(emulation.user('ada'))
  const picker = await browser.open(`/common/adminconsent?client_id=${emulation.tenant.clientId}`)
  assert.equal(picker.title, 'Pick an account')
  assert.equal(await refusal(emulation, 'cara'), 65001)
})

test('an administrator who cancels grants nothing, and the app is told', async () => {
  const emulation = await emulate()
  const start = await adminConsent(emulation, { redirect_uri: REDIRECT_URI, state: 'st' })
  const { handed } = await (await start.signIn(emulation.user('ada'))).submit({ ucaccept: 'no' })
  assert.deepEqual([handed.error, handed.error_subcode, handed.state], ['access_denied', 'cancel', 'st'])
  const plain = await (await adminConsent(emulation)).signIn(emulation.user('ada'))
  assert.equal((await plain.submit({ ucaccept: 'no' })).title, 'Permissions not granted')
  assert.equal(await refusal(emulation, 'cara'), 65001)
})

test('admin consent goes back to no address that is not the app’s, and knows its tenant and app', async () => {
  const emulation = await emulate()
  const alerts: [Promise<Page>, RegExp][] = [
    [adminConsent(emulation, { redirect_uri: 'http://evil.example/' }), /^AADSTS50011/],
    [adminConsent(emulation, { client_id: 'nobody' }), /^AADSTS700016/],
    [adminConsent(emulation, { client_id: '' }), /^AADSTS900144/],
    [adminConsent(emulation, {}, { segment: 'fabrikam.example' }), /^AADSTS90002/],
  ]
  for (const [page, alert] of alerts) assert.match(String((await page).alert), alert)
})
