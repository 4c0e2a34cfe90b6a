/** The request for a token, held against WS-Trust: each version, with a password and without, and what XML does to texts. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { buildSecurityTokenRequest } from '#lib/wstrust/request-security-token.js'
import { childOf, firstWithin, parseXml, type XmlElement } from '#lib/wstrust/xml.js'

const SOAP = 'http://www.w3.org/2003/05/soap-envelope'
const WSA = 'http://www.w3.org/2005/08/addressing'
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const WSP = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
const TRUST = {
  '1.3': {
    namespace: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
    action: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue',
    type: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue',
    key: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer',
  },
  '2005': {
    namespace: 'http://schemas.xmlsoap.org/ws/2005/02/trust',
    action: 'http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue',
    type: 'http://schemas.xmlsoap.org/ws/2005/02/trust/Issue',
    key: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
  },
} as const

const ID = '6f1b9c3e-0d5a-4c58-9a4e-1e2f3a4b5c6d'
const build = (
  version: '1.3' | '2005',
  credentials?: { username: string; password: string },
  url = 'https://fs.example/adfs/trust?a=1&b=<2>',
) =>
  buildSecurityTokenRequest({
    endpoint: { url: new URL(url), version },
    appliesTo: 'urn:federation:MicrosoftOnline',
    credentials,
    nowMs: Date.parse('2026-01-02T03:04:05.678Z'),
    messageId: ID,
  })
const textOf = (root: XmlElement, namespace: string, name: string) => firstWithin(root, namespace, name)?.text

for (const version of ['1.3', '2005'] as const) {
  describe(`WS-Trust ${version}`, () => {
    const { namespace, action, type, key } = TRUST[version]

    test('names its action, where it goes, and what is asked for', () => {
      const { headers, body } = build(version)
      assert.deepEqual(headers, { 'content-type': 'application/soap+xml; charset=utf-8', soapaction: action })
      const { root } = parseXml(body)
      const header = childOf(root, SOAP, 'Header')
      assert.deepEqual(
        header?.children.map(({ name }) => name),
        ['Action', 'MessageID', 'ReplyTo', 'To'],
      )
      assert.equal(textOf(root, WSA, 'Action'), action)
      assert.equal(textOf(root, WSA, 'MessageID'), `urn:uuid:${ID}`)
      assert.equal(textOf(root, WSA, 'To'), 'https://fs.example/adfs/trust?a=1&b=%3C2%3E')
      const request = childOf(childOf(root, SOAP, 'Body'), namespace, 'RequestSecurityToken')
      assert.deepEqual(
        request?.children.map(({ name }) => name),
        ['AppliesTo', 'KeyType', 'RequestType'],
      )
      const appliesTo = firstWithin(root, WSP, 'AppliesTo')
      assert.ok(appliesTo)
      assert.equal(textOf(appliesTo, WSA, 'Address'), 'urn:federation:MicrosoftOnline')
      assert.deepEqual([textOf(root, namespace, 'KeyType'), textOf(root, namespace, 'RequestType')], [key, type])
    })

    test('has no security header where the transport proves who it is', () => {
      assert.equal(firstWithin(parseXml(build(version).body).root, WSSE, 'Security'), undefined)
    })

    test('has the user name, the password and ten minutes otherwise', () => {
      const { root } = parseXml(build(version, { username: 'joe@contoso.com', password: 'secret' }).body)
      const security = firstWithin(root, WSSE, 'Security')
      assert.deepEqual(
        security?.children.map(({ name }) => name),
        ['Timestamp', 'UsernameToken'],
      )
      assert.equal(textOf(root, WSU, 'Created'), '2026-01-02T03:04:05.678Z')
      assert.equal(textOf(root, WSU, 'Expires'), '2026-01-02T03:14:05.678Z')
      assert.deepEqual([textOf(root, WSSE, 'Username'), textOf(root, WSSE, 'Password')], ['joe@contoso.com', 'secret'])
    })
  })
}

describe('a text', () => {
  const TEXTS = [
    '<&>"\'',
    ']]>',
    '</wsse:Password><x/>',
    '<!--',
    ' a \t b ',
    'a\r\nb',
    '\u{1f600}é',
    '&amp;',
    'a\u0085b\u2028c',
  ]
  for (const text of TEXTS) {
    test(`${JSON.stringify(text)} arrives as it is, as user name and as password`, () => {
      const { root } = parseXml(build('1.3', { username: text, password: text }).body)
      assert.deepEqual([textOf(root, WSSE, 'Username'), textOf(root, WSSE, 'Password')], [text, text])
    })
  }

  test('that XML cannot write is refused, without showing it', () => {
    for (const password of ['a\u0000b', 'a\u001bb', '\ufffe', '\ud800']) {
      assert.throws(
        () => build('1.3', { username: 'joe', password }),
        (error: unknown) => {
          assert.equal((error as { code: string }).code, 'invalid_request')
          assert.equal((error as Error).message.includes(password), false)
          assert.match((error as Error).message, /password/)
          return true
        },
      )
    }
  })
})
