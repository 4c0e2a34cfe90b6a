/** Raw bytes of any kind at the loopback address: none ends the wait, none is answered with more than a refusal, and the sign-in still works. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { formPost, STATE, startLoopback } from '../support/loopback.js'
import { soak } from '../support/machine.js'
import { RUNS, SECRET } from './support.js'

type Way = 'wait' | 'end' | 'reset'

const PIECES = [
  ...[
    'GET /auth HTTP/1.1',
    'POST /auth HTTP/1.1',
    'GET /auth?code=a&state=b HTTP/1.1',
    'TRACE / HTTP/1.1',
    'CONNECT a:1 HTTP/1.1',
  ],
  ...['PRI * HTTP/2.0\r\n\r\nSM', 'GET http://evil/?code=a HTTP/1.1', 'GET /%ff%00%2e%2e?%state=% HTTP/1.1'],
  ...['Host: localhost', 'Host: evil.example', 'Host: [::1', 'Host:', 'Origin: null', 'Sec-Fetch-Mode: cors'],
  ...[
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 1e9',
  ],
  ...['Transfer-Encoding: chunked', 'Expect: 100-continue', 'Upgrade: websocket', 'Connection: upgrade', ' folded: 1'],
  ...['\r\n\r\n', '\r\n', '\n', '\0', 'FFFFFFFF\r\n', '0\r\n\r\n', 'code=a&state=b', '%', '&=&=&', '\u001b[2J'],
  ...['x'.repeat(70_000), 'a=b&'.repeat(30_000), 'X: y\r\n'.repeat(3_000)],
]

const HEADERS = [
  'Content-Type: application/x-www-form-urlencoded',
  'Content-Type: text/plain',
  'Content-Length: 5',
  'Content-Length: 100',
  'Transfer-Encoding: chunked',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Dest: document',
  'Origin: null',
  'Cookie: a=b',
]
const LINES = ['GET', 'POST', 'POST', 'HEAD'].flatMap(method =>
  ['/auth', '/auth?code=a&state=b', '/%ff%00?%', '/auth/..', '*'].map(target => `${method} ${target} HTTP/1.1`),
)

const pieces = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 20 })), {
  minLength: 1,
  maxLength: 8,
})

/** Bytes of any kind, and requests that have the right host, so that more than their host is looked at. */
const requestTo = (host: string): fc.Arbitrary<Buffer> =>
  fc
    .oneof(
      fc.tuple(pieces, fc.constantFrom('\r\n', '')).map(([all, join]) => all.join(join)),
      fc
        .tuple(fc.constantFrom(...LINES), fc.subarray(HEADERS), fc.option(pieces))
        .map(([line, headers, body]) => [line, `Host: ${host}`, ...headers, '', body?.join('') ?? ''].join('\r\n')),
    )
    .map(text => Buffer.from(text, 'latin1'))

/** Sends the bytes and what a browser never does: nothing more, the end at once, or the end of the connection. */
async function send(port: number, bytes: Buffer, way: Way): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  const closed = new Promise(resolve => socket.on('close', resolve))
  socket.on('data', chunk => chunks.push(chunk)).on('error', () => {})
  socket.write(bytes, () => {
    if (way === 'reset') socket.resetAndDestroy()
  })
  if (way === 'end') socket.end()
  // What is not answered waits for the rest of it, which never comes.
  const timer = setTimeout(() => socket.destroy(), 30)
  await closed
  clearTimeout(timer)
  return Buffer.concat(chunks).toString('latin1')
}

test('whatever comes, the answer with the state is still taken', { timeout: 120_000 }, async t => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  t.after(() => process.off('unhandledRejection', note))
  const { answer, visit, port, log } = await startLoopback(t)
  let settled = false
  void answer.then(() => {
    settled = true
  })
  const before = process.memoryUsage().rss
  await fc.assert(
    fc.asyncProperty(
      requestTo(`localhost:${port}`),
      fc.constantFrom<Way[]>('wait', 'end', 'reset'),
      async (bytes, way) => {
        const reply = await send(port, bytes, way)
        assert.ok(!settled, 'the wait went on')
        // Refused, whatever it is: there is no good answer without the state.
        for (const [, status] of reply.matchAll(/^HTTP\/1\.1 (\d+)/gm))
          assert.match(String(status), /^(100|4\d\d|5\d\d)$/)
        assert.ok(!reply.includes(STATE))
      },
    ),
    { ...RUNS, numRuns: soak(3_000) },
  )
  assert.ok(process.memoryUsage().rss - before < 300 * 1_048_576, 'memory is bounded')
  const reply = visit(formPost({ code: SECRET, state: STATE }))
  const { params, respond } = await answer
  assert.equal(params.get('code'), SECRET)
  respond({ outcome: 'success' })
  assert.equal((await reply).status, 303)
  assert.deepEqual(unhandled, [])
  const broken = log.filter(line => line.includes('could not be answered'))
  assert.deepEqual(broken, [], 'each was answered, or ended by whoever sent it')
  assert.ok(!log.join('\n').includes(SECRET))
})
