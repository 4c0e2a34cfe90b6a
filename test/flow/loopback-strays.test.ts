/** What the loopback listener refuses, one by one and by the thousand, while it goes on waiting for the answer. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { formPost, STATE, startLoopback, type Visit } from '../support/loopback.js'

const ANSWER = `/auth?code=1&state=${STATE}`

test('refuses what is not the answer with a short 404, and waits on', async t => {
  const { visit, answer, port } = await startLoopback(t)
  const good = { code: '1', state: STATE }
  const form = (headers: Record<string, string>): Visit => {
    const post = formPost(good)
    return { ...post, headers: { ...post.headers, ...headers } }
  }
  const strays: Record<string, Visit> = {
    'no parameters': {},
    'a favicon': { path: '/favicon.ico', headers: { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' } },
    'another path': { path: `/other?code=1&state=${STATE}` },
    'a longer path': { path: `/auth/?code=1&state=${STATE}` },
    'the path in other case': { path: `/AUTH?code=1&state=${STATE}` },
    'an absolute target': { path: `http://localhost:${port}${ANSWER}` },
    HEAD: { method: 'HEAD', path: ANSWER },
    PUT: { ...formPost(good), method: 'PUT' },
    OPTIONS: { method: 'OPTIONS', path: ANSWER },
    'a form post with its answer in the query': { ...formPost(''), path: ANSWER },
    'another state': { path: '/auth?code=1&state=of-another-sign-in' },
    'a state in other case': { path: `/auth?code=1&state=${STATE.toUpperCase()}` },
    'a state that only begins right': { path: `/auth?code=1&state=${STATE}x` },
    'an empty state': { path: '/auth?code=1&state=' },
    'an error without a state': { path: '/auth?error=access_denied&error_description=x' },
    'an error with another state': { path: '/auth?error=access_denied&state=x' },
    'the state twice': { path: `${ANSWER}&state=${STATE}` },
    'the code twice': formPost(`code=1&code=2&state=${STATE}`),
    'a foreign host': { path: ANSWER, host: `evil.test:${port}` },
    'the host without the port': { path: ANSWER, host: 'localhost' },
    'another port': { path: ANSWER, host: `localhost:${port + 1}` },
    'the address in place of the name': { path: ANSWER, host: `127.0.0.1:${port}` },
    'a fetch': { path: ANSWER, headers: { 'Sec-Fetch-Mode': 'cors' } },
    'an image': { path: ANSWER, headers: { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' } },
    'a frame': { path: ANSWER, headers: { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' } },
    'a JSON post': form({ 'Content-Type': 'application/json' }),
    'a text post': form({ 'Content-Type': 'text/plain' }),
    'a multipart post': form({ 'Content-Type': 'multipart/form-data; boundary=x' }),
    'a form beyond 64 KiB': formPost(`code=${'x'.repeat(65_536)}&state=${STATE}`),
    'the page before there is one': { path: '/signed-in' },
  }
  for (const [name, stray] of Object.entries(strays)) {
    const { status, headers, body } = await visit(stray)
    assert.deepEqual([status, headers.connection], [404, 'close'], name)
    assert.ok(body.length < 100, name)
  }
  const browser = visit({
    ...form({ 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8', Cookie: `x=${'y'.repeat(40_000)}` }),
    host: `LOCALHOST:${port}`,
  })
  ;(await answer).respond({ outcome: 'success' })
  assert.equal((await browser).status, 303)
})

test('the answer of a browser that says how it came is taken', async t => {
  const { visit, answer } = await startLoopback(t)
  const headers = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'cross-site' }
  const post = formPost({ code: '1', state: STATE })
  const browser = visit({ ...post, headers: { ...post.headers, ...headers } })
  ;(await answer).respond({ outcome: 'success' })
  assert.equal((await browser).status, 303)
})

test('a thousand hostile connections neither end nor slow the sign-in', { timeout: 60_000 }, async t => {
  const warnings: unknown[] = []
  const note = (warning: unknown) => warnings.push(warning)
  process.on('warning', note)
  t.after(() => process.off('warning', note))
  const { visit, answer, listener, port } = await startLoopback(t)

  const head = `Host: localhost:${port}\r\n`
  const attacks = [
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\xff\x00 garbage \r\n\r\n',
    `GET ${ANSWER} HTTP/1.1\r\nHost: evil.test\r\n\r\n`,
    `GET /favicon.ico HTTP/1.1\r\n${head}\r\n`,
    `GET ${ANSWER} HTTP/1.1\r\n${head}X-Slow: `,
    `GET ${ANSWER} HTTP/1.1\r\n${head}X-Long: ${'x'.repeat(100_000)}\r\n\r\n`,
    `POST /auth HTTP/1.1\r\n${head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ncode=1&`,
    `POST /auth HTTP/1.1\r\n${head}Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n${'10000\r\n'}`,
    `GET /auth?error=access_denied&state=guess HTTP/1.1\r\n${head}\r\n`,
    'GET / HTTP/1.1\r\n\r\n',
    '',
  ]
  const sockets: Socket[] = []
  t.after(() => sockets.forEach(socket => void socket.destroy()))
  const attack = (i: number) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {}).resume()
    socket.write(attacks[i % attacks.length] ?? '', 'latin1')
    sockets.push(socket)
  }
  for (let i = 0; i < 1000; i++) attack(i)
  // The last to connect is served as soon as the listener has been through the others.
  await once(sockets.at(-2) as Socket, 'close')

  const timeOf = async (work: Promise<unknown>) => {
    const startedAt = performance.now()
    await work
    return performance.now() - startedAt
  }
  // Half of the attackers still hold their connections; and now as many again come in the middle of the sign-in.
  const browser = visit({ ...formPost({ code: 'real', state: STATE }) })
  for (let i = 0; i < 1000; i++) attack(i)
  const taken = await timeOf(answer)
  const { params, respond } = await answer
  assert.equal(params.get('code'), 'real')
  respond({ outcome: 'success' })
  const path = String((await browser).headers.location)
  assert.match(path, /^\/signed-in\//)
  const shown = await timeOf(visit({ path }))
  t.diagnostic(`answer after ${Math.round(taken)} ms, page after ${Math.round(shown)} ms, among 2 000 connections`)
  assert.ok(taken < 10_000 && shown < 10_000)
  await listener.close()
  assert.deepEqual(warnings, [])
})

test('when connections are too many, the oldest has to go and never the browser', async t => {
  const { visit, answer, port } = await startLoopback(t)
  const idle: Array<{ socket: Socket; closed: Promise<unknown> }> = []
  t.after(() => idle.forEach(({ socket }) => void socket.destroy()))
  const crowd = () => {
    for (let i = 0; i < 1050; i++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      idle.push({ socket, closed: once(socket.resume(), 'close') })
    }
  }
  crowd()
  await idle[0]?.closed
  const browser = visit(formPost({ code: '1', state: STATE }))
  const { respond } = await answer
  crowd()
  // One that came after the browser has had to go.
  await idle[1060]?.closed
  respond({ outcome: 'success' })
  const { status, headers } = await browser
  assert.equal(status, 303)
  assert.equal((await visit({ path: String(headers.location) })).status, 200)
})

test('a connection that sends nothing, or never comes to its end, is closed after some seconds', {
  timeout: 25_000,
}, async t => {
  const { port } = await startLoopback(t)
  await Promise.all(
    ['', `GET ${ANSWER} HTTP/1.1\r\n`].map(async text => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {}).resume()
      socket.write(text)
      const drip = setInterval(() => socket.writable && text !== '' && socket.write('X-Slow: 1\r\n'), 500)
      await once(socket, 'close')
      clearInterval(drip)
    }),
  )
})
