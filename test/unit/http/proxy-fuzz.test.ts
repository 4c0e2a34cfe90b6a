/** Refusals of a proxy at random: a body is read over to its last byte and no further, however it is cut, and any exchange ends. */
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { ClientError } from '#lib/errors.js'
import { readRefusal } from '#lib/http/refusal-body.js'
import { type ProxyAnswer, startAskingProxy } from '../../support/asking-proxy.js'
import { testHttpClient } from '../../support/http.js'
import { ToyNegotiator, toyAcceptor } from '../../support/negotiate.js'
import { startOrigin } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'

interface Body {
  readonly bytes: string
  readonly headers: Record<string, string>
}

const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', ' ', ';'), maxLength: 40 })
const word = fc.string({ unit: fc.constantFrom('a', ';', '=', ' '), maxLength: 5 })
const chunk = fc
  .tuple(
    text.filter(part => part !== ''),
    word,
    fc.nat({ max: 3 }),
  )
  .map(([part, extension, zeros]) => {
    return `${'0'.repeat(zeros)}${part.length.toString(16)}${extension && `;${extension}`}\r\n${part}\r\n`
  })
const body: fc.Arbitrary<Body> = fc.oneof(
  text.map(bytes => ({ bytes, headers: { 'content-length': `${bytes.length}` } })),
  fc
    .tuple(
      fc.array(chunk, { maxLength: 4 }),
      fc.constantFrom('0', '000'),
      fc.array(fc.constant('A: b\r\n'), { maxLength: 2 }),
    )
    .map(([chunks, last, trailer]) => ({
      bytes: `${chunks.join('')}${last}\r\n${trailer.join('')}\r\n`,
      headers: { 'transfer-encoding': 'chunked' },
    })),
)
const cuts = fc.array(fc.nat({ max: 100 }), { maxLength: 6 })

/** What becomes of bytes that come cut at these places, and then end if they are to. */
async function read({ bytes, headers }: Body, at: readonly number[], ends: boolean): Promise<boolean> {
  const stream = new PassThrough()
  const [ahead = 0, ...others] = [...at].sort((a, b) => a - b)
  const whole = readRefusal(stream as unknown as Socket, Buffer.from(bytes.slice(0, ahead), 'latin1'), headers)
  let from = ahead
  for (const to of [...others, bytes.length]) {
    if (to <= from) continue
    stream.write(Buffer.from(bytes.slice(from, to), 'latin1'))
    from = to
    await new Promise(setImmediate)
  }
  if (ends) stream.end()
  return whole
}

test('a sound body is read over, however it is cut; one that breaks off, or goes on, is not', async () => {
  await fc.assert(
    fc.asyncProperty(body, cuts, async (sound, at) => {
      assert.equal(await read(sound, at, false), true)
      const { bytes, headers } = sound
      if (bytes !== '') assert.equal(await read({ bytes: bytes.slice(0, -1), headers }, at, true), false)
      // In one piece with its end, since what comes later belongs to the next answer.
      assert.equal(await read({ bytes: `${bytes}!`, headers }, [1_000], false), false)
    }),
    { numRuns: 500 },
  )
})

const certificate = await makeCertificate('localhost')
const answer: fc.Arbitrary<ProxyAnswer> = fc
  .record({
    status: fc.constantFrom(200, 407, 407, 407, 403, 100, 502),
    challenge: fc.constantFrom('Negotiate', 'Negotiate Z28gb24=', 'Negotiate !', 'NTLM', 'Basic realm="a'),
    body,
    connection: fc.constantFrom('keep-alive', 'close', 'x'),
    isTorn: fc.boolean(),
    after: fc.constantFrom('next' as const, 'close' as const),
  })
  .map(({ status, challenge, body: { bytes, headers }, connection, isTorn, after }) => {
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const head = `HTTP/1.1 ${status} x\r\nProxy-Authenticate: ${challenge}\r\nConnection: ${connection}\r\n${fields.join('')}\r\n`
    const whole = head + bytes
    return { bytes: isTorn ? whole.slice(0, -1 - (whole.length % 7)) : whole, after: isTorn ? 'close' : after }
  })

test('a proxy that answers at random gets to an end with everybody, and nothing stays open', {
  timeout: 60_000,
}, async t => {
  const server = await startOrigin(certificate, (_request, response) => response.end('reached'))
  const outcomes = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { maxLength: 2 }), async answers => {
      const proxy = await startAskingProxy(t, {
        accept: toyAcceptor(),
        answer: ({ n }, _verdict, usual) => answers[n - 1] ?? usual,
      })
      const negotiator = new ToyNegotiator(t)
      const { client, send } = testHttpClient(
        { ca: certificate.ca, proxy: { url: proxy.origin, integratedAuthentication: true } },
        {},
        () => negotiator,
      )
      // A tunnel that leads nowhere ends by this only.
      const outcome = await send(server.origin, { timeoutMs: 200 }).catch(reason => reason)
      if (outcome instanceof Error) assert.ok(outcome instanceof ClientError, String(outcome))
      const name = outcome instanceof ClientError ? outcome.code : outcome.body
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
      assert.ok(proxy.seen.length <= 6)
      await client.close()
      await proxy.idle()
    }),
    { numRuns: 80 },
  )
  await server.close()
  assert.ok(
    (outcomes.get('reached') ?? 0) > 2 && (outcomes.get('network_error') ?? 0) > 2,
    JSON.stringify([...outcomes]),
  )
})
