/** The metadata of a federation server: which address is chosen, and which are passed over. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chooseEndpoint, parseMexDocument } from '#lib/wstrust/mex-document.js'
import { XmlError } from '#lib/wstrust/xml.js'
import {
  AD_FS,
  asksForPassword,
  bindingOf,
  mexDocument,
  NEGOTIATE,
  nestedMexDocument,
  PASSWORD_13,
  type Part,
  policyOf,
  portOf,
} from './documents.js'

const LOCATION = new URL('https://fs.example/adfs/services/trust/mex')
const chosen = (text: string, proof: 'windows' | 'password') => {
  const endpoint = chooseEndpoint(parseMexDocument(text, LOCATION), proof)
  return endpoint && `${endpoint.version} ${endpoint.url.href}`
}
const one = (changes: Partial<Part>): Part => ({
  id: 'One',
  version: '1.3',
  asks: NEGOTIATE,
  address: 'https://fs.example/one',
  ...changes,
})

describe('the choice', () => {
  test('is WS-Trust 1.3 before 2005, of the kind that was asked for', () => {
    assert.equal(chosen(mexDocument(), 'windows'), '1.3 https://fs.example/adfs/services/trust/13/windowstransport')
    assert.equal(chosen(mexDocument(), 'password'), '1.3 https://fs.example/adfs/services/trust/13/usernamemixed')
  })

  test('is 2005 where the farm has nothing newer', () => {
    const old = mexDocument(AD_FS.filter(({ version }) => version === '2005'))
    assert.equal(chosen(old, 'windows'), '2005 https://fs.example/adfs/services/trust/2005/windowstransport')
    assert.equal(chosen(old, 'password'), '2005 https://fs.example/adfs/services/trust/2005/usernamemixed')
  })

  test('is nothing where no policy asks for this proof', () => {
    const without = mexDocument(AD_FS.filter(({ asks }) => asks !== NEGOTIATE))
    assert.equal(chosen(without, 'windows'), undefined)
    assert.ok(chosen(without, 'password'))
  })

  test('is the same where everything is further down', () => {
    assert.equal(chosen(nestedMexDocument(), 'windows'), chosen(mexDocument(), 'windows'))
  })

  test('is the first of two that are alike', () => {
    const two = [one({ id: 'A', address: 'https://a.example/' }), one({ id: 'B', address: 'https://b.example/' })]
    assert.equal(chosen(mexDocument(two), 'windows'), '1.3 https://a.example/')
  })
})

describe('a password policy', () => {
  const SPELLINGS: Record<string, string> = {
    'of AD FS for 1.3': PASSWORD_13,
    'as MSAL.NET looks for it': asksForPassword('sp:SignedEncryptedSupportingTokens', 'sp2005'),
    'that is signed only, in the newer namespace': asksForPassword('sp:SignedSupportingTokens'),
    'in the older namespace throughout': asksForPassword('sp2005:SignedEncryptedSupportingTokens'),
    'with its last level in the other namespace': asksForPassword('sp2005:SignedSupportingTokens', 'sp2005', 'sp'),
  }
  for (const [name, asks] of Object.entries(SPELLINGS)) {
    test(`counts: one ${name}`, () => {
      assert.equal(chosen(mexDocument([one({ asks })]), 'password'), '1.3 https://fs.example/one')
      assert.equal(chosen(mexDocument([one({ asks })]), 'windows'), undefined)
    })
  }

  const OTHERS: Record<string, string> = {
    'for a token of elsewhere':
      '<sp:SignedEncryptedSupportingTokens><wsp:Policy><sp:IssuedToken/></wsp:Policy></sp:SignedEncryptedSupportingTokens>',
    'for a certificate': '<sp:EndorsingSupportingTokens/>',
    'for a user name without more':
      '<sp:SignedEncryptedSupportingTokens><wsp:Policy><sp:UsernameToken/></wsp:Policy></sp:SignedEncryptedSupportingTokens>',
    'of a namespace that is another': PASSWORD_13.replace(/\bsp:/g, 'tns:'),
  }
  for (const [name, asks] of Object.entries(OTHERS)) {
    test(`does not count: one ${name}`, () => assert.equal(chosen(mexDocument([one({ asks })]), 'password'), undefined))
  }

  test('may offer a choice', () => {
    const asks = `${NEGOTIATE}</wsp:All><wsp:All>${PASSWORD_13}`
    assert.ok(chosen(mexDocument([one({ asks })]), 'windows'))
    assert.ok(chosen(mexDocument([one({ asks })]), 'password'))
  })
})

describe('an address', () => {
  test('keeps its query, its port and its case, and may be another company’s', () => {
    const address = 'https://Sts.Partner.Example:8443/Trust/Win?PartnerSpId=urn:federation:MicrosoftOnline&amp;x=1'
    assert.equal(
      chosen(mexDocument([one({ address })]), 'windows'),
      '1.3 https://sts.partner.example:8443/Trust/Win?PartnerSpId=urn:federation:MicrosoftOnline&x=1',
    )
  })

  test('may be relative to the document, and is of no use without one', () => {
    const text = mexDocument([one({ address: '../13/windowstransport' })])
    assert.equal(chosen(text, 'windows'), '1.3 https://fs.example/adfs/services/13/windowstransport')
    assert.deepEqual(parseMexDocument(text).endpoints, [])
  })

  test('that is not https is passed over, and counted', () => {
    const parts = [
      one({ id: 'A', address: 'http://fs.example/13/windowstransport' }),
      one({ id: 'B', version: '2005' }),
    ]
    assert.equal(chosen(mexDocument(parts), 'windows'), '2005 https://fs.example/one')
    assert.equal(parseMexDocument(mexDocument(parts)).insecure, 1)
  })

  test('that is none, or holds a password, hides no other', () => {
    const bad = ['', 'nonsense', 'https://', 'https://u:p@fs.example/']
    for (const address of bad) {
      const text = mexDocument([one({ id: 'A', address }), one({ id: 'B', version: '2005' })])
      assert.equal(chooseEndpoint(parseMexDocument(text), 'windows')?.version, '2005', address)
    }
    const other = mexDocument([one({ id: 'A', address: 'net.tcp://fs.example/x' })])
    assert.deepEqual(parseMexDocument(other), { endpoints: [], insecure: 1 })
  })
})

describe('what does not fit together is passed over', () => {
  test('a policy that does not demand TLS', () => {
    assert.equal(chosen(mexDocument([one({ withoutTls: true })]), 'windows'), undefined)
  })

  test('a binding that is not SOAP over HTTP, or of no action that is known', () => {
    assert.equal(chosen(mexDocument([one({ transport: 'urn:tcp' })]), 'windows'), undefined)
    assert.equal(chosen(mexDocument([one({})]).replaceAll('RST/Issue', 'RST/Renew'), 'windows'), undefined)
  })

  test('an action in another case is the same action', () => {
    assert.ok(chosen(mexDocument([one({})]).replaceAll('RST/Issue', 'rst/ISSUE'), 'windows'))
  })

  test('a policy or a binding that is there twice counts once, as it was first', () => {
    const a = one({ address: 'https://a.example/' })
    const text = mexDocument([a])
      .replace(policyOf(a), policyOf(a) + policyOf({ ...a, asks: PASSWORD_13 }))
      .replace(bindingOf(a), bindingOf(a) + bindingOf({ ...a, version: '2005' }))
    assert.equal(chosen(text, 'windows'), '1.3 https://a.example/')
    assert.equal(chosen(text, 'password'), undefined)
  })

  test('a port whose binding is not there', () => {
    const stray = portOf(one({ id: 'Stray', address: 'https://stray.example/' }))
    const text = mexDocument().replace('<wsdl:port', `${stray}<wsdl:port`)
    assert.equal(chosen(text, 'windows'), chosen(mexDocument(), 'windows'))
  })
})

describe('a text that is no such document', () => {
  const NONE: Record<string, string> = {
    'an HTML page': '<!DOCTYPE html><html></html>',
    'another XML document': '<r/>',
    'one without policies': mexDocument().replace(/<wsp:Policy wsu:Id.*<wsdl:types/, '<wsdl:types'),
    'one without bindings': mexDocument().replace(/<wsdl:binding.*<\/wsdl:binding>/, ''),
    'one without a service': mexDocument().replace(/<wsdl:service.*<\/wsdl:service>/, ''),
    'one that was cut off': mexDocument().slice(0, -100),
  }
  for (const [name, text] of Object.entries(NONE)) {
    test(`${name} is refused`, () => assert.throws(() => parseMexDocument(text), XmlError))
  }

  test('one whose policies stand in one another, around thousands of alternatives, takes no time to speak of', () => {
    const depth = 48
    const policies =
      '<wsp:Policy wsu:Id="p"><wsp:ExactlyOne>'.repeat(depth) +
      `${'<wsp:All/>'.repeat(19_000)}<sp:TransportBinding/>` +
      '</wsp:ExactlyOne></wsp:Policy>'.repeat(depth)
    const text = mexDocument([]).replace('<wsdl:types/>', `<wsdl:types>${policies}</wsdl:types>`)
    const before = process.cpuUsage()
    assert.throws(() => parseMexDocument(text), /has no binding/)
    const { user } = process.cpuUsage(before)
    assert.ok(user < 2_000_000, `${user / 1e6} s`)
  })
})
