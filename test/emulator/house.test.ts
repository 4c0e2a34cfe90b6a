/** What the emulator remembers, forgets and says of itself. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { emulate, REDIRECT_URI } from './support.js'

const strict = await emulate({ strictApps: true })
const emulation = await emulate({
  users: [
    { username: 'Zoe@contoso.onmicrosoft.com', password: 'hunter22', name: 'Zoë' },
    { username: 'alice@contoso.onmicrosoft.com', locked: true },
  ],
})
const { tenant, user, token, password } = emulation

test('starts with the users that its documentation names, and new passwords each time', () => {
  const [alice, joe, mia] = strict.tenant.users
  assert.deepEqual([alice?.username, alice?.kind], ['alice@contoso.onmicrosoft.com', 'managed'])
  assert.deepEqual([joe?.username, joe?.kind], ['joe@contoso.com', 'federated'])
  assert.deepEqual([mia?.username, mia?.kind, mia?.mfa], ['mia@contoso.onmicrosoft.com', 'managed', true])
  assert.notEqual(alice?.password, user('alice').password)
  assert.equal(alice?.id, user('alice').id)
})

test('adds users, and replaces its own by name', async () => {
  assert.equal((await password('Zoe')).status, 200)
  assert.deepEqual((await password('alice')).json.error_codes, [50053])
  assert.equal(tenant.users.filter(({ username }) => username.startsWith('alice@')).length, 1)
})

test('takes any GUID as an app, but only registered ones when strict', async () => {
  const client_id = '11111111-2222-3333-4444-555555555555'
  assert.equal((await password('Zoe', { client_id })).status, 200)
  assert.deepEqual((await strict.password('alice', { client_id })).json.error_codes, [700016])
})

test('records each request with its status, and no more than a thousand', async () => {
  await password('Zoe', { client_info: '1' })
  const last = tenant.requests.at(-1)
  assert.deepEqual([last?.method, last?.status, last?.path], ['POST', 200, `/${tenant.tenantId}/oauth2/v2.0/token`])
  assert.deepEqual([last?.form.grant_type, last?.form.client_info], ['password', '1'])
  assert.equal(last?.host, new URL(tenant.origin).host)
  for (let count = 0; count < 1010; count++) await emulation.get(`/none?n=${count}`)
  assert.equal(tenant.requests.length, 1000)
  assert.equal(tenant.requests.at(-1)?.query.n, '1009')
})

test('forgets the oldest sign-ins under way when there are too many', async () => {
  const first = await emulation.browser().authorize()
  for (let count = 0; count < 500; count++) await emulation.browser().authorize()
  const answered = await first.signIn(user('Zoe'))
  assert.ok(answered.answer.text.includes('AADSTS50089'))
})

test('keeps every secret that it issued, for leak tests', async () => {
  const { handed } = await (await emulation.browser().authorize()).signIn(user('Zoe'))
  const form = { grant_type: 'authorization_code', code: String(handed.code), redirect_uri: REDIRECT_URI }
  const { access_token, refresh_token, id_token } = (await token(form)).json
  const secrets = tenant.issuedSecrets
  for (const secret of ['hunter22', handed.code, access_token, refresh_token, id_token]) {
    assert.ok(secrets.includes(String(secret)))
  }
})

test('says the one command that adds a missing peer', async () => {
  const lonely = mkdtempSync(path.join(tmpdir(), 'latchkey-emulator-'))
  after(() => rmSync(lonely, { recursive: true }))
  const built = path.dirname(fileURLToPath(import.meta.resolve('latchkey/emulator')))
  cpSync(built, lonely, { recursive: true })
  writeFileSync(path.join(lonely, 'package.json'), '{"type":"module"}')
  const emulator = await import(pathToFileURL(path.join(lonely, 'index.js')).href)
  await assert.rejects(emulator.startTenant(), /npm i -D pkijs asn1js jose/)
})
