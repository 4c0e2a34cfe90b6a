/** The HTTP client when things go wrong: deadlines, limits, certificates, broken connections and cancelling. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { AuthError, ClientError } from '#lib/errors.js'
import type { HttpClientOptions } from '#lib/http/http-client.js'
import { toNetworkFailure } from '#lib/http/network-failure.js'
import { testHttpClient } from '../../support/http.js'
import { startOrigin, startProxy } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'

const certificate = await makeCertificate('localhost')
const SECRET = 's3cret'

async function setUp(t: TestContext, handler: RequestListener, options: HttpClientOptions = { ca: certificate.ca }) {
  const server = await startOrigin(certificate, handler)
  const http = testHttpClient(options)
  t.after(async () => {
    await http.client.close()
    await server.close()
  })
  const send = (request = {}) =>
    http.send(`${server.origin}/${SECRET}?code=${SECRET}`, { body: SECRET, method: 'POST', ...request })
  return { ...http, send, server }
}

/** The rejection, after making sure that nothing secret is in any form of it. */
async function failureOf(promise: Promise<unknown>): Promise<Error & { code: string }> {
  const error = await promise.then(
    () => assert.fail('resolved'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Error && 'code' in error && typeof error.code === 'string', inspect(error))
  assert.doesNotMatch(inspect(error, { depth: 8, showHidden: true }), new RegExp(SECRET))
  return error as Error & { code: string }
}

test('a server that never answers ends at the deadline', async t => {
  const { send, server, log } = await setUp(t, () => {})
  const error = await failureOf(send({ timeoutMs: 150, correlationId: 'request-id' }))
  assert.equal(error.code, 'request_timeout')
  assert.equal(error instanceof AuthError && error.correlationId, 'request-id')
  assert.equal(error.message, `The test request to localhost:${server.port} was not answered within 0.15 s.`)
  assert.match(log[0] ?? '', /failed \(request_timeout\)/)
})

test('a body that drips for ever ends at the deadline', async t => {
  const { send } = await setUp(t, (_request, response) => {
    const drip = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(drip))
  })
  assert.equal((await failureOf(send({ timeoutMs: 200 }))).code, 'request_timeout')
})

test('the timeout of the configuration is the default, and covers a host that accepts and stays silent', async t => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { port } = silent.address() as { port: number }
  const { client, send } = testHttpClient({ timeoutSeconds: 0.2 })
  t.after(() => client.close())
  assert.equal((await failureOf(send(`https://127.0.0.1:${port}/`))).code, 'request_timeout')
})

test('an answer beyond the limit is refused while it is read, as sent and as decoded', async t => {
  let written = 0
  const { send } = await setUp(t, (request, response) => {
    if (request.headers['x-bomb'] !== undefined)
      return response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000)))
    const chunk = Buffer.alloc(65_536, 'a')
    const more = () => {
      while (written < 500_000_000 && !response.destroyed && response.write(chunk)) written += chunk.length
    }
    response.on('drain', more)
    return more()
  })
  const tooLarge = await failureOf(send())
  assert.equal(tooLarge.code, 'response_too_large')
  assert.ok(written < 20_000_000, `${written} bytes were taken in`)
  assert.equal((await failureOf(send({ headers: { 'x-bomb': '1' } }))).code, 'response_too_large')
})

test('an answer of exactly the limit is not too large', async t => {
  const { send } = await setUp(t, (_request, response) => response.end('x'.repeat(1000)))
  assert.equal((await send({ maxBytes: 1000 })).body.length, 1000)
  assert.equal((await failureOf(send({ maxBytes: 999 }))).code, 'response_too_large')
})

