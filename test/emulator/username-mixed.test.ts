/** The federation server's password endpoints: what they answer, and each way they refuse. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { emulate } from './support.js'
import { askByPassword, assertionIn, faultIn, rst, SOAP_TYPE, type Version } from './wstrust-support.js'

const emulation = await emulate()
const { tenant, user, postText, get } = emulation
beforeEach(() => tenant.scenario(null))

const joe = user('joe')
const path = '/adfs/services/trust/13/usernamemixed'
const FAILED = {
  status: 500,
  text: 'ID3242: The security token could not be authenticated or authorized.',
  subcode: 'FailedAuthentication',
}

const ANSWERS: Record<Version, RegExp[]> = {
  '13': [
    /<a:Action s:mustUnderstand="1">http:\/\/docs.oasis-open.org\/ws-sx\/ws-trust\/200512\/RSTRC\/IssueFinal</,
    /<s:Body><trust:RequestSecurityTokenResponseCollection xmlns:trust="[^"]*200512"><trust:RequestSecurityTokenResponse>/,
    /<trust:TokenType>urn:oasis:names:tc:SAML:1.0:assertion</,
  ],
  '2005': [
    /<a:Action s:mustUnderstand="1">http:\/\/schemas.xmlsoap.org\/ws\/2005\/02\/trust\/RSTR\/Issue</,
    /<s:Body><t:RequestSecurityTokenResponse xmlns:t="http:\/\/schemas.xmlsoap.org\/ws\/2005\/02\/trust">/,
    /<t:TokenType>urn:oasis:names:tc:SAML:1.0:assertion</,
  ],
}

for (const version of ['13', '2005'] as const) {
  test(`answers ${version} with an assertion in the shape of that version`, async () => {
    const messageId = 'urn:uuid:11111111-2222-3333-4444-555555555555'
    const answer = await askByPassword(emulation, { version, messageId })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.headers['content-type'], SOAP_TYPE)
    assert.equal(answer.headers.server, 'Microsoft-HTTPAPI/2.0')
    for (const part of ANSWERS[version]) assert.match(answer.text, part)
    assert.ok(answer.text.includes(`<a:RelatesTo>${messageId}</a:RelatesTo>`))
    const assertion = assertionIn(answer)
    assert.match(assertion, /^<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_/)
    assert.ok(assertion.includes(`AttributeName="UPN" AttributeNamespace="http://schemas.xmlsoap.org/claims"`))
    assert.ok(assertion.includes(`<saml:AttributeValue>${joe.username}</saml:AttributeValue>`))
    assert.match(assertion, /AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:password"/)
  })
}

test('issues SAML 2.0 when it is asked for, or told to, and calls it what the scenario says', async () => {
  const saml2 = 'urn:oasis:names:tc:SAML:2.0:assertion'
  const asked = await askByPassword(emulation, { tokenType: saml2 })
  assert.match(assertionIn(asked), /^<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_/)
  assert.ok(asked.text.includes(`<trust:TokenType>${saml2}<`))
  const tokenType = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0'
  tenant.scenario({ federation: { samlVersion: '2.0', tokenType } })
  const told = await askByPassword(emulation)
  assert.match(assertionIn(told), / Version="2.0"/)
  assert.ok(told.text.includes(`<trust:TokenType>${tokenType}<`))
  const unknown = await askByPassword(emulation, { tokenType: 'urn:odd' })
  assert.equal(faultIn(unknown).subcode, 'InvalidScope')
})

test('takes a user by NetBIOS name too, and a password with markup and white space in it', async () => {
  const odd = await emulate({ users: [{ username: 'kim@contoso.com', kind: 'federated', password: ' a<b>&"c" ' }] })
  const { username, password } = odd.user('kim')
  for (const name of [username, 'CONTOSO\\kim', 'KIM@contoso.com']) {
    assert.equal((await askByPassword(odd, { username: name, password })).status, 200, name)
  }
  assert.deepEqual(faultIn(await askByPassword(odd, { username, password: password.trim() })), FAILED)
})

test('refuses wrong passwords, strangers, and accounts that may not sign in, all in the same words', async () => {
  const { username, password } = user('alice')
  const strangers = ['nobody@contoso.com', 'joe@evil.example', 'joe', 'EVIL\\jim', ''].map(username => ({ username }))
  for (const wrong of [{ password: 'no' }, { username, password }, ...strangers]) {
    assert.deepEqual(faultIn(await askByPassword(emulation, wrong)), FAILED, JSON.stringify(wrong))
  }
  for (const trouble of ['locked', 'disabled', 'passwordExpired']) {
    tenant.scenario({ users: { [joe.username]: { locked: null, disabled: null, passwordExpired: null } } })
    tenant.scenario({ users: { [joe.username]: { [trouble]: true } } })
    assert.deepEqual(faultIn(await askByPassword(emulation)), FAILED, trouble)
  }
})

test('counts each password that was held against a user’s', async () => {
  const counted = await emulate()
  await askByPassword(counted, { password: 'no' })
  await askByPassword(counted)
  await askByPassword(counted, { username: 'nobody@contoso.com' })
  await counted.password('alice', { password: 'no' })
  assert.deepEqual({ ...counted.tenant.passwordChecks }, { 'joe@contoso.com': 2, [counted.user('alice').username]: 1 })
})

test('answers each of its faults when a user’s switch says so', async () => {
  const subcodes = {
    MSIS7068: 'FailedAuthentication',
    MSIS3126: 'RequestDenied',
    MSIS7012: 'RequestFailed',
    ID3034: 'FailedAuthentication',
  } as const
  for (const [trustFault, subcode] of Object.entries(subcodes)) {
    tenant.scenario({ users: { [joe.username]: { trustFault: trustFault as keyof typeof subcodes } } })
    const fault = faultIn(await askByPassword(emulation))
    assert.deepEqual([fault.status, fault.text?.split(':')[0], fault.subcode], [500, trustFault, subcode])
  }
  assert.throws(() => tenant.scenario({ users: { [joe.username]: { trustFault: 'ID1' as never } } }), /one of .*ID3242/)
})

test('refuses messages from another time, or without the time, or without a name', async () => {
  const bad = [
    { created: -1200, expires: -600 },
    { created: 400, expires: 1000 },
    { created: 10, expires: 5 },
    { withoutSecurity: true },
  ]
  for (const times of bad) {
    const fault = faultIn(await askByPassword(emulation, times))
    assert.deepEqual([fault.status, fault.subcode], [500, 'InvalidSecurity'], JSON.stringify(times))
  }
  assert.equal((await askByPassword(emulation, { created: -280, expires: -1 })).status, 200, 'within the skew')
  assert.equal((await askByPassword(emulation, { created: 280 })).status, 200, 'within the skew')
})

test('refuses what is not a request for a bearer token of its version, for Entra, at this address', async () => {
  const wrong = {
    ActionNotSupported: { action: 'http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue' },
    DestinationUnreachable: { to: `${tenant.origin}/adfs/services/trust/2005/usernamemixed` },
    InvalidScope: { appliesTo: 'urn:somebody:else' },
    RequestFailed: { keyType: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey' },
  }
  for (const [subcode, options] of Object.entries(wrong)) {
    assert.deepEqual([500, subcode], [500, faultIn(await askByPassword(emulation, options)).subcode])
  }
  const demanding = '<x:New xmlns:x="urn:x" e:mustUnderstand="1"/>'
  assert.equal(faultIn(await askByPassword(emulation, { header: demanding })).subcode, 'RequestFailed')
  assert.equal((await askByPassword(emulation, { header: '<x:New xmlns:x="urn:x"/>' })).status, 200)
  const text = faultIn(await askByPassword(emulation, { appliesTo: 'urn:x' })).text
  assert.equal(text, 'ID3082: The request scope is not valid or is unsupported.')
})

test('refuses a body that is no such message: not XML, with a DOCTYPE, of another type, none, too large', async () => {
  const whole = rst({ version: '13', to: `${tenant.origin}${path}`, ...joe })
  const status = async (body: string, type = SOAP_TYPE) => (await postText(path, body, type)).status
  for (const body of [whole.slice(0, -5), '{}', whole.replace('?>', '?><!DOCTYPE x>'), '<x/>']) {
    assert.equal(faultIn(await postText(path, body, SOAP_TYPE)).subcode, 'RequestFailed')
  }
  assert.equal(await status(whole, 'text/xml; charset=utf-8'), 415)
  assert.equal(await status(''), 400)
  assert.equal(await status(' '.repeat(1_100_000)), 413)
  assert.equal((await get(path)).status, 405)
  assert.equal((await get('/adfs/services/trust/14/none')).status, 404)
  assert.equal((await postText('/adfs/services/trust/12/usernamemixed', whole, SOAP_TYPE)).status, 404)
  tenant.scenario({ federation: { disabledEndpoints: ['13/usernamemixed'] } })
  const disabled = await askByPassword(emulation)
  assert.equal(disabled.status, 503)
  assert.match(String(disabled.headers['content-type']), /text\/html/)
  assert.equal((await askByPassword(emulation, { version: '2005' })).status, 200)
})

test('records what was asked for and by whom, for others without the password', async () => {
  await askByPassword(emulation, { version: '2005' })
  const { notes, status } = tenant.requests.at(-1) ?? {}
  const trust = { version: '2005', appliesTo: 'urn:federation:MicrosoftOnline', username: joe.username }
  assert.deepEqual([status, notes], [200, { trust }])
  assert.ok(!JSON.stringify(tenant.requests.at(-1)).includes(joe.password))
})
