/** Scenario switches: faults, edits, clocks, and what is refused as a switch. */
import assert from 'node:assert/strict'
import https from 'node:https'
import { beforeEach, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { AnswerName, ScenarioPatch } from 'latchkey/emulator'
import { claimsOf, emulate } from './support.js'

const emulation = await emulate({ scenario: { expiresInSeconds: 1000 } })
const { tenant, user, get, password } = emulation
beforeEach(() => tenant.scenario(null))

const CONFIGURATION = '/common/v2.0/.well-known/openid-configuration'

test('fails a counted number of times, then works', async () => {
  tenant.scenario({ faults: { token: { kind: 'status', status: 503, times: 2 } } })
  const statuses = []
  for (let count = 0; count < 4; count++) statuses.push((await password('alice')).status)
  assert.deepEqual(statuses, [503, 503, 200, 200])
})

test('throttles with Retry-After, on the route it is told to', async () => {
  tenant.scenario({ faults: { token: { kind: 'status', status: 429, retryAfterSeconds: 7 } } })
  const throttled = await password('alice')
  assert.equal(throttled.status, 429)
  assert.equal(throttled.headers['retry-after'], '7')
  assert.deepEqual(throttled.json.error_codes, [90055])
  assert.equal((await get(CONFIGURATION)).status, 200)
  tenant.scenario({ faults: { all: { kind: 'status', status: 500 } } })
  assert.equal((await get(CONFIGURATION)).status, 500)
  assert.equal((await password('alice')).status, 429)
})

test('answers with a page or with text where JSON is due', async () => {
  tenant.scenario({ faults: { token: { kind: 'html', status: 502 } } })
  const html = await password('alice')
  assert.equal(html.status, 502)
  assert.match(String(html.headers['content-type']), /text\/html/)
  tenant.scenario({ faults: { token: { kind: 'text' } } })
  const text = await password('alice')
  assert.equal(text.status, 200)
  assert.throws(() => JSON.parse(text.text))
})

test('does not let a new fault inherit from the old one', async () => {
  tenant.scenario({ faults: { token: { kind: 'status', status: 500, times: 1 } } })
  tenant.scenario({ faults: { token: { kind: 'status' } } })
  assert.deepEqual([(await password('alice')).status, (await password('alice')).status], [503, 503])
  tenant.scenario({ faults: { token: null } })
  assert.equal((await password('alice')).status, 200)
})

test('sends a body that is larger than anyone should read', async () => {
  tenant.scenario({ faults: { token: { kind: 'huge', bytes: 3_000_000 } } })
  const { status, text } = await password('alice')
  assert.equal(status, 200)
  assert.ok(text.length > 3_000_000)
})

test('breaks the connection before or amid the answer', async () => {
  for (const kind of ['reset', 'truncate'] as const) {
    tenant.scenario({ faults: { token: { kind } } })
    await assert.rejects(password('alice'), kind)
  }
})

test('stops amid the answer', async () => {
  tenant.scenario({ faults: { token: { kind: 'stall', times: 1 } } })
  const body = { client_id: tenant.clientId, grant_type: 'password' }
  const stalled = await fetchHead(`${tenant.origin}/${tenant.tenantId}/oauth2/v2.0/token`, tenant.caPem, body)
  assert.ok(stalled.received > 0 && stalled.received < stalled.announced)
  assert.equal(stalled.open, true)
})

test('holds answers back', async () => {
  tenant.scenario({ latencyMs: 150 })
  const before = performance.now()
  await get(CONFIGURATION)
  assert.ok(performance.now() - before >= 145)
})

test('sets and drops fields of every answer', async () => {
  const me = async () => get('/api/me', { authorization: `Bearer ${(await password('alice')).json.access_token}` })
  const asked: [AnswerName, () => Promise<Record<string, unknown>>, string][] = [
    ['tokenAnswer', async () => (await password('alice')).json, 'scope'],
    ['errorAnswer', async () => (await password('lou')).json, 'trace_id'],
    ['discoveryAnswer', async () => (await get(CONFIGURATION)).json, 'issuer'],
    ['instanceAnswer', async () => (await get(INSTANCE)).json, 'metadata'],
    ['realmAnswer', async () => (await get('/common/userrealm/x@y.example?api-version=1.0')).json, 'ver'],
    ['keysAnswer', async () => (await get('/common/discovery/keys')).json, 'keys'],
    ['apiAnswer', async () => (await me()).json, 'mail'],
    ['idTokenClaims', async () => claimsOf((await password('alice')).json.id_token), 'oid'],
    ['accessTokenClaims', async () => claimsOf((await password('alice')).json.access_token), 'azp'],
    ['authorizeAnswer', async () => (await emulation.browser().authorize({ prompt: 'none' })).handed, 'error_uri'],
  ]
  for (const [name, ask, field] of asked) {
    assert.equal(field in (await ask()), true, `${name} ${field}`)
    tenant.scenario({ [name]: { set: { extra: 'e' }, drop: [field] } })
    const edited = await ask()
    assert.deepEqual([edited.extra, field in edited], ['e', false], name)
    tenant.scenario({ [name]: null })
    assert.equal('extra' in (await ask()), false, name)
  }
  tenant.scenario({ tokenAnswer: { set: { expires_in: null } } })
  assert.equal((await password('alice')).json.expires_in, null)
})

const INSTANCE = '/common/discovery/instance?authorization_endpoint=https://login.windows.net/common'

test('answers any number of the catalogue, for one user or for all', async () => {
  tenant.scenario({ users: { [user('alice').username]: { aadsts: 50105 } } })
  const one = await password('alice')
  assert.deepEqual(
    [one.json.error, one.json.error_codes, one.json.suberror],
    ['invalid_grant', [50105], 'message_only'],
  )
  tenant.scenario({ users: { [user('alice').username]: { aadsts: null } }, aadsts: 90033 })
  assert.equal((await password('alice')).status, 503)
})

test('moves its clock, and puts it wrong', async () => {
  const before = Number(claimsOf((await password('alice')).json.access_token).iat)
  tenant.clock.advance(5000)
  tenant.scenario({ clockOffsetSeconds: -10_000 })
  const answer = await password('alice')
  const moved = Number(claimsOf(answer.json.access_token).iat) - before
  assert.ok(moved <= -4995 && moved >= -5000, String(moved))
  assert.ok(Math.abs(Date.parse(String(answer.headers.date)) - tenant.clock.now().getTime()) < 2000)
})

test('sets the times of tokens, and returns to how it started', async () => {
  tenant.scenario({ expiresInSeconds: 60, extExpiresInSeconds: 90, refreshInSeconds: 30 })
  const { json } = await password('alice')
  assert.deepEqual([json.expires_in, json.ext_expires_in, json.refresh_in], [60, 90, 30])
  tenant.scenario(null)
  const { json: initial } = await password('alice')
  assert.deepEqual([initial.expires_in, initial.refresh_in], [1000, undefined])
})

test('refuses switches, users and values that do not exist, and changes nothing then', async () => {
  const wrong: [unknown, RegExp][] = [
    [{ expiresIn: 1 }, /no scenario switch 'expiresIn'.*expiresInSeconds/],
    [{ expiresInSeconds: 'soon' }, /expiresInSeconds must be a number/],
    [{ rotation: 'sometimes' }, /one of keepOld, revokeOld, off/],
    [{ users: { 'nobody@x.example': { locked: true } } }, /no user 'nobody@x\.example'/],
    [
      { users: { [user('alice').username]: { lockd: true } } },
      /has no 'lockd'\. It has: locked, disabled, .*apiDemands/,
    ],
    [{ users: { [user('alice').username]: { aadsts: ['50053'] } } }, /aadsts must be a number, or a list of numbers/],
    [{ faults: { tokens: { kind: 'hang' } } }, /faults must be one of instanceDiscovery/],
    [{ faults: { token: { kind: 'explode' } } }, /kind must be one of/],
    [{ faults: { token: { status: 500 } } }, /kind must be one of/],
    [{ tokenAnswer: { drop: 'scope' } }, /a list of texts/],
    [JSON.parse('{"__proto__": {"locked": true}}'), /no scenario switch '__proto__'/],
  ]
  for (const [patch, message] of wrong) {
    assert.throws(() => tenant.scenario(patch as ScenarioPatch), { name: 'TypeError', message })
  }
  assert.equal((await password('alice')).status, 200)
})

/** How much of an answer has come after a tenth of a second of silence, and how much was announced. */
function fetchHead(url: string, ca: string, form: Record<string, string>) {
  return new Promise<{ received: number; announced: number; open: boolean }>((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const request = https.request(url, { method: 'POST', ca, headers, agent: false }, async response => {
      let received = 0
      response.on('error', () => undefined)
      response.on('data', (chunk: Buffer) => {
        received += chunk.length
      })
      await delay(100)
      resolve({ received, announced: Number(response.headers['content-length']), open: !response.destroyed })
      request.destroy()
    })
    request.on('error', reject)
    request.end(new URLSearchParams(form).toString())
  })
}
