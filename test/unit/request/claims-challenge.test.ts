/** Claims challenges in the header of a 401, as APIs write them and as they should not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseClaimsChallenge } from 'latchkey'

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"values":["c1"]}}}'
const BASE64 = Buffer.from(CLAIMS).toString('base64')

const FOUND: Record<string, string> = {
  'as Graph writes it': `Bearer realm="", authorization_uri="https://login.example/a", error="insufficient_claims", claims="${BASE64}"`,
  'without padding, in base64url': `Bearer claims="${Buffer.from(CLAIMS).toString('base64url')}"`,
  'without quotation marks': `Bearer claims=${BASE64.replace(/=+$/, '')}`,
  'as JSON in quotation marks': `Bearer claims="${CLAIMS.replaceAll('"', '\\"')}"`,
  'with names in capitals': `BEARER CLAIMS="${BASE64}"`,
  'with spaces round the equals sign': `Bearer error = "insufficient_claims" , claims = "${BASE64}"`,
  'behind another challenge': `Basic realm="a, b", Bearer error="insufficient_claims", claims="${BASE64}"`,
  'behind a challenge of one token': `Negotiate TlRMTVNTUAAB==, Bearer claims="${BASE64}"`,
  'behind a comma too many': `, Bearer , claims="${BASE64}"`,
  'after an escaped quotation mark': `Bearer error_description="say \\"please\\", claims=", claims="${BASE64}"`,
}
for (const [name, header] of Object.entries(FOUND)) {
  test(`finds claims ${name}`, () => assert.equal(parseClaimsChallenge(header), CLAIMS))
}

const NOT_FOUND: Record<string, string | null | undefined> = {
  'no header': undefined,
  'null, as Headers.get says it': null,
  'an empty header': '',
  'a challenge without claims': 'Bearer error="invalid_token"',
  'claims of another scheme': `PoP claims="${BASE64}"`,
  'claims that are part of another value': `Bearer error_description="claims=${BASE64}"`,
  'claims that are no JSON': `Bearer claims="${Buffer.from('nonsense').toString('base64')}"`,
  'claims that are a list': `Bearer claims="${Buffer.from('[1]').toString('base64')}"`,
  'a quotation mark that does not close': `Bearer claims="${BASE64}`,
  'a header of 20 KB': `Bearer x="${'a'.repeat(20_000)}", claims="${BASE64}"`,
}
for (const [name, header] of Object.entries(NOT_FOUND)) {
  test(`finds none in ${name}`, () => assert.equal(parseClaimsChallenge(header), undefined))
}

test('ends with any header, in time that grows with its length', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('B', 'e', '=', ',', ' ', '"', '\\', '\t', '\u0000', 'claims=') }),
      header => {
        parseClaimsChallenge(`Bearer ${header}`)
      },
    ),
  )
  const startedAt = performance.now()
  parseClaimsChallenge(`Bearer ${'a'.repeat(8_000)}${' '.repeat(8_000)}`)
  parseClaimsChallenge(`Bearer claims="${'\\"'.repeat(8_000)}`)
  assert.ok(performance.now() - startedAt < 2_000)
})
