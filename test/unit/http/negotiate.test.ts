/** HTTP Negotiate against a real https server: legs, connections, channel bindings, what is remembered, and the server's proof. */
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { HttpRequest } from '#lib/http/http-client.js'
import { legsOf } from '#lib/http/negotiate/legs.js'
import { testHttpClient } from '../../support/http.js'
import { negotiatingServer, type Script, ToyNegotiator } from '../../support/negotiate.js'
import { startOrigin } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'

const certificate = await makeCertificate('localhost')

async function setUp(t: TestContext, script?: Script) {
  const { seen, listener } = negotiatingServer(certificate.cert, script)
  const server = await startOrigin(certificate, listener)
  const { client, log, sleeps } = testHttpClient({ ca: certificate.ca })
  t.after(async () => {
    await client.close()
    await server.close()
  })
  const send = (negotiator: ToyNegotiator, request: Partial<HttpRequest> & { path?: string } = {}) => {
    const url = new URL(request.path ?? '/adfs/windowstransport', server.origin)
    return client.sendNegotiated({ method: 'POST', purpose: 'sign-in', url, body: '<rst/>', ...request }, negotiator)
  }
  return { client, send, server, seen, log, sleeps }
}

test('Kerberos takes two requests, and one once the endpoint is known, each conversation on a connection of its own', async t => {
  const { send, server, seen } = await setUp(t)
  const negotiator = new ToyNegotiator(t)
  const first = await send(negotiator)
  assert.deepEqual([first.status, first.body, first.mutual], [200, 'welcome', true])
  assert.deepEqual(
    first.legs.map(({ sentBytes, ...leg }) => ({ ...leg, sent: sentBytes > 0 })),
    [
      { status: 401, offered: ['Negotiate', 'NTLM'], mechanism: '', sent: false },
      { status: 200, offered: ['Negotiate'], mechanism: 'kerberos', sent: true },
    ],
  )
  assert.deepEqual([seen.length, server.connections()], [2, 1])
  const second = await send(negotiator)
  assert.deepEqual([second.status, second.mutual, second.legs.length], [200, true, 1])
  assert.deepEqual([seen.length, server.connections()], [3, 2])
  assert.ok(seen.every(({ method, body }) => method === 'POST' && body === '<rst/>'))
  // Another path, and another client, know nothing of it.
  await send(negotiator, { path: '/adfs/other' })
  assert.equal(seen.length, 5)
  assert.equal((await send(negotiator, { path: '/adfs/windowstransport?x=1' })).legs.length, 1)
})

test('NTLM takes three requests, then two, all of one conversation on the same socket', async t => {
  const { send, server, seen } = await setUp(t)
  const negotiator = new ToyNegotiator(t, { mechanism: 'ntlm' })
  const { status, mutual, legs } = await send(negotiator)
  assert.deepEqual([status, mutual, legs.map(leg => leg.status)], [200, false, [401, 401, 200]])
  assert.deepEqual(
    legs.map(leg => leg.mechanism),
    ['', 'ntlm', 'ntlm'],
  )
  assert.equal(server.connections(), 1)
  assert.equal((await send(negotiator)).legs.length, 2)
  assert.deepEqual(
    seen.map(({ connection }) => connection),
    [1, 1, 1, 2, 2],
  )
})

test('the connection is bound by its own certificate, and the server sees a difference', async t => {
  const { send, server } = await setUp(t)
  const negotiator = new ToyNegotiator(t)
  await send(negotiator)
  const digest = createHash('sha256').update(new X509Certificate(certificate.cert).raw).digest().toString('latin1')
  assert.deepEqual(negotiator.bindings, [`tls-server-end-point:${digest}`])
  for (const bindings of [new Uint8Array(), Buffer.from('tls-server-end-point:of another certificate')]) {
    for (const mechanism of ['kerberos', 'ntlm'] as const) {
      const other = await setUp(t)
      const { status } = await other.send(new ToyNegotiator(t, { bindings, mechanism }))
      assert.equal(status, 401)
    }
  }
  await server.idle()
})

