/** Realm answers that were damaged at random or made up: a sound realm or an error of ours, never a crash, a hang or a long error. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseUserRealm } from '#lib/authority/user-realm.js'
import { ClientError } from '#lib/errors.js'

const RUNS = { numRuns: 2_000 }
const CODES = ['unknown_user_type', 'user_realm_discovery_failed']
const SAMPLES = [
  '{"ver":"1.0","account_type":"Managed","domain_name":"contoso.com","cloud_instance_name":"microsoftonline.com"}',
  '{"ver":"1.0","account_type":"Federated","domain_name":"contoso.com","federation_protocol":"WSTrust","federation_metadata_url":"https://fs.example/mex","federation_active_auth_url":"https://fs.example/2005/usernamemixed","cloud_audience_urn":"urn:federation:MicrosoftOnline"}',
  '{"ver":"1.0","account_type":"Unknown"}',
]
const NAMES = ['account_type', 'domain_name', 'federation_metadata_url', 'federation_active_auth_url', '__proto__']

/** How many answers came to something, so that the test notices when none does any more. */
let realms = 0

function holds(body: string, status = 200): void {
  const startedAt = performance.now()
  try {
    const { accountType, domainName, metadataUrl, activeUrl, audience } = parseUserRealm(status, body, 'id')
    realms++
    assert.equal(status, 200)
    assert.ok(accountType === 'managed' || accountType === 'federated')
    assert.equal(domainName, domainName?.toLowerCase())
    for (const text of [domainName, metadataUrl, activeUrl, audience]) {
      assert.ok(text === undefined || (typeof text === 'string' && text !== ''))
    }
    assert.equal(typeof audience, 'string')
  } catch (error) {
    assert.ok(error instanceof ClientError, String(error))
    assert.ok(CODES.includes(error.code), error.code)
    assert.ok(error.message.length < 500, 'an answer is not repeated in a message')
  }
  assert.equal(({} as Record<string, unknown>).account_type, undefined)
  assert.ok(performance.now() - startedAt < 2_000)
}

test('damaged answers', () => {
  const splinter = fc.oneof(
    fc.constantFrom(
      '"',
      '{',
      '}',
      '[',
      ',',
      ':',
      '\\',
      '\\ud800',
      'null',
      '1e999',
      '\u0000',
      '"account_type":"Managed",',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('['.repeat(20_000), '{"a":'.repeat(20_000), 'x'.repeat(50_000)),
  )
  const cut = fc.tuple(fc.nat(), fc.nat({ max: 30 }), splinter)
  const damaged = fc.tuple(fc.constantFrom(...SAMPLES), fc.array(cut, { maxLength: 4 })).map(([sample, cuts]) =>
    cuts.reduce((text, [at, length, put]) => {
      const from = at % (text.length + 1)
      return text.slice(0, from) + put + text.slice(from + length)
    }, sample),
  )
  realms = 0
  fc.assert(
    fc.property(damaged, fc.constantFrom(200, 200, 200, 302, 404), (body, status) => holds(body, status)),
    RUNS,
  )
  assert.ok(realms > 100, `${realms} realms were among them`)
})

test('any JSON, under the names that count', () => {
  const value = fc.oneof(
    fc.constantFrom('Managed', 'federated', 'UNKNOWN', 'constructor', 'https://fs.example/mex', ''),
    fc.jsonValue({ maxDepth: 3 }),
  )
  const answer = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), value)
  realms = 0
  fc.assert(
    fc.property(answer, body => holds(JSON.stringify(body))),
    RUNS,
  )
  assert.ok(realms > 20, `${realms} realms were among them`)
})

test('any text at all', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), body => holds(body)),
    RUNS,
  )
})
