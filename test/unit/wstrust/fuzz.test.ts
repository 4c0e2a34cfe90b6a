/** Documents and answers that were damaged at random: an error or a sound result, never a crash, a hang or a leak into the error. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseMexDocument } from '#lib/wstrust/mex-document.js'
import { parseSecurityTokenResponse } from '#lib/wstrust/security-token-response.js'
import { XmlError } from '#lib/wstrust/xml.js'
import {
  ASSERTION,
  faultAnswer,
  mexDocument,
  nestedMexDocument,
  passportFault,
  SAML_11,
  tokenAnswer,
} from './documents.js'

const RUNS = { numRuns: 1_000 }
const SAMPLES = [
  mexDocument(),
  nestedMexDocument(),
  tokenAnswer('1.3', { tokenType: SAML_11, assertion: ASSERTION }),
  tokenAnswer('2005', { tokenType: SAML_11, assertion: ASSERTION }),
  faultAnswer('ID3242: no'),
  passportFault('AADSTS81004: no'),
]
/** What breaks parsers: markup in the wrong place, references, long runs. */
const SPLINTERS = [
  '<',
  '>',
  '&',
  '"',
  "'",
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '?>',
  '<!DOCTYPE r [',
  '&#0;',
  '&#xFFFFFFFF;',
  '&a;',
]
const splinter = fc.oneof(
  fc.constantFrom(...SPLINTERS),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('\u0000', '\ud800', '\ufffd', 'x'.repeat(10_000), '<i>'.repeat(500), ' a="1"'.repeat(500)),
)
const damaged = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 40 }), splinter), { minLength: 1, maxLength: 4 }),
  )
  .map(([sample, cuts]) =>
    cuts.reduce((text, [at, length, put]) => {
      const from = at % (text.length + 1)
      return text.slice(0, from) + put + text.slice(from + length)
    }, sample),
  )

function holds(text: string): void {
  const startedAt = performance.now()
  try {
    const { endpoints } = parseMexDocument(text, new URL('https://fs.example/mex'))
    for (const { url } of endpoints) {
      assert.equal(url.protocol, 'https:')
      assert.equal(url.username + url.password, '')
    }
  } catch (error) {
    assert.ok(error instanceof XmlError, String(error))
    assert.ok(error.message.length <= 500)
  }
  try {
    const answer = parseSecurityTokenResponse(text)
    if (answer.kind === 'token') assert.ok(answer.assertion.startsWith('<') && answer.assertion.endsWith('>'))
    else assert.ok(answer.text.length <= 1_000)
  } catch (error) {
    assert.ok(error instanceof XmlError, String(error))
  }
  assert.ok(performance.now() - startedAt < 5_000)
}

test('damaged documents', () => fc.assert(fc.property(damaged, holds), RUNS))

test('a name as long as a document is not told whole', () => {
  for (const name of ['x'.repeat(30_000), `a:${'x'.repeat(30_000)}`]) holds(`<r><${name}></r>`)
})

test('any text at all', () => fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), holds), RUNS))

test('any elements at all', () => {
  const names = fc.constantFrom('s:Envelope', 's:Body', 's:Fault', 'wsdl:binding', 'wsp:Policy', 't:TokenType', 'x')
  const pieces = fc.oneof(
    names.map(name => `<${name}>`),
    names.map(name => `</${name}>`),
    names.map(name => `<${name}/>`),
    fc.string({ maxLength: 5 }),
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), parts => holds(parts.join(''))),
    RUNS,
  )
})

test('entities that grow, or are read from elsewhere, in a document or answer that is sound otherwise', () => {
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
  const TYPES = [
    `<!DOCTYPE r [<!ENTITY l0 "lol">${laughs}]>`,
    '<!DOCTYPE r [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE r [<!ENTITY % p SYSTEM "https://127.0.0.1:1/x.dtd"> %p;]>',
  ]
  for (const sample of SAMPLES) {
    for (const type of TYPES) {
      const startedAt = performance.now()
      const before = process.memoryUsage().heapUsed
      const hostile = type + sample.replace('</', '&l9;</')
      assert.throws(() => parseMexDocument(hostile, undefined), /document type/)
      assert.throws(() => parseSecurityTokenResponse(hostile), /document type/)
      assert.ok(performance.now() - startedAt < 1_000)
      assert.ok(process.memoryUsage().heapUsed - before < 50 * 1_048_576)
    }
  }
})

test('an answer of a megabyte costs no more than a bounded part of memory', () => {
  const before = process.memoryUsage().heapUsed
  for (let round = 0; round < 5; round++) holds(`<r>${'<i a="1">x</i>'.repeat(19_000)}</r>`)
  assert.ok(process.memoryUsage().heapUsed - before < 200 * 1_048_576)
})
