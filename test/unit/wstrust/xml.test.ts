/** The reader of XML: what it keeps of the source, and what it refuses to take from a server. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allWithin, attributeOf, childOf, childrenOf, firstWithin, parseXml, XmlError } from '#lib/wstrust/xml.js'

describe('a document', () => {
  test('has its names resolved, whatever the prefixes', () => {
    const { root } = parseXml('<a:r xmlns:a="urn:a" x="1" a:x="2"><b xmlns="urn:b" xmlns:a="urn:c"><a:i/></b></a:r>')
    assert.deepEqual([root.namespace, root.name, root.prefix], ['urn:a', 'r', 'a'])
    assert.deepEqual([attributeOf(root, 'x'), attributeOf(root, 'x', 'urn:a')], ['1', '2'])
    const b = childOf(root, 'urn:b', 'b')
    assert.ok(b)
    assert.ok(childOf(b, 'urn:c', 'i'))
    assert.equal(childOf(b, 'urn:a', 'i'), undefined)
    assert.deepEqual(
      [...b.declarations],
      [
        ['', 'urn:b'],
        ['a', 'urn:c'],
      ],
    )
    assert.equal(b.parent, root)
  })

  test('has the text right in an element, CDATA and references included', () => {
    const { root } = parseXml('<r>a&amp;b<!-- no --><i>inner</i><![CDATA[<c>]]>&#x1D11E;</r>')
    assert.equal(root.text, 'a&b<c>\u{1d11e}')
  })

  test('is found in at any depth, in its order', () => {
    const { root } = parseXml('<r xmlns="u"><i n="1"><i n="2"/></i><o xmlns="v"><i n="x"/><i xmlns="u" n="3"/></o></r>')
    assert.deepEqual(
      [...allWithin(root, 'u', 'i')].map(found => attributeOf(found, 'n')),
      ['1', '2', '3'],
    )
    assert.equal(childrenOf(root, 'u', 'i').length, 1)
    assert.equal(firstWithin(root, 'u', 'nothing'), undefined)
  })

  const SLICES = [
    '<i/>',
    '<i />',
    '<i\r\n  a="1"\r\n/>',
    '<i a=">"></i>',
    "<i a='&lt;'>x</i >",
    '<i>\r\n\ttext\r</i>',
    '<i>\u{1d11e}é\u{1f600}</i>',
    '<i><![CDATA[</i>]]></i>',
    '<i><!-- </i> --></i>',
    '<i><i><i/></i><i></i></i>',
    '<i><?target </i> ?></i>',
    '<iiii.-_é/>',
  ]
  for (const slice of SLICES) {
    test(`knows where ${JSON.stringify(slice)} stands in it, to the character`, () => {
      for (const before of ['', '<i/>', '\r\n\u{1f600}', '<!-- <i> -->']) {
        const { source, root } = parseXml(`<?xml version="1.0"?>\r\n<r>${before}${slice} <z/></r>`)
        const element = root.children.at(-2)
        assert.ok(element)
        assert.equal(source.slice(element.start, element.end), slice)
      }
    })
  }

  test('may begin with a byte order mark, and may say that it is UTF-8', () => {
    for (const text of [
      '\ufeff<r/>',
      '<?xml version="1.0" encoding="UTF-8"?><r/>',
      "<?xml version='1.0' encoding='utf-8' standalone='yes'?><r/>",
    ]) {
      assert.equal(parseXml(text).root.name, 'r')
    }
  })
})

describe('what is refused', () => {
  const BILLION_LAUGHS = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, n) => `<!ENTITY lol${n + 1} "${`&lol${n || ''};`.repeat(10)}">`).join('')}]><r>&lol9;</r>`
  const REFUSED: Record<string, [string, RegExp]> = {
    'entities that grow': [BILLION_LAUGHS, /document type/],
    'an entity of elsewhere': ['<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', /document type/],
    'a document type of elsewhere': ['<!DOCTYPE r SYSTEM "https://evil.example/r.dtd"><r/>', /document type/],
    'an HTML page': ['<!DOCTYPE html><html><body><p>Service Unavailable</body></html>', /document type/],
    'an entity that nobody declared': ['<r>&nbsp;</r>', /entity/],
    'XML 1.1': ['<?xml version="1.1"?><r/>', /XML 1\.0/],
    'another encoding': ['<?xml version="1.0" encoding="utf-16"?><r/>', /encoding/],
    'bytes that are not UTF-8': ['<r>\ufffd</r>', /UTF-8/],
    'too much': [`<r>${' '.repeat(1_048_576)}</r>`, /longer/],
    'too deep': ['<r>'.repeat(101), /deeper/],
    'too many elements': [`<r>${'<i/>'.repeat(20_000)}</r>`, /elements/],
    'too many attributes': [`<r ${Array.from({ length: 101 }, (_, n) => `a${n}="" `).join('')}/>`, /attributes/],
    'a prefix without a namespace': ['<a:r/>', /prefix/],
    'an attribute that is there twice': ['<r a="1" a="2"/>', /duplicate/],
    'an attribute that is there twice under two prefixes': ['<r xmlns:a="u" xmlns:b="u" a:x="" b:x=""/>', /duplicate/],
    'an end that is missing': ['<r><i></r>', /./],
    'a second root': ['<r/><r/>', /./],
    'text behind the root': ['<r/>x', /./],
    'a character that XML has not': ['<r>\u0001</r>', /./],
    'nothing at all': ['', /./],
    JSON: ['{"error":"x"}', /./],
  }
  for (const [name, [text, why]] of Object.entries(REFUSED)) {
    test(name, () => {
      const startedAt = performance.now()
      assert.throws(
        () => parseXml(text),
        (error: unknown) => error instanceof XmlError && why.test(error.message),
      )
      assert.ok(performance.now() - startedAt < 5_000, 'in no time')
    })
  }

  test('says nothing of what is in the text', () => {
    for (const text of ['<r>secret &secret; </r>', '<r secret="secret" secret="secret2"', '<r>secret</x>']) {
      assert.throws(
        () => parseXml(text),
        (error: unknown) => !/secret[ 2]/.test((error as Error).message),
      )
    }
  })
})