test('asks nothing of the negotiator unless Negotiate is offered', async t => {
  const answer = (status: number, headers: OutgoingHttpHeaders = {}): Script => {
    return (_n, _verdict, response) => {
      response.writeHead(status, headers).end('free')
      return 'answered'
    }
  }
  const answers = [
    answer(200),
    answer(401),
    answer(401, { 'WWW-Authenticate': ['NTLM', 'Basic realm="Negotiate"'] }),
    answer(302, { Location: 'https://127.0.0.1:1/' }),
    answer(503),
    answer(407, { 'WWW-Authenticate': 'Negotiate' }),
  ]
  const got = []
  for (const script of answers) {
    const { send, seen, sleeps } = await setUp(t, script)
    const negotiator = new ToyNegotiator(t)
    const { status, legs, mutual } = await send(negotiator, { retryOn5xx: true })
    got.push([status, legs[0]?.offered, mutual])
    assert.deepEqual([negotiator.opened, seen.length, sleeps], [0, 1, []])
  }
  assert.deepEqual(got, [
    [200, [], false],
    [401, [], false],
    [401, ['NTLM', 'Basic'], false],
    [302, [], false],
    [503, [], false],
    [407, ['Negotiate'], false],
  ])
})

test('reads one header with several schemes, whatever their letter case', async t => {
  const { send } = await setUp(t, (n, verdict, response) => {
    if (n === 1) response.setHeader('WWW-Authenticate', 'Basic realm="a, Negotiate", NTLM, negotiate')
    return verdict
  })
  const { status, legs } = await send(new ToyNegotiator(t))
  assert.deepEqual([status, legs[0]?.offered], [200, ['Basic', 'NTLM', 'Negotiate']])
})

test("a server's proof is checked with every last answer, and one without a proof is accepted as such", async t => {
  const swap = (token: Buffer | undefined, status = 200): Script => {
    return (_n, verdict, response) => {
      if (!verdict?.accepted) return verdict
      const headers = token === undefined ? {} : { 'WWW-Authenticate': `Negotiate ${token.toString('base64')}` }
      response.writeHead(status, headers).end('<fault/>')
      return 'answered'
    }
  }
  const silent = await setUp(t, swap(undefined))
  const { status, mutual } = await silent.send(new ToyNegotiator(t))
  assert.deepEqual([status, mutual], [200, false])

  for (const statusOfFault of [200, 302, 500]) {
    const { send, seen, server, log } = await setUp(t, swap(Buffer.from('I am whom you want'), statusOfFault))
    for (const attempts of [2, 4]) {
      const error = await send(new ToyNegotiator(t)).catch(reason => reason)
      assert.equal(error.code, 'integrated_windows_authentication_failed')
      assert.equal(error.message, `The sign-in failed: localhost:${server.port} could not prove who it is.`)
      assert.equal(error.cause.message, 'the proof of the server is wrong')
      assert.deepEqual(
        legsOf(error).map(leg => leg.status),
        [401, statusOfFault],
      )
      // Nothing is remembered of such a server.
      assert.equal(seen.length, attempts)
    }
    assert.match(log.at(-1) ?? '', /failed \(integrated_windows_authentication_failed\)/)
  }

  let isHonest = true
  const turned = await setUp(t, (_n, verdict) =>
    isHonest || !verdict ? verdict : { accepted: true, token: Buffer.from('I am whom you want') },
  )
  await turned.send(new ToyNegotiator(t))
  isHonest = false
  await assert.rejects(turned.send(new ToyNegotiator(t)), { code: 'integrated_windows_authentication_failed' })
  isHonest = true
  // Neither of a server that was well known.
  assert.equal((await turned.send(new ToyNegotiator(t))).legs.length, 2)

  const halfway = await setUp(t, n => ({ accepted: n > 1, token: Buffer.from('more') }))
  const unfinished = await halfway.send(new ToyNegotiator(t, { endless: true })).catch(reason => reason)
  assert.match(unfinished.message, /did not finish proving who it is/)

  // What is no token is no proof; what is one but no base64 is a wrong one.
  const odd = (text: string): Script => {
    return (_n, verdict, response) => {
      if (!verdict?.accepted) return verdict
      response.writeHead(200, { 'WWW-Authenticate': `Negotiate ${text}` }).end()
      return 'answered'
    }
  }
  const none = await setUp(t, odd('not*base64'))
  assert.equal((await none.send(new ToyNegotiator(t))).mutual, false)
  const wrong = await setUp(t, odd('notbase64'))
  await assert.rejects(wrong.send(new ToyNegotiator(t)), { code: 'integrated_windows_authentication_failed' })
})

