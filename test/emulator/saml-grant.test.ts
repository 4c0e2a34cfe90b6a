/** The SAML bearer grants: an assertion for tokens, once; each check of the assertion, and what follows as for passwords. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { claimsOf, emulate } from './support.js'
import { askByPassword, assertionIn, redeem, SAML_1_1, SAML_2_0 } from './wstrust-support.js'

const emulation = await emulate()
const { tenant, user, token } = emulation
beforeEach(() => tenant.scenario(null))

const joe = user('joe')
const fresh = async (options = {}) => assertionIn(await askByPassword(emulation, options))
const base64 = (text: string) => Buffer.from(text).toString('base64')

async function refusal(assertion: string, more: Record<string, string> = {}, segment?: string) {
  const { status, json } = await redeem(emulation, assertion, more, segment)
  assert.notEqual(status, 200)
  return json.error_codes
}

test('gives tokens for an assertion, in either version and either alphabet, padded or not', async () => {
  const bare = (text: string) => base64(text).replaceAll('=', '')
  const urlSafe = (text: string) => Buffer.from(text).toString('base64url')
  for (const encode of [base64, bare, urlSafe, (text: string) => urlSafe(text).padEnd(base64(text).length, '=')]) {
    const assertion = await fresh()
    const { status, json, text } = await redeem(emulation, assertion, {
      assertion: encode(assertion),
      client_info: '1',
    })
    assert.equal(status, 200, text)
    assert.equal(claimsOf(json.id_token).preferred_username, joe.username)
    assert.equal(claimsOf(json.id_token).oid, joe.id)
    assert.ok(json.refresh_token && json.client_info)
  }
  const saml2 = await fresh({ tokenType: 'urn:oasis:names:tc:SAML:2.0:assertion' })
  assert.deepEqual(await refusal(saml2), [50008], 'as 1.1')
  assert.equal((await redeem(emulation, saml2, { grant_type: SAML_2_0 })).status, 200)
  assert.deepEqual(await refusal(await fresh(), { grant_type: SAML_2_0 }), [50008], 'as 2.0')
})

test('takes an assertion once only', async () => {
  const assertion = await fresh()
  assert.equal((await redeem(emulation, assertion)).status, 200)
  assert.deepEqual(await refusal(assertion), [50013])
})

test('takes no assertion that was changed anywhere, or signed by nobody', async () => {
  const assertion = await fresh()
  const changes: [string | RegExp, string][] = [
    [joe.username, user('alice').username],
    ['NotOnOrAfter="2', 'NotOnOrAfter="3'],
    ['urn:oasis:names:tc:SAML:1.0:am:password', 'urn:federation:authentication:windows'],
    [/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA'],
    [/<ds:DigestValue>..../, '<ds:DigestValue>AAAA'],
    [/<ds:Signature .*<\/ds:Signature>/, ''],
    ['xmlenc#sha256', 'xmlenc#sha512'],
    ['enveloped-signature', 'base64'],
    ['<saml:Conditions', ' <saml:Conditions'],
  ]
  for (const [from, to] of changes) {
    const changed = assertion.replace(from, to)
    assert.notEqual(changed, assertion, String(from))
    assert.deepEqual(await refusal(changed), [50013], String(from))
  }
  for (const signature of ['broken', 'none'] as const) {
    tenant.scenario({ federation: { signature } })
    assert.deepEqual(await refusal(await fresh()), [50013], signature)
  }
  assert.equal((await redeem(emulation, assertion)).status, 200, 'what was refused is not used up')
})

test('takes an assertion written another way that means the same', async () => {
  const assertion = await fresh()
  const rewritten = assertion
    .replace(/<saml:Assertion (\S+) (.*?) MajorVersion/, "<saml:Assertion MajorVersion='1'   $2 $1 x")
    .replace(' x="1"', '')
    .replace(/<ds:Transform ([^>]*)><\/ds:Transform>/g, '<ds:Transform $1 />')
    .replace('<saml:Conditions', '<!-- a comment --><saml:Conditions')
  assert.notEqual(rewritten, assertion)
  assert.equal((await redeem(emulation, `<?xml version="1.0"?>${rewritten}`)).status, 200)
})

test('takes no assertion of another issuer, for another audience, of another time, or that is none', async () => {
  const assertion = await fresh()
  assert.deepEqual(await refusal(assertion.replace('Issuer="http://adfs.', 'Issuer="http://sts.')), [50107])
  for (const nonsense of ['', 'no xml', '<a/>', '<!DOCTYPE a><a/>', assertion.slice(0, -1), `<x>${assertion}</x>`]) {
    const expected = nonsense === '' ? [900144] : [50008]
    assert.deepEqual(await refusal(nonsense), expected, nonsense)
  }
  assert.deepEqual(await refusal('', { assertion: 'not*base64' }), [50008])
  const prefixed = await fresh()
  assert.deepEqual(await refusal(prefixed.replace(' xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"', '')), [50008])
  tenant.scenario({ federation: { audience: 'urn:somebody:else' } })
  assert.deepEqual(await refusal(await fresh()), [50013])
  tenant.scenario({ federation: { audience: null, assertionLifetimeSeconds: 60 } })
  const short = await fresh()
  const other = await fresh()
  tenant.clock.advance(60 + 299)
  assert.equal((await redeem(emulation, short)).status, 200, 'within the skew')
  tenant.clock.advance(2)
  assert.deepEqual(await refusal(other), [500133])
  tenant.clock.advance(-361)
})

test('can leave the declaration of the prefix to the envelope, which whoever cuts the assertion out must add', async () => {
  tenant.scenario({ federation: { assertionPrefix: 'inherited' } })
  const { text } = await askByPassword(emulation)
  const declaration = ' xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"'
  assert.ok(text.split('<s:Header>')[0]?.includes(declaration))
  const [cut = ''] = /<saml:Assertion.*<\/saml:Assertion>/s.exec(text) ?? []
  assert.ok(!cut.includes(declaration))
  assert.deepEqual(await refusal(cut), [50008])
  const whole = cut.replace('<saml:Assertion', `<saml:Assertion${declaration}`)
  assert.equal((await redeem(emulation, whole)).status, 200)
})

test('finds the user by ImmutableID, who must have the name that is said', async () => {
  tenant.scenario({ assertionClaims: { drop: ['ImmutableID'] } })
  assert.deepEqual(await refusal(await fresh()), [90020])
  tenant.scenario({ assertionClaims: { drop: [], set: { ImmutableID: 'AAAA' } } })
  assert.deepEqual(await refusal(await fresh()), [90072])
  tenant.scenario(null)
  tenant.scenario({ assertionClaims: { set: { UPN: 'jo@contoso.com' } } })
  assert.deepEqual(await refusal(await fresh()), [90072])
  const { username, id } = user('alice')
  const ImmutableID = Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64')
  tenant.scenario({ assertionClaims: { set: { UPN: username, ImmutableID } } })
  assert.deepEqual(await refusal(await fresh()), [90072], 'not a user of the federation server')
})

test('is offered by Entra for a tenant, and by no alias and no other service', async () => {
  const assertion = await fresh()
  assert.deepEqual(await refusal(assertion, {}, 'common'), [90010])
  assert.deepEqual(await refusal(assertion, {}, 'consumers'), [9001023])
  const form = { grant_type: SAML_1_1, assertion: base64(assertion), scope: 'openid', client_id: tenant.clientId }
  assert.equal((await emulation.post('/adfs/oauth2/token', form)).json.error, 'unsupported_grant_type')
  const b2c = await emulation.post(`/tfp/${tenant.domain}/b2c_1_ropc/oauth2/v2.0/token`, form)
  assert.equal(b2c.json.error, 'unsupported_grant_type')
  assert.equal((await redeem(emulation, assertion, {}, 'organizations')).status, 200, 'and it was not used up')
})

test('goes through the same policies as a password', async () => {
  const cases = [
    { switches: { consentNeeded: true }, codes: [65001] },
    { switches: { mfa: true }, codes: [50076] },
    { switches: { aadsts: 50079 }, codes: [50079] },
    { switches: { conditionalAccess: 'block' }, codes: [53003] },
  ] as const
  for (const { switches, codes } of cases) {
    tenant.scenario(null)
    tenant.scenario({ users: { [joe.username]: switches } })
    assert.deepEqual(await refusal(await fresh()), codes)
  }
  tenant.scenario(null)
  assert.deepEqual(await refusal(await fresh(), { client_id: 'nonsense' }), [700016])
  assert.deepEqual(await refusal(await fresh(), { client_secret: 'x' }), [700025])
  assert.deepEqual((await token({ grant_type: SAML_1_1, scope: 'openid' })).json.error_codes, [900144])
})