test('endless headers are too large', async t => {
  const { send } = await setUp(t, (request, response) => {
    response.socket?.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(200_000)}\r\n`)
    request.resume()
  })
  assert.equal((await failureOf(send({ timeoutMs: 3000 }))).code, 'response_too_large')
})

test('a certificate that nobody vouches for, or for another host, is a tls_error that names the reason', async t => {
  const { send } = await setUp(t, (_request, response) => response.end(), {})
  const error = await failureOf(send())
  assert.equal(error.code, 'tls_error')
  assert.match(error.message, /its certificate is not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/)

  const foreign = await makeCertificate('other.test')
  const server = await startOrigin(foreign, (_request, response) => response.end())
  t.after(() => server.close())
  const { client, send: sendToOther } = testHttpClient({ ca: foreign.ca })
  t.after(() => client.close())
  const mismatch = await failureOf(sendToOther(server.origin))
  assert.deepEqual([mismatch.code, /ERR_TLS_CERT_ALTNAME_INVALID/.test(mismatch.message)], ['tls_error', true])
})

test('a certificate that is out of its time lets the clock of this machine be suspected first', () => {
  const request = { method: 'GET', url: new URL('https://login.test/'), purpose: 'metadata request' } as const
  for (const code of ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']) {
    const error = toNetworkFailure(Object.assign(new Error('no'), { code }), request)
    assert.equal(error.code, 'tls_error')
    assert.match(error.hint, /^Check the clock of this machine/)
  }
  const other = toNetworkFailure(Object.assign(new Error('no'), { code: 'CERT_UNTRUSTED' }), request)
  assert.equal(other.hint, new ClientError('tls_error').hint)
})

test('no variable of the environment makes a certificate trusted, neither of a server nor of a proxy', async t => {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  t.after(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  })
  const { send } = await setUp(t, (_request, response) => response.end(), {})
  assert.equal((await failureOf(send())).code, 'tls_error')
  const proxy = await startProxy({ certificate })
  t.after(() => proxy.close())
  const { send: sendByProxy } = await setUp(t, (_request, response) => response.end(), { proxy: proxy.origin })
  assert.match((await failureOf(sendByProxy())).message, /proxy.*UNABLE_TO_VERIFY_LEAF_SIGNATURE/)
  assert.deepEqual(proxy.targets, [])
})

test('a refused, reset or garbled connection is a network_error, without the bytes that were garbled', async t => {
  const { send } = await setUp(t, (request, response) => {
    if (request.headers['x-garbage'] === undefined) response.socket?.destroy()
    else response.socket?.end(`HTTP/1.1 200 OK\r\nBad Header ${SECRET}: \u0000\r\n\r\n{"access_token":"${SECRET}"}`)
  })
  assert.equal((await failureOf(send())).code, 'network_error')
  assert.equal((await failureOf(send({ headers: { 'x-garbage': '1' } }))).code, 'network_error')
  const { client, send: sendNowhere } = testHttpClient()
  t.after(() => client.close())
  const refused = await failureOf(sendNowhere('https://127.0.0.1:1/'))
  assert.equal(refused.message, 'The test request to 127.0.0.1:1 failed: ECONNREFUSED.')
})

test('a signal rejects with its own reason: before, while connecting, before the headers, in the body', {
  timeout: 10_000,
}, async t => {
  const reason = new Error('changed my mind')
  const rejectsWithReason = (promise: Promise<unknown>) => assert.rejects(promise, error => error === reason)
  const { send, client, server } = await setUp(t, (request, response) => {
    if (request.headers['x-at'] === 'body') response.write('half')
  })
  await rejectsWithReason(send({ signal: AbortSignal.abort(reason) }))
  for (const at of ['headers', 'body']) {
    const controller = new AbortController()
    const pending = rejectsWithReason(send({ signal: controller.signal, headers: { 'x-at': at } }))
    setTimeout(() => controller.abort(reason), 100)
    await pending
  }
  const silent = createServer().listen(0, '127.0.0.1')
  t.after(() => silent.close())
  await once(silent, 'listening')
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), 50)
  const { port } = silent.address() as { port: number }
  const url = new URL(`https://127.0.0.1:${port}`)
  await rejectsWithReason(client.send({ method: 'GET', purpose: 'test', url, signal: controller.signal }))
  assert.ok(server.connections() >= 2)
})

test('a configuration that cannot work says what is wrong with it', async t => {
  for (const ca of ['/etc/ssl/ca.pem', Buffer.from([48, 130, 1]), [certificate.ca, 'nothing']])
    assert.throws(() => testHttpClient({ ca }), { code: 'invalid_configuration', hint: /contents of the PEM file/ })
  for (const timeoutSeconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => testHttpClient({ timeoutSeconds }), {
      code: 'invalid_configuration',
      message: /timeoutSeconds/,
    })
  const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'
  const { send, client } = testHttpClient({ ca: [certificate.ca, damaged] })
  t.after(() => client.close())
  const error = await failureOf(send('https://localhost:1/'))
  assert.equal(error.code, 'invalid_configuration')
  assert.equal(error.message, 'Certificate 2 of http.ca cannot be parsed.')
})