test('a token that was sent unasked and is refused is forgotten, and one ordinary round is made', async t => {
  let refuses = 0
  const { send, seen } = await setUp(t, (_n, verdict) => (verdict && refuses-- > 0 ? undefined : verdict))
  const negotiator = new ToyNegotiator(t)
  await send(negotiator)
  refuses = 1
  const { status, legs } = await send(negotiator)
  assert.deepEqual([status, legs.map(leg => leg.status)], [200, [401, 200]])
  assert.equal(negotiator.opened, 3)
  refuses = 9
  assert.equal((await send(negotiator)).status, 401)
  refuses = 0
  assert.equal((await send(negotiator)).legs[0]?.sentBytes, 0)
  assert.equal(seen.length, 2 + 2 + 2 + 2)
})

test('a password that is wrong is tried once, at a known endpoint too', async t => {
  const { send, seen } = await setUp(t)
  await send(new ToyNegotiator(t, { mechanism: 'ntlm' }))
  seen.length = 0
  const wrong = new ToyNegotiator(t, { mechanism: 'ntlm', bindings: Buffer.from('wrong') })
  const { status, legs } = await send(wrong)
  assert.deepEqual([status, legs.length, wrong.opened], [401, 2, 1])
  assert.equal((await send(wrong)).legs.length, 3)
})

test('a server that is never content ends the exchange', async t => {
  const refusing = await setUp(t, () => undefined)
  const { status, legs } = await refusing.send(new ToyNegotiator(t))
  assert.deepEqual([status, legs.length], [401, 2])

  const talking = await setUp(t, () => ({ accepted: false, token: Buffer.from('more') }))
  const { legs: talk } = await talking.send(new ToyNegotiator(t, { mechanism: 'ntlm' }))
  assert.deepEqual(
    talk.map(leg => leg.status),
    [401, 401, 401],
  )

  const { send, seen, server } = await setUp(t, n => ({ accepted: false, token: Buffer.from(`more ${n}`) }))
  const error = await send(new ToyNegotiator(t, { endless: true })).catch(reason => reason)
  assert.equal(error.code, 'integrated_windows_authentication_failed')
  assert.equal(error.message, `The sign-in failed: localhost:${server.port} asked for more after 6 requests.`)
  assert.deepEqual([seen.length, legsOf(error).length], [6, 6])
})

test('refuses http before anything is opened', async t => {
  const { send, seen, server } = await setUp(t)
  const url = new URL(server.origin.replace('https', 'http'))
  await assert.rejects(send(new ToyNegotiator(t), { url }), { code: 'invalid_authority' })
  assert.equal(seen.length, 0)
})

test('follows no redirect, and sends its token to nobody else', async t => {
  const elsewhere = await setUp(t)
  const { send } = await setUp(t, (_n, verdict, response) => {
    if (!verdict?.accepted) return verdict
    response.writeHead(307, { Location: `${elsewhere.server.origin}/` }).end()
    return 'answered'
  })
  const { status, headers } = await send(new ToyNegotiator(t))
  assert.deepEqual([status, headers.location], [307, `${elsewhere.server.origin}/`])
  assert.equal(elsewhere.seen.length, 0)
})

test('says of each leg what was offered and sent, and never a token', async t => {
  const { send, seen, server, log } = await setUp(t)
  await send(new ToyNegotiator(t))
  const port = server.port
  assert.equal(log[0], `verbose: sign-in: localhost:${port}, leg 1: sent no token, got 401, offering Negotiate, NTLM`)
  assert.match(log[1] ?? '', /leg 2: sent 55 bytes of kerberos, got 200, offering Negotiate$/)
  assert.match(log[2] ?? '', /^verbose: sign-in: POST localhost:\d+ answered 200 after \d+ ms$/)
  const token = seen[1]?.authorization?.split(' ')[1] ?? assert.fail('no token was sent')
  assert.ok(log.every(line => !line.includes(token.slice(0, 20))))
})
