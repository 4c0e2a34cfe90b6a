/** Servers that negotiate at random: whatever they send, the exchange ends, with an answer or an error, and leaves nothing open. */
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import { ClientError } from '#lib/errors.js'
import { readChallenge } from '#lib/http/negotiate/challenge.js'
import { legsOf } from '#lib/http/negotiate/legs.js'
import { testHttpClient } from '../../support/http.js'
import { ToyNegotiator } from '../../support/negotiate.js'
import { startOrigin } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'

const SAMPLES = [
  'Negotiate',
  'Negotiate oRQwEqADCgEBoQsGCSqGSIb3EgECAg==',
  'NTLM TlRMTVNTUAACAAAAAAAAADgAAAAFggIA',
  'Basic realm="a, Negotiate b", Negotiate YQ==, NTLM',
  'Bearer authorization_uri="https://login.example/", error="x"',
]
const splinter = fc.oneof(
  fc.constantFrom('"', '\\', ',', '=', '==', ' ', '\t', 'Negotiate', 'negotiate ', '\u00ff', '%00', '=,='),
  fc.string({ maxLength: 6 }),
  fc.constantFrom('A'.repeat(5_000), ', '.repeat(500), 'Negotiate,'.repeat(200), '"\\'.repeat(500)),
)
const field = fc
  .tuple(fc.constantFrom(...SAMPLES), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 12 }), splinter), { maxLength: 3 }))
  .map(([sample, cuts]) =>
    cuts.reduce((text, [at, length, put]) => {
      const from = at % (text.length + 1)
      return text.slice(0, from) + put + text.slice(from + length)
    }, sample),
  )

test('a damaged challenge is read as what it can be', () => {
  let tokens = 0
  const reads = (text: string) => {
    const startedAt = performance.now()
    const { offered, offersNegotiate, token } = readChallenge(text)
    assert.equal(offersNegotiate, offered.includes('Negotiate'))
    assert.ok(offered.length <= 32 && offered.every(scheme => scheme.length > 0 && scheme.length <= 40))
    if (token !== undefined && token.length > 0) {
      // The last digit may have had bits that no byte is made of.
      const digits = Buffer.from(token).toString('base64').replace(/.=*$/, '')
      assert.ok(offersNegotiate && text.includes(digits))
      tokens++
    }
    assert.ok(performance.now() - startedAt < 2_000)
  }
  fc.assert(fc.property(field, reads), { numRuns: 5_000 })
  assert.ok(tokens > 200, `${tokens} tokens were among them`)
})

const certificate = await makeCertificate('localhost')

interface Leg {
  status: number
  fields: string[]
  body: string
  closes: boolean
}

/** Not what Node's server would agree to send: header fields may hold anything but the end of a line. */
function written({ status, fields, body, closes }: Leg): string {
  const lines = [
    `HTTP/1.1 ${status} Whatever`,
    ...fields.map(text => `WWW-Authenticate: ${text.replace(/[\r\n]/g, ' ')}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(closes ? ['Connection: close'] : []),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

test('an exchange with a server that answers at random', { timeout: 120_000 }, async t => {
  let legs: Leg[] = []
  let asked = 0
  const server = await startOrigin(certificate, ({ socket }: IncomingMessage) => {
    const leg = legs[Math.min(asked++, legs.length - 1)]
    assert.ok(leg)
    socket.write(written(leg), 'latin1')
    if (leg.closes) socket.end()
  })
  t.after(() => server.close())
  const leg = fc.record({
    status: fc.constantFrom(401, 401, 401, 200, 500, 302, 407),
    fields: fc.array(field, { maxLength: 3 }),
    body: fc.string({ maxLength: 50 }),
    closes: fc.boolean(),
  })
  const options = fc.record({
    mechanism: fc.constantFrom('kerberos' as const, 'ntlm' as const),
    endless: fc.boolean(),
  })
  const outcomes = new Set<string>()
  // What no field may hold (RFC 9110 § 5.5), and what chance alone brings too seldom to be counted on.
  const noField = { status: 401, fields: ['Negotiate \u0001'], body: '', closes: false }
  await fc.assert(
    fc.asyncProperty(fc.array(leg, { minLength: 1, maxLength: 7 }), options, async (answers, toy) => {
      legs = answers
      asked = 0
      const { client } = testHttpClient({ ca: certificate.ca })
      const negotiator = new ToyNegotiator(t, toy)
      const url = new URL('/wia', server.origin)
      try {
        const request = { method: 'POST', purpose: 'sign-in', url, body: '<rst/>', timeoutMs: 10_000 } as const
        const { status } = await client.sendNegotiated(request, negotiator)
        outcomes.add(String(status))
        assert.ok(answers.some(answer => answer.status === status))
      } catch (error) {
        const isToys = error instanceof Error && error.message === 'the proof of the server is wrong'
        assert.ok(error instanceof ClientError || isToys, String(error))
        outcomes.add(error instanceof ClientError ? error.code : 'the negotiator’s own')
        assert.notEqual(error instanceof ClientError && error.code, 'request_timeout')
        assert.ok(legsOf(error).length <= 6)
      } finally {
        await client.close()
      }
      assert.ok(asked <= 7, `${asked} requests`)
      assert.equal(negotiator.closed, negotiator.opened)
    }),
    { numRuns: 200, examples: [[[noField], { mechanism: 'kerberos', endless: false }]] },
  )
  for (const outcome of ['200', '401', 'integrated_windows_authentication_failed', 'network_error']) {
    assert.ok(outcomes.has(outcome), `${outcome} is among ${[...outcomes]}`)
  }
  await server.idle()
})

test('an answer that never ends is cut off, at the first leg and at the last', { timeout: 60_000 }, async t => {
  const chunk = Buffer.alloc(65_536, 'x')
  for (const endlessAt of [1, 2]) {
    let asked = 0
    let sent = 0
    const server = await startOrigin(certificate, (_request, response) => {
      const isLast = ++asked === 2
      response.writeHead(isLast ? 200 : 401, { 'WWW-Authenticate': 'Negotiate' })
      if (asked !== endlessAt) return void response.end()
      const pour = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length
      }
      response.on('drain', pour)
      pour()
    })
    t.after(() => server.close())
    const { client } = testHttpClient({ ca: certificate.ca })
    t.after(() => client.close())
    const request = { method: 'POST', purpose: 'sign-in', url: new URL('/wia', server.origin), body: '' } as const
    await assert.rejects(client.sendNegotiated(request, new ToyNegotiator(t)), { code: 'response_too_large' })
    await server.idle()
    // A megabyte is read; the rest is what was on its way in the buffers of both sides.
    assert.ok(sent < 32 * 1_048_576, `${sent} bytes were sent`)
  }
})
