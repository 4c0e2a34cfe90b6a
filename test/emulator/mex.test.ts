/** The federation server's metadata: AD FS's shape to the letter, its variants, and the realm that points to it. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { SaxesParser } from 'saxes'
import { emulate } from './support.js'
import { assertionIn, faultIn, redeem, rst, SOAP_TYPE } from './wstrust-support.js'

const emulation = await emulate()
const { tenant, user, get, postText } = emulation
beforeEach(() => tenant.scenario(null))

const MEX = '/adfs/services/trust/mex'
const realm = async (name: string, path = 'common/userrealm') => (await get(`/${path}/${name}?api-version=1.0`)).json

function assertWellFormed(text: string): void {
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', error => {
    throw error
  })
  parser.write(text).close()
}

const addressesIn = (text: string) => [...text.matchAll(/<wsa10:Address>([^<]*)</g)].map(([, address]) => address)

test('lists all endpoints of AD FS, in a document of its size', async () => {
  const { status, headers, text } = await get(MEX)
  assert.deepEqual([status, headers['content-type']], [200, 'text/xml; charset=UTF-8'])
  assertWellFormed(text)
  assert.ok(text.length > 28_000 && text.length < 40_000, `${text.length} characters`)
  const base = `${tenant.origin}/adfs/services/trust`
  const endpoints = [
    ...['2005/windowstransport', '2005/certificatemixed', '2005/certificatetransport', '2005/usernamemixed'],
    ...['2005/kerberosmixed', '2005/issuedtokenmixedasymmetricbasic256', '2005/issuedtokenmixedsymmetricbasic256'],
    ...['13/kerberosmixed', '13/certificatemixed', '13/usernamemixed', '13/issuedtokenmixedasymmetricbasic256'],
    ...['13/issuedtokenmixedsymmetricbasic256', '13/windowstransport'],
  ]
  assert.deepEqual(
    addressesIn(text),
    endpoints.map(endpoint => `${base}/${endpoint}`),
  )
})

test('has what clients search for in the text, with its prefixes and order of attributes', async () => {
  const { text } = await get(MEX)
  const name = 'CustomBinding_IWSTrust13Async1'
  const parts = [
    `<wsp:Policy wsu:Id="${name}_policy"><wsp:ExactlyOne><wsp:All><http:NegotiateAuthentication xmlns:http=`,
    '</wsp:ExactlyOne>',
    `<wsdl:binding name="${name}" type="tns:IWSTrust13Async"><wsp:PolicyReference URI="#${name}_policy"/>`,
    '<soap12:operation soapAction="http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue" style="document"/>',
    `<wsdl:port name="${name}" binding="tns:${name}">`,
    '<wsa10:EndpointReference><wsa10:Address>',
    '<wsp:Policy wsu:Id="UserNameWSTrustBinding_IWSTrust13Async_policy">',
    '<wsp:Policy wsu:Id="UserNameWSTrustBinding_IWSTrustFeb2005Async_policy">',
    '<wsp:Policy wsu:Id="CustomBinding_IWSTrustFeb2005Async_policy">',
  ]
  for (const part of parts) assert.ok(text.includes(part), part)
  const policyOf = (binding: string) =>
    text.split(`wsu:Id="${binding}_policy">`)[1]?.split('</wsp:ExactlyOne>')[0] ?? ''
  assert.match(
    policyOf('UserNameWSTrustBinding_IWSTrust13Async'),
    /<sp:SignedEncryptedSupportingTokens xmlns:sp="[^"]*200702"/,
  )
  assert.match(
    policyOf('UserNameWSTrustBinding_IWSTrustFeb2005Async'),
    /<sp:SignedSupportingTokens xmlns:sp="[^"]*2005\/07/,
  )
  assert.doesNotMatch(policyOf('CustomBinding_IWSTrust13Async'), /Negotiate/)
})

test('leaves out what is switched off, and can be spoilt', async () => {
  tenant.scenario({ federation: { disabledEndpoints: ['13/windowstransport', '13/usernamemixed'] } })
  const { text } = await get(MEX)
  assert.ok(!text.includes('CustomBinding_IWSTrust13Async1') && text.includes('/2005/windowstransport'))
  assert.ok(!text.includes('UserNameWSTrustBinding_IWSTrust13Async'))
  const spoilt = async (metadata: 'httpAddresses' | 'malformed' | 'doctype' | 'noEndpoints') => {
    tenant.scenario({ federation: { metadata } })
    return (await get(MEX)).text
  }
  assert.ok(addressesIn(await spoilt('httpAddresses')).every(address => address?.startsWith('http://')))
  const malformed = await spoilt('malformed')
  assert.throws(() => assertWellFormed(malformed))
  assert.match(await spoilt('doctype'), /^<!DOCTYPE definitions \[<!ENTITY e0 "ha"><!ENTITY e1 "&e0;&e0;/)
  assert.deepEqual(addressesIn(await spoilt('noEndpoints')), [])
  tenant.scenario({ faults: { mex: { kind: 'huge', bytes: 100_000 } } })
  const huge = await get(MEX)
  assert.match(String(huge.headers['content-type']), /xml/)
  assert.ok(huge.text.length > 100_000)
})

test('is found by the realm, and can be hidden by it', async () => {
  const { username } = user('joe')
  assert.equal((await realm(username)).federation_metadata_url, `${tenant.origin}${MEX}`)
  for (const name of [username.toUpperCase(), encodeURIComponent(username), 'contoso.com']) {
    assert.equal((await realm(name, 'COMMON/UserRealm')).account_type, 'Federated', name)
  }
  tenant.scenario({ federation: { metadataScheme: 'http' } })
  const http = await realm(username)
  assert.match(String(http.federation_metadata_url), /^http:\/\/localhost:\d+\/adfs\/services\/trust\/mex$/)
  assert.match(String(http.federation_active_auth_url), /^https:/)
  tenant.scenario({ realmAnswer: { drop: ['federation_metadata_url', 'cloud_audience_urn'] } })
  const less = await realm(username)
  assert.ok(!('federation_metadata_url' in less || 'cloud_audience_urn' in less) && less.federation_active_auth_url)
})

test('has a realm for personal accounts, and none for a phone number', async () => {
  const personal = await realm('someone@outlook.com')
  assert.deepEqual([personal.account_type, personal.domain_name], ['Federated', 'live.com'])
  assert.ok(!('federation_metadata_url' in personal))
  for (const name of ['+14255550100', 'joe', 'joe@', '@@', 'a b@c d']) {
    const { status, json } = await get(`/common/userrealm/${encodeURIComponent(name)}?api-version=1.0`)
    assert.deepEqual([status, json.error_codes], [400, [90100]], name)
  }
})

test('stands aside for a server of another make', async () => {
  tenant.scenario({ federation: { server: 'thirdParty' } })
  const { username, password } = user('joe')
  const found = await realm(username)
  const metadata = new URL(String(found.federation_metadata_url))
  assert.equal(metadata.href, `${tenant.origin}/pf/sts_mex.ping?PartnerSpId=urn:federation:MicrosoftOnline`)
  const { status, text } = await get(metadata.pathname + metadata.search)
  assert.equal(status, 200)
  assertWellFormed(text)
  assert.ok(!text.includes('wsp:') && !text.includes('wsdl:'))
  assert.equal((await get(metadata.pathname)).status, 404)
  assert.equal((await get(MEX)).status, 404)

  const addresses = [...text.matchAll(/<addr:Address>([^<]*)</g)].map(([, address = '']) =>
    address.replaceAll('&amp;', '&'),
  )
  assert.equal(addresses.length, 4)
  assert.equal(addresses[0], found.federation_active_auth_url)
  const to = addresses[1] ?? ''
  const answer = await postText(
    to.slice(tenant.origin.length),
    rst({ version: '13', to, username, password }),
    SOAP_TYPE,
  )
  assert.equal((await redeem(emulation, assertionIn(answer))).status, 200)
  assert.equal((await postText('/idp/13/sts.wst?TokenProcessorId=windows', 'x', SOAP_TYPE)).status, 401)
  assert.equal((await postText('/idp/13/sts.wst', 'x', SOAP_TYPE)).status, 404)
  const own = await postText('/adfs/services/trust/13/usernamemixed', 'x', SOAP_TYPE)
  assert.deepEqual(faultIn(own), { status: 404, text: undefined, subcode: undefined })
  tenant.scenario(null)
  assert.equal((await get(metadata.pathname + metadata.search)).status, 404)
})

test('refuses switches that it does not have', () => {
  assert.throws(
    () => tenant.scenario({ federation: { metadata: 'odd' as 'whole' } }),
    /federation.metadata must be one of/,
  )
  assert.throws(() => tenant.scenario({ federation: { odd: 1 } as object }), /federation has no 'odd'/)
  assert.throws(() => tenant.scenario({ federation: { disabledEndpoints: ['x' as '13/usernamemixed'] } }), /a list of/)
})
