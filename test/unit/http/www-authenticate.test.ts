/** Challenges of WWW-Authenticate: the grammar's corners, and text that follows no grammar. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readChallenge } from '#lib/http/negotiate/challenge.js'
import { parseChallenges } from '#lib/http/negotiate/www-authenticate.js'

const shown = (field: string) =>
  parseChallenges(field).map(({ scheme, token }) => (token ? `${scheme} ${token}` : scheme))

test('reads schemes, tokens and parameters, several in one field', () => {
  const cases: Array<[field: string, challenges: string[]]> = [
    ['', []],
    [' , ,', []],
    ['Negotiate', ['Negotiate']],
    ['Negotiate, NTLM', ['Negotiate', 'NTLM']],
    ['NTLM,,Negotiate ,', ['NTLM', 'Negotiate']],
    ['Negotiate YIIB+/8=, NTLM TlRMTVNTUAAC', ['Negotiate YIIB+/8=', 'NTLM TlRMTVNTUAAC']],
    ['Negotiate   YII==  ,\tNTLM', ['Negotiate YII==', 'NTLM']],
    ['Basic realm="x"', ['Basic']],
    ['Basic realm="a, Negotiate", charset = "UTF-8", Negotiate', ['Basic', 'Negotiate']],
    ['Basic realm="say \\"Negotiate\\", please", NTLM', ['Basic', 'NTLM']],
    ['Digest realm=x, nonce=abc==, qop="auth,auth-int" , Negotiate', ['Digest', 'Negotiate']],
    ['Bearer, Negotiate abc-._~+/1', ['Bearer', 'Negotiate abc-._~+/1']],
    // The example of RFC 9110 § 11.6.1
    ['Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""', ['Basic', 'Newauth']],
    // What is no challenge
    ['"Negotiate"', []],
    ['=Negotiate', []],
    ['Basic realm="never closed, Negotiate', ['Basic']],
    ['(@), Negotiate', ['Negotiate']],
    ['Negotiate a b, NTLM', ['Negotiate', 'a b', 'NTLM']],
  ]
  for (const [field, challenges] of cases) assert.deepEqual(shown(field), challenges, field)
})

test('reads what a server offers to Negotiate, its token in particular', () => {
  const token = (text: string) => Buffer.from(text, 'base64')
  const cases: Array<
    [field: string | undefined, offered: string[], offersNegotiate: boolean, token: Buffer | undefined]
  > = [
    [undefined, [], false, token('')],
    ['NTLM TlRM', ['NTLM'], false, token('')],
    ['nEGOTIATE, ntlm, BASIC realm=x, Custom', ['Negotiate', 'NTLM', 'Basic', 'Custom'], true, token('')],
    ['Negotiate, Negotiate YII=', ['Negotiate'], true, token('YII=')],
    ['Negotiate YII=, Negotiate oRQ=', ['Negotiate'], true, token('YII=')],
    ['Negotiate YII', ['Negotiate'], true, undefined],
    ['Negotiate YI_-', ['Negotiate'], true, undefined],
    ['Negotiate YI==YI==', ['Negotiate'], true, token('')],
  ]
  for (const [field, offered, offersNegotiate, bytes] of cases) {
    const challenge = readChallenge(field)
    assert.deepEqual(challenge.offered.slice(0, offered.length), offered, field)
    assert.equal(challenge.offersNegotiate, offersNegotiate, field)
    assert.deepEqual(challenge.token && Buffer.from(challenge.token), bytes, field)
  }
})

test('reads back whatever was written by the grammar', () => {
  const word = fc.stringMatching(/^[!#$%&'*+.^_`|~\w-]{1,12}$/)
  const quoted = fc.string().map(text => `"${text.replace(/["\\]/g, '\\$&')}"`)
  const parameters = fc
    .array(fc.tuple(word, fc.oneof(word, quoted)), { minLength: 1, maxLength: 4 })
    .map(list => list.map(([name, value]) => `${name}=${value}`).join(', '))
  const challenge = fc.record({
    scheme: word,
    rest: fc.oneof(
      fc.constant({ token: '', text: '' }),
      fc.stringMatching(/^[\w.~+/-]{1,40}={0,2}$/).map(token => ({ token, text: ` ${token}` })),
      parameters.map(text => ({ token: '', text: ` ${text}` })),
    ),
  })
  fc.assert(
    fc.property(fc.array(challenge, { maxLength: 8 }), list => {
      const field = list.map(({ scheme, rest }) => scheme + rest.text).join(' , ')
      const expected = list.map(({ scheme, rest }) => ({ scheme, token: rest.token }))
      assert.deepEqual(parseChallenges(field), expected)
    }),
  )
})

test('no text makes it fail, and none makes it slow', () => {
  const odd = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[Na ,="\\\t/]{0,200}$/))
  fc.assert(
    fc.property(odd, text => parseChallenges(text).every(({ scheme }) => scheme.length > 0)),
    { numRuns: 2_000 },
  )
  const took = (unit: string, length: number, end: string) => {
    const started = performance.now()
    const field = `Negotiate ${unit.repeat(length / unit.length)}${end}`
    assert.ok(parseChallenges(field).length <= 32)
    return performance.now() - started
  }
  for (const unit of ['a', ' ', '"', '\\', 'a ', 'a=', 'a="', '="', ', a', 'a =', 'a\t\t', '(', '=', 'a b=c ']) {
    for (const end of ['', '"', '!', '(']) {
      // What backtracks takes sixteen times as long for a text four times as long, and seconds for this one.
      const short = took(unit, 50_000, end)
      const long = took(unit, 200_000, end)
      assert.ok(long < 8 * short + 100, `${unit}${end}: ${short} ms, then ${long} ms`)
    }
  }
})
