/** The HTTP client against a real https server: what is sent, what comes back, and the rules about retries and redirects. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { Agent } from 'undici'
import { testHttpClient } from '../../support/http.js'
import { startOrigin } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'

const certificate = await makeCertificate('localhost')

async function setUp(t: TestContext, handler: RequestListener) {
  const server = await startOrigin(certificate, handler)
  const http = testHttpClient({ ca: certificate.ca })
  t.after(async () => {
    await http.client.close()
    await server.close()
  })
  return { ...http, server }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

test('sends method, path, headers and body, and returns status, lower-case headers and text', async t => {
  const { send, server } = await setUp(t, async (request, response) => {
    const got = [request.method, request.url, request.headers['content-type'], await textOf(request)]
    response.writeHead(201, { 'X-Answer': 'ä', 'Set-Cookie': ['a=1', 'b=2'] }).end(JSON.stringify(got))
  })
  const response = await send(`${server.origin}/token?x=1`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'name=J%C3%BCrgen',
  })
  assert.equal(response.status, 201)
  assert.equal(response.headers['set-cookie'], 'a=1, b=2')
  assert.deepEqual(JSON.parse(response.body), [
    'POST',
    '/token?x=1',
    'application/x-www-form-urlencoded',
    'name=J%C3%BCrgen',
  ])
})

test('speaks HTTP/1.1 over one connection that is kept', async t => {
  const versions: string[] = []
  const { send, server } = await setUp(t, (request, response) => {
    versions.push(request.httpVersion)
    response.end('ok')
  })
  for (let i = 0; i < 3; i++) await send(server.origin)
  assert.deepEqual(versions, ['1.1', '1.1', '1.1'])
  assert.equal(server.connections(), 1)
})

test('decodes gzip, deflate and br, and drops a byte order mark', async t => {
  const encoders = { '/gzip': gzipSync, '/deflate': deflateSync, '/br': brotliCompressSync }
  const { send, server } = await setUp(t, (request, response) => {
    const path = request.url as keyof typeof encoders
    assert.match(request.headers['accept-encoding'] ?? '', new RegExp(path.slice(1)))
    response.writeHead(200, { 'Content-Encoding': path.slice(1) }).end(encoders[path]('\ufeffgrüße'))
  })
  for (const path of Object.keys(encoders)) assert.equal((await send(server.origin + path)).body, 'grüße', path)
})

test('reports an answer in an encoding that nobody asked for, or that is damaged', async t => {
  const { send, server } = await setUp(t, (request, response) => {
    response.writeHead(200, { 'Content-Encoding': request.url?.slice(1) }).end('plain text')
  })
  await assert.rejects(send(`${server.origin}/gzip`), { code: 'network_error', message: /Z_DATA_ERROR/ })
  await assert.rejects(send(`${server.origin}/zstd`), { code: 'network_error' })
})

test('returns a redirect as it is', async t => {
  const { send, server } = await setUp(t, (_request, response) => {
    response.writeHead(302, { Location: 'https://elsewhere.invalid/' }).end()
  })
  const { status, headers } = await send(server.origin)
  assert.deepEqual([status, headers.location], [302, 'https://elsewhere.invalid/'])
})

test('refuses a URL that is not https before anything is sent', async t => {
  let requests = 0
  const { send, server } = await setUp(t, () => requests++)
  await assert.rejects(send(server.origin.replace('https', 'http')), {
    name: 'ClientError',
    code: 'invalid_authority',
    message: 'The test request would go over http://, not https.',
  })
  assert.equal(requests, 0)
})

test('tries once more after a 5xx only when asked to, and only without Retry-After', async t => {
  let requests = 0
  const { send, server, sleeps } = await setUp(t, (request, response) => {
    requests += 1
    const url = new URL(request.url ?? '', 'https://x')
    const status = requests > 1 && url.pathname === '/recovers' ? 200 : Number(url.searchParams.get('status') ?? 503)
    response.writeHead(status, url.pathname === '/busy' ? { 'Retry-After': '1' } : {}).end()
  })
  const cases: Array<[path: string, retryOn5xx: boolean | undefined, status: number, requests: number]> = [
    ['/', undefined, 503, 1],
    ['/', false, 503, 1],
    ['/', true, 503, 2],
    ['/recovers', true, 200, 2],
    ['/busy', true, 503, 1],
    ['/?status=429', true, 429, 1],
    ['/?status=400', true, 400, 1],
  ]
  for (const [path, retryOn5xx, status, count] of cases) {
    requests = 0
    const response = await send(server.origin + path, retryOn5xx === undefined ? {} : { retryOn5xx })
    assert.deepEqual([response.status, requests], [status, count], `${path} ${retryOn5xx}`)
  }
  assert.deepEqual(sleeps, [1000, 1000])
})

test("uses the caller's dispatcher as it is and leaves it open", async t => {
  const { server } = await setUp(t, (_request, response) => response.end('ok'))
  const dispatcher = new Agent({ connect: { ca: certificate.ca } })
  t.after(() => dispatcher.destroy())
  // A proxy that nobody could reach: the dispatcher stands in its place.
  const own = testHttpClient({ dispatcher, proxy: 'http://127.0.0.1:1' })
  assert.equal((await own.send(server.origin)).body, 'ok')
  await own.client.close()
  assert.equal(dispatcher.closed || dispatcher.destroyed, false)
  await assert.rejects(own.send(server.origin), { code: 'app_closed' })
})

test('closing ends what is under way, and what is asked for afterwards', async t => {
  let arrived = () => {}
  const underWay = new Promise<void>(resolve => {
    arrived = resolve
  })
  const { client, send, server } = await setUp(t, () => arrived())
  const pending = assert.rejects(send(server.origin), { name: 'ClientError', code: 'app_closed' })
  await underWay
  await client.close()
  await pending
  await client.close()
  await assert.rejects(send(server.origin), { code: 'app_closed' })
})

test('closing ends a connection that is still being made', { timeout: 10_000 }, async t => {
  const silent = createServer().listen(0, '127.0.0.1')
  t.after(() => silent.close())
  await once(silent, 'listening')
  const { client, send } = testHttpClient()
  const pending = assert.rejects(send(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`), {
    code: 'app_closed',
  })
  const [socket] = await once(silent, 'connection')
  await client.close()
  await pending
  await once(socket.resume(), 'close')
})

test('logs host, status and time, and neither path, query nor body', async t => {
  const { send, server, log } = await setUp(t, (_request, response) => response.end('{"access_token":"s3cret-token"}'))
  await send(`${server.origin}/secret-path?code=s3cret-code`, { method: 'POST', body: 'password=s3cret' })
  assert.equal(log.length, 1)
  assert.match(log[0] ?? '', /^verbose: test request: POST localhost:\d+ answered 200 after \d+ ms$/)
})
