/** The answer of a federation server: the assertion to the byte, which grant it belongs into, and every kind of fault. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseSecurityTokenResponse } from '#lib/wstrust/security-token-response.js'
import { sliceVerbatim } from '#lib/wstrust/verbatim.js'
import { parseXml, type XmlElement, XmlError } from '#lib/wstrust/xml.js'
import { ASSERTION, faultAnswer, passportFault, SAML_11, SAML_20, tokenAnswer } from './documents.js'

const PROFILE = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1'

describe('a token', () => {
  for (const version of ['1.3', '2005'] as const) {
    test(`of WS-Trust ${version} is the assertion, to the byte`, () => {
      for (const around of ['', '\r\n  ', '<!-- -->']) {
        const body = tokenAnswer(version, { tokenType: SAML_11, assertion: `${around}${ASSERTION}${around}` })
        assert.deepEqual(parseSecurityTokenResponse(body), { kind: 'token', samlVersion: '1.1', assertion: ASSERTION })
      }
    })
  }

  const TYPES: [string, '1.1' | '2.0'][] = [
    [SAML_11, '1.1'],
    [`${PROFILE}#SAMLV1.1`, '1.1'],
    [SAML_20, '2.0'],
    [`${PROFILE}#SAMLV2.0`, '2.0'],
    [` \n${SAML_20}\n `, '2.0'],
  ]
  for (const [tokenType, samlVersion] of TYPES) {
    test(`of type ${tokenType.trim()} is SAML ${samlVersion}`, () => {
      const answer = parseSecurityTokenResponse(tokenAnswer('1.3', { tokenType, assertion: ASSERTION }))
      assert.equal(answer.kind === 'token' && answer.samlVersion, samlVersion)
    })
  }

  test('of SAML 1.1 is taken before one of 2.0, and the first before the second', () => {
    const issued = [SAML_20, 'urn:other', SAML_11, SAML_11].map((tokenType, n) => ({
      tokenType,
      assertion: `<a n="${n}"/>`,
    }))
    const answer = parseSecurityTokenResponse(tokenAnswer('1.3', ...issued))
    assert.equal(answer.kind === 'token' && answer.assertion, '<a n="2"/>')
  })

  test('of seamless single sign-on goes on as it stands, with what is in it', () => {
    const assertion = `<saml:Assertion xmlns:saml="${SAML_11}"><DesktopSsoToken>AbC=</DesktopSsoToken></saml:Assertion>`
    const answer = parseSecurityTokenResponse(tokenAnswer('2005', { tokenType: SAML_11, assertion }))
    assert.equal(answer.kind === 'token' && answer.assertion, assertion)
  })

  test('with thousands of declarations around thousands of elements takes no time to speak of', () => {
    const depth = 50
    const declarations = (n: number) => Array.from({ length: 95 }, (_, i) => `xmlns:p${n}.${i}="u"`).join(' ')
    const open = Array.from({ length: depth }, (_, n) => `<a ${declarations(n)}>`).join('')
    const assertion = `${open}${'<b xmlns:q="u"/>'.repeat(19_000)}${'</a>'.repeat(depth)}`
    const before = process.cpuUsage()
    const answer = parseSecurityTokenResponse(tokenAnswer('1.3', { tokenType: SAML_11, assertion }))
    const { user } = process.cpuUsage(before)
    assert.equal(answer.kind === 'token' && answer.assertion, assertion)
    assert.ok(user < 3_000_000, `${user / 1e6} s`)
  })

  test('that cannot be used is an error that names its type and shows nothing of it', () => {
    const USELESS: [string, RegExp][] = [
      [tokenAnswer('1.3', { tokenType: 'urn:jwt', assertion: '<secret/>' }), /urn:jwt/],
      [tokenAnswer('1.3', { tokenType: '', assertion: '<secret/>' }), /no token/],
      [tokenAnswer('1.3', { tokenType: SAML_11, assertion: 'secret' }), /no token/],
      [tokenAnswer('1.3'), /no token/],
      [tokenAnswer('1.3', { tokenType: SAML_11, assertion: '<secret>' }), /./],
      ['<html><body>secret</body></html>', /no token/],
      ['secret', /./],
      ['', /./],
    ]
    for (const [body, why] of USELESS) {
      assert.throws(
        () => parseSecurityTokenResponse(body),
        (error: unknown) => error instanceof XmlError && why.test(error.message) && !/secret[^>]/.test(error.message),
        body,
      )
    }
  })
})

describe('an assertion that leans on its surroundings', () => {
  const cut = (xml: string): string => {
    const document = parseXml(xml)
    const find = (at: XmlElement): XmlElement | undefined =>
      at.name === 'E' ? at : at.children.map(find).find(found => found !== undefined)
    const element = find(document.root)
    assert.ok(element)
    return sliceVerbatim(document, element)
  }
  const OUTSIDE =
    'xmlns="urn:default" xmlns:x="urn:x" xmlns:y="urn:y" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
  const CASES: Record<string, [string, string]> = {
    'gets the prefix of its own name': ['<x:E a="1">t</x:E>', '<x:E xmlns:x="urn:x" a="1">t</x:E>'],
    'gets the default namespace': ['<E/>', '<E xmlns="urn:default"/>'],
    'gets the prefix of an attribute further in': [
      '<x:E xmlns:x="urn:x"><x:i y:a=""/></x:E>',
      '<x:E xmlns:y="urn:y" xmlns:x="urn:x"><x:i y:a=""/></x:E>',
    ],
    'gets the prefix of a type': [
      '<x:E xmlns:x="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="y:string"/>',
      '<x:E xmlns:y="urn:y" xmlns:x="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="y:string"/>',
    ],
    'gets the prefixes that a signature includes': [
      '<x:E xmlns:x="urn:x"><c:InclusiveNamespaces xmlns:c="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="y #default z"/></x:E>',
      '<x:E xmlns="urn:default" xmlns:y="urn:y" xmlns:x="urn:x"><c:InclusiveNamespaces xmlns:c="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="y #default z"/></x:E>',
    ],
    'gets nothing that it declares itself': ['<x:E xmlns:x="urn:other"/>', '<x:E xmlns:x="urn:other"/>'],
    'gets nothing that it does not use': ['<E xmlns=""/>', '<E xmlns=""/>'],
    'gets what one of two declares': [
      '<x:E xmlns:x="urn:x"><i xmlns:y="urn:z" y:a=""/><y:i xmlns=""/></x:E>',
      '<x:E xmlns="urn:default" xmlns:y="urn:y" xmlns:x="urn:x"><i xmlns:y="urn:z" y:a=""/><y:i xmlns=""/></x:E>',
    ],
    'keeps xml: without a declaration': [
      '<x:E xmlns:x="urn:x" xml:lang="en"/>',
      '<x:E xmlns:x="urn:x" xml:lang="en"/>',
    ],
  }
  for (const [name, [xml, expected]] of Object.entries(CASES)) {
    test(name, () => assert.equal(cut(`<r ${OUTSIDE}><m>${xml}</m></r>`), expected))
  }

  test('gets the nearest declaration, escaped', () => {
    assert.equal(
      cut('<r xmlns:x="urn:far"><m xmlns:x="urn:&amp;&lt;&quot;"><x:E/></m></r>'),
      '<x:E xmlns:x="urn:&#38;&#60;&#34;"/>',
    )
  })

  test('means the same alone as in its document, whatever declares what where', () => {
    const prefix = fc.constantFrom('', 'a', 'b', 'c')
    const declarations = fc.uniqueArray(
      fc.tuple(fc.constantFrom('a', 'b', 'c', ''), fc.constantFrom('urn:1', 'urn:2')),
      {
        selector: ([name]) => name,
      },
    )
    interface Node {
      prefix: string
      attribute: string
      declarations: [string, string][]
      children: Node[]
    }
    const { node } = fc.letrec<{ node: Node }>(tie => ({
      node: fc.record({
        prefix,
        attribute: fc.constantFrom('', 'a', 'b', 'c'),
        declarations,
        children: fc.oneof({ maxDepth: 3 }, fc.constant<Node[]>([]), fc.array(tie('node'), { maxLength: 3 })),
      }),
    }))
    const name = (at: string, local: string) => (at === '' ? local : `${at}:${local}`)
    const write = (at: Node, local = 'i'): string => {
      const declared = at.declarations.map(([to, uri]) => ` ${name(to === '' ? '' : 'xmlns', to || 'xmlns')}="${uri}"`)
      const attribute = at.attribute === '' ? '' : ` ${at.attribute}:v="1"`
      const tag = name(at.prefix, local)
      return `<${tag}${declared.join('')}${attribute}>${at.children.map(child => write(child)).join('')}</${tag}>`
    }
    const meaning = (at: XmlElement): unknown => [
      at.namespace,
      at.name,
      at.attributes.map(({ namespace, name, value }) => [namespace, name, value]),
      at.children.map(meaning),
    ]
    fc.assert(
      fc.property(node, declarations, (inner, outer) => {
        const around = write({ prefix: '', attribute: '', declarations: outer, children: [] }, 'm').replace('</m>', '')
        const document = parseXml(
          `<r xmlns:a="urn:a" xmlns:b="urn:b" xmlns:c="urn:c">${around}${write(inner, 'E')}</m></r>`,
        )
        const element = document.root.children[0]?.children[0]
        assert.ok(element)
        assert.deepEqual(meaning(parseXml(sliceVerbatim(document, element)).root), meaning(element))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a fault', () => {
  test('of SOAP 1.2 has its reason and its inner code', () => {
    assert.deepEqual(
      parseSecurityTokenResponse(faultAnswer('ID3242: The security token\n could not be authenticated.')),
      {
        kind: 'fault',
        text: 'ID3242: The security token could not be authenticated.',
        code: 'FailedAuthentication',
      },
    )
  })

  test('of SOAP 1.1 has its string', () => {
    const body =
      '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>w:InvalidRequest' +
      '</faultcode><faultstring>Bad.</faultstring></e:Fault></e:Body></e:Envelope>'
    assert.deepEqual(parseSecurityTokenResponse(body), { kind: 'fault', text: 'Bad.', code: 'InvalidRequest' })
  })

  test('of seamless single sign-on has the text of its detail', () => {
    const text = 'AADSTS81004: Kerberos authentication attempt failed.'
    const answer = parseSecurityTokenResponse(passportFault(text))
    assert.equal(answer.kind === 'fault' && answer.text, text)
    const empty = parseSecurityTokenResponse(passportFault(' '))
    assert.equal(empty.kind === 'fault' && empty.text, 'Authentication Failure')
  })

  test('without a text or a code is one all the same, and a long one is cut', () => {
    const bare = '<s:Fault xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>'
    assert.deepEqual(parseSecurityTokenResponse(bare), { kind: 'fault', text: '', code: undefined })
    const long = parseSecurityTokenResponse(faultAnswer('x'.repeat(100_000)))
    assert.equal(long.kind === 'fault' && long.text.length, 1_000)
  })

  test('comes before a token that is with it', () => {
    const body = tokenAnswer('1.3', { tokenType: SAML_11, assertion: ASSERTION })
    const fault = '<s:Fault xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>'
    assert.equal(parseSecurityTokenResponse(body.replace('<s:Body>', `<s:Body>${fault}`)).kind, 'fault')
  })
})
