/** One GET with a token: whom the token reaches, where redirects may lead, and what bounds the answer. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type ApiCall, callApi } from '#lib/http/call.js'
import { startOrigin, startProxy } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'

const certificate = await makeCertificate('localhost')
const TOKEN = 'the-access-token'

/** An API that keeps what it was asked: `GET path authorization`. */
async function startApi(t: TestContext, handler: RequestListener) {
  const asked: string[] = []
  const server = await startOrigin(certificate, (request, response) => {
    asked.push(told(request))
    handler(request, response)
  })
  t.after(() => server.close())
  return { ...server, asked }
}

function told({ method, url, headers }: IncomingMessage): string {
  return `${method} ${url} ${headers.authorization ?? 'nothing'}`
}

function get(url: string, further: Partial<ApiCall> = {}) {
  return callApi({
    url: new URL(url),
    accessToken: TOKEN,
    ca: certificate.ca,
    signal: new AbortController().signal,
    env: {},
    logger: { log() {} },
    ...further,
  })
}

test('sends the token, and hands over any answer byte for byte', async t => {
  const bytes = Buffer.from([0xff, 0xfe, 0, 10, 13])
  const api = await startApi(t, (_, response) => {
    response.writeHead(404, { 'content-encoding': 'gzip', 'x-a': 'b' }).end(gzipSync(bytes))
  })
  const answer = await get(`${api.origin}/photo?size=1#part`)
  assert.deepEqual(api.asked, [`GET /photo?size=1 Bearer ${TOKEN}`])
  assert.equal(answer.status, 404)
  assert.equal(answer.headers['x-a'], 'b')
  assert.deepEqual(Buffer.from(answer.bytes), bytes)
})

test('keeps the token on a redirect within the origin', async t => {
  const api = await startApi(t, ({ url }, response) => {
    if (url === '/a') response.writeHead(302, { location: '/b' })
    response.end('at the end')
  })
  await get(`${api.origin}/a`)
  assert.deepEqual(api.asked, [`GET /a Bearer ${TOKEN}`, `GET /b Bearer ${TOKEN}`])
})

test('another origin gets no token, nor does the first one when it sends the call back', async t => {
  const other = await startApi(t, (_, response) => response.writeHead(307, { location: `${api.origin}/back` }).end())
  const api = await startApi(t, ({ url }, response) => {
    if (url === '/') response.writeHead(302, { location: `${other.origin}/away` })
    response.end()
  })
  await get(api.origin)
  assert.deepEqual(other.asked, ['GET /away nothing'])
  assert.deepEqual(api.asked, [`GET / Bearer ${TOKEN}`, 'GET /back nothing'])
})

test('follows no redirect to http, to what is no URL, or for ever', async t => {
  const reached: string[] = []
  const plain = createServer((request, response) => {
    reached.push(told(request))
    response.end()
  }).listen(0, '127.0.0.1')
  await once(plain, 'listening')
  t.after(() => plain.close())
  const places: Record<string, string> = {
    '/http': `http://127.0.0.1:${(plain.address() as AddressInfo).port}/`,
    '/nonsense': 'https://[',
    '/file': 'file:///etc/passwd',
    '/loop': '/loop',
  }
  const api = await startApi(t, ({ url }, response) => response.writeHead(302, { location: places[`${url}`] }).end())
  const fails = (path: string, message: RegExp) =>
    assert.rejects(get(api.origin + path), { name: 'ClientError', code: 'network_error', message })
  await fails('/http', /redirects to http:\/\/127\.0\.0\.1:\d+, which is not https/)
  await fails('/file', /which is not https/)
  await fails('/nonsense', /not a URL/)
  await fails('/loop', /redirects more than 5 times/)
  assert.deepEqual(reached, [])
  assert.equal(api.asked.length, 3 + 6)
})

test('http is for this machine only, past any proxy, and a redirect does not lead from it to another http', async t => {
  const proxy = await startProxy()
  const server = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://127.0.0.2:1/' })
    response.end(told(request))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => Promise.all([proxy.close(), server.close()]))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { HTTP_PROXY: proxy.origin, HTTPS_PROXY: proxy.origin }
  const answer = await get(origin, { env })
  assert.equal(Buffer.from(answer.bytes).toString(), `GET / Bearer ${TOKEN}`)
  assert.deepEqual(proxy.targets, [])
  await assert.rejects(get(`${origin}/away`), { code: 'network_error' })
  for (const url of [
    'http://example.invalid/',
    'http://10.0.0.1/',
    'http://localhost.evil.invalid/',
    'ftp://localhost/',
  ]) {
    await assert.rejects(get(url), { code: 'invalid_request', message: /neither an https URL nor on this machine/ })
  }
})

test('goes through the proxy of the environment', async t => {
  const proxy = await startProxy()
  t.after(() => proxy.close())
  const api = await startApi(t, (_, response) => response.end())
  await get(api.origin, { env: { HTTPS_PROXY: proxy.origin } })
  assert.deepEqual(proxy.targets, [`localhost:${api.port}`])
})

test('refuses a user name or password in the URL, without repeating it', async () => {
  await assert.rejects(
    get('https://user:hunter2@localhost/'),
    ({ code, message }: { code: string; message: string }) => {
      assert.equal(code, 'invalid_request')
      assert.doesNotMatch(message, /hunter2/)
      return true
    },
  )
})

test('bounds the size and the time, and stops when told to', async t => {
  const api = await startApi(t, ({ url }, response) => {
    if (url === '/big') response.end(Buffer.alloc(2_000))
    else response.write('and then nothing')
  })
  await assert.rejects(get(`${api.origin}/big`, { maxBytes: 1_000 }), { code: 'response_too_large' })
  await assert.rejects(get(api.origin, { timeoutSeconds: 0.3 }), { code: 'request_timeout' })
  const reason = new Error('enough')
  const stop = new AbortController()
  setTimeout(() => stop.abort(reason), 100)
  await assert.rejects(get(api.origin, { signal: stop.signal }), error => error === reason)
  await api.idle()
})

test('an untrusted certificate gets no token', async t => {
  const api = await startApi(t, (_, response) => response.end())
  await assert.rejects(get(api.origin, { ca: undefined }), { code: 'tls_error' })
  assert.deepEqual(api.asked, [])
})
