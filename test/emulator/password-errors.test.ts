/** Every refusal of the password grant that a program has to deal with, as a scenario makes it. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { ScenarioPatch } from 'latchkey/emulator'
import { emulate } from './support.js'

const confidential = '77777777-0000-0000-0000-000000000002'
const emulation = await emulate({ apps: [{ clientId: confidential, clientSecret: 's3cret' }] })
const { tenant, user, token, password } = emulation
beforeEach(() => tenant.scenario(null))

const { username } = user('alice')
const alice = (switches: NonNullable<ScenarioPatch['users']>[string]): ScenarioPatch => ({
  users: { [username]: switches },
})

interface Row {
  scenario?: ScenarioPatch
  form?: Record<string, string>
  segment?: string
  number: number
  error?: string
  suberror?: string
  status?: number
  claims?: true
}

const ROWS: Row[] = [
  { scenario: alice({ consentNeeded: true }), number: 65001, suberror: 'consent_required' },
  { scenario: alice({ consentNeeded: ['User.Read'] }), number: 65001, suberror: 'consent_required' },
  { scenario: alice({ mfa: true }), number: 50076, suberror: 'basic_action', claims: true },
  { scenario: alice({ aadsts: 50079 }), number: 50079, suberror: 'basic_action', claims: true },
  { form: { password: 'wrong' }, number: 50126 },
  { form: { username: 'nobody@contoso.onmicrosoft.com' }, number: 50034 },
  { scenario: alice({ passwordExpired: true }), number: 50055, suberror: 'user_password_expired' },
  { scenario: alice({ locked: true }), number: 50053 },
  { scenario: alice({ disabled: true }), number: 50057 },
  { scenario: alice({ aadsts: 53000 }), number: 53000, suberror: 'additional_action', claims: true },
  { scenario: alice({ conditionalAccess: 'block' }), number: 53003, suberror: 'message_only', claims: true },
  { scenario: alice({ conditionalAccess: 'challenge' }), number: 53003, suberror: 'message_only', claims: true },
  { scenario: alice({ aadsts: 50097 }), number: 50097, error: 'interaction_required', claims: true },
  { segment: 'common', number: 90010, error: 'invalid_request' },
  { segment: 'consumers', number: 9001023, error: 'invalid_request' },
  { scenario: alice({ aadsts: 90010 }), number: 90010, error: 'invalid_request' },
  { form: { client_id: 'unknown-app' }, number: 700016, error: 'unauthorized_client' },
  { scenario: { aadsts: 700016 }, number: 700016, error: 'unauthorized_client' },
  { form: { client_id: confidential }, number: 7000218, error: 'invalid_client', status: 401 },
  { scenario: { aadsts: 70002 }, number: 70002, error: 'invalid_client', status: 401 },
  { scenario: { aadsts: 50059 }, number: 50059, error: 'invalid_request' },
  { scenario: { aadsts: 90133 }, number: 90133, error: 'invalid_request' },
  { segment: 'fabrikam.example', number: 90002, error: 'invalid_request' },
  { scenario: alice({ aadsts: 50196 }), number: 50196 },
  { scenario: alice({ aadsts: 700082 }), number: 700082, suberror: 'token_expired' },
  { scenario: alice({ aadsts: 70043 }), number: 70043, suberror: 'token_expired' },
  { scenario: alice({ aadsts: 70008 }), number: 70008, suberror: 'token_expired' },
  { scenario: { aadsts: 90033 }, number: 90033, error: 'temporarily_unavailable', status: 503 },
  { scenario: { aadsts: 90055 }, number: 90055, error: 'temporarily_unavailable', status: 429 },
]

for (const { scenario, form, segment, number, error = 'invalid_grant', suberror, status = 400, claims } of ROWS) {
  test(`answers ${number} for ${JSON.stringify(scenario ?? form ?? segment)}`, async () => {
    if (scenario) tenant.scenario(scenario)
    const scope = 'User.Read openid profile offline_access'
    const asked = { grant_type: 'password', username, password: user('alice').password, scope, ...form }
    const answer = await token(asked, segment)
    const { json } = answer
    assert.deepEqual([answer.status, json.error, json.error_codes, json.suberror], [status, error, [number], suberror])
    const ids =
      'Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ'
    assert.match(String(json.error_description), new RegExp(`^AADSTS${number}: .+ ${ids}$`))
    assert.equal(typeof json.claims, claims ? 'string' : 'undefined')
    if (claims) assert.ok('access_token' in JSON.parse(String(json.claims)))
    assert.equal(answer.headers['retry-after'], status === 429 ? '60' : undefined)
    for (const field of ['trace_id', 'correlation_id', 'timestamp']) assert.ok(json[field], field)
  })
}

test('writes the umbrella errors of old: several numbers, of which the last decides', async () => {
  tenant.scenario(alice({ aadsts: [70002, 50126] }))
  const { status, json } = await password('alice')
  assert.deepEqual([status, json.error, json.error_codes], [400, 'invalid_grant', [70002, 50126]])
  assert.match(String(json.error_description), /^AADSTS70002: .+ AADSTS50126: .+ Trace ID: /)
  tenant.scenario(alice({ aadsts: [] }))
  assert.equal((await password('alice')).status, 200)
})

test('refuses a misspelt switch of a user from the start', async () => {
  const misspelt = { username: 'x@contoso.com', consentNeded: true }
  await assert.rejects(emulate({ users: [misspelt] }), {
    name: 'TypeError',
    message: /^users\.x@contoso\.com has no 'consentNeded'\. It has: locked, .*consentNeeded/,
  })
})
