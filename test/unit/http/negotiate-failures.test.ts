/** HTTP Negotiate when things go wrong: connections that are lost, time limits, cancelling, closing, limits, proxies, certificates. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import type { HttpClientOptions, HttpRequest } from '#lib/http/http-client.js'
import { addLegs, legsOf } from '#lib/http/negotiate/legs.js'
import { testHttpClient } from '../../support/http.js'
import { negotiatingServer, pause, type Script, ToyNegotiator } from '../../support/negotiate.js'
import { startOrigin, startProxy } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'

const certificate = await makeCertificate('localhost', 'sts.contoso.test')

async function setUp(t: TestContext, script?: Script, options: HttpClientOptions = { ca: certificate.ca }) {
  const { seen, listener } = negotiatingServer(certificate.cert, script)
  const server = await startOrigin(certificate, listener)
  const { client, log } = testHttpClient(options)
  t.after(async () => {
    await client.close()
    await server.close()
  })
  const send = (negotiator: ToyNegotiator, request: Partial<HttpRequest> = {}) =>
    client.sendNegotiated(
      { method: 'POST', purpose: 'sign-in', url: new URL('/wia', server.origin), body: '<rst/>', ...request },
      negotiator,
    )
  /** The rejection, after making sure that no token is in any form of it. */
  const failure = async (negotiator: ToyNegotiator, request: Partial<HttpRequest> = {}) => {
    const error = await send(negotiator, request).then(
      () => assert.fail('resolved'),
      reason => reason,
    )
    const text = inspect(error, { depth: 8, showHidden: true }) + log.join('\n')
    for (const { authorization } of seen)
      if (authorization) assert.ok(!text.includes(authorization.slice(10, 34)), `a token is in ${text}`)
    return error
  }
  return { client, send, failure, server, seen, log }
}

const statuses = (error: unknown) => legsOf(error).map(leg => leg.status)
const closing = (response: ServerResponse) => response.setHeader('Connection', 'close')

test('a server that closes after its first 401 gets the token on a new connection, bound to that one', async t => {
  for (const mechanism of ['kerberos', 'ntlm'] as const) {
    const { send, server } = await setUp(t, (n, verdict, response) => {
      if (n === 1) closing(response)
      return verdict
    })
    const negotiator = new ToyNegotiator(t, { mechanism })
    const { status, legs } = await send(negotiator)
    assert.deepEqual([status, legs.length], [200, mechanism === 'kerberos' ? 2 : 3])
    assert.deepEqual([server.connections(), negotiator.opened], [2, 1])
  }
})

test('a connection that is lost while the first token is made is replaced once', async t => {
  const { send, failure, server, seen } = await setUp(t)
  let drops = 1
  const beforeStep = (n: number) => (n === 1 && drops-- > 0 ? server.drop() : undefined)
  const patient = new ToyNegotiator(t, { beforeStep })
  assert.equal((await send(patient)).status, 200)
  assert.deepEqual([server.connections(), patient.opened, seen.length], [2, 2, 2])

  drops = 2
  const twice = new ToyNegotiator(t, { beforeStep })
  const error = await failure(twice, { url: new URL('/other', server.origin) })
  assert.equal(error.code, 'network_error')
  assert.deepEqual([twice.opened, legsOf(error)[0]?.status, seen.length], [2, 401, 3])
})

test('a connection that is lost in the middle of NTLM is an error that says so', async t => {
  const cases: Script[] = [
    (n, verdict, response) => {
      if (n === 2) closing(response)
      return verdict
    },
    (n, verdict, response) => {
      if (n < 3) return verdict
      response.socket?.destroy()
      return 'answered'
    },
  ]
  const legs = []
  for (const script of cases) {
    const { failure, server } = await setUp(t, script)
    const error = await failure(new ToyNegotiator(t, { mechanism: 'ntlm' }))
    assert.equal(error.code, 'network_error')
    const { port } = server
    assert.match(error.message, new RegExp(`localhost:${port} closed the connection in the middle of the sign-in`))
    assert.match(error.hint, /load balancer/)
    assert.equal(server.connections(), 1)
    legs.push(statuses(error))
  }
  assert.deepEqual(legs, [
    [401, 401],
    [401, 401, 0],
  ])
})

test('a server that keeps connections for a second only is answered in time, or on a new one', {
  timeout: 20_000,
}, async t => {
  const short: Script = (_n, verdict, response) => {
    response.setHeader('Connection', 'keep-alive').setHeader('Keep-Alive', 'timeout=1')
    return verdict
  }
  for (const mechanism of ['kerberos', 'ntlm'] as const) {
    const { send, server } = await setUp(t, short)
    const beforeStep = () => pause(400)
    const { status } = await send(new ToyNegotiator(t, { mechanism, beforeStep }))
    assert.deepEqual([status, server.connections()], [200, 1], mechanism)
  }
  const { send, server } = await setUp(t, short)
  let waits = 0
  const slow = new ToyNegotiator(t, { beforeStep: n => (n === 1 && waits++ === 0 ? pause(2_500) : undefined) })
  assert.equal((await send(slow)).status, 200)
  assert.equal(server.connections(), 2)
})

test('what the negotiator says goes through unchanged, with the legs', async t => {
  const { send, failure, server, log } = await setUp(t)
  const reason = Object.assign(new Error('no ticket'), { code: 'NO_CREDENTIALS' })
  const broken = new ToyNegotiator(t, {
    beforeStep: () => {
      throw reason
    },
  })
  const error = await failure(broken)
  assert.equal(error, reason)
  assert.deepEqual(statuses(error), [401])
  await server.idle()
  assert.match(log.at(-1) ?? '', /failed \(unexpected\)/)
  // The same before anything was sent, at an endpoint that is known.
  await send(new ToyNegotiator(t))
  assert.deepEqual(statuses(await failure(broken)), [])
  await server.idle()
  // An error that takes no legs is no reason to lose it.
  const frozen = Object.freeze(new Error('frozen'))
  assert.equal(addLegs(frozen, [{ status: 401, offered: [], sentBytes: 0, mechanism: '' }]), frozen)
  assert.deepEqual([legsOf(frozen), legsOf('text'), addLegs('text', [])], [[], [], 'text'])
})

test('the deadline holds at every leg and in every step, and says who was slow', async t => {
  for (const slowAt of [1, 2, 3]) {
    const { failure, server } = await setUp(t, (n, verdict) => (n === slowAt ? 'answered' : verdict))
    const error = await failure(new ToyNegotiator(t, { mechanism: 'ntlm' }), { timeoutMs: 300, correlationId: 'c' })
    assert.equal(error.code, 'request_timeout')
    assert.equal(error.message, `The sign-in to localhost:${server.port} was not answered within 0.3 s.`)
    assert.deepEqual(statuses(error), [...Array(slowAt - 1).fill(401), 0])
  }
  for (const slowStep of [0, 1, 2]) {
    const { failure } = await setUp(t)
    const beforeStep = (n: number) => (n === slowStep ? pause(500) : undefined)
    const error = await failure(new ToyNegotiator(t, { mechanism: 'ntlm', beforeStep }), { timeoutMs: 300 })
    assert.equal(error.code, 'request_timeout')
    await pause(slowStep === 0 ? 300 : 0)
    assert.match(error.message, /this system made no token for it in time/)
    assert.deepEqual(statuses(error), Array(slowStep || 1).fill(401))
  }
})

test('aborting at every leg and in every step rejects with the reason as it is', async t => {
  const reason = { why: 'the user left' }
  const before = AbortSignal.abort(reason)
  const idle = await setUp(t)
  assert.equal(await idle.failure(new ToyNegotiator(t), { signal: before }), reason)
  assert.equal(idle.seen.length, 0)
  for (const at of ['leg 1', 'leg 2', 'leg 3', 'step 0', 'step 1', 'step 2']) {
    const controller = new AbortController()
    const abort = () => controller.abort(reason)
    const { failure, server } = await setUp(t, (n, verdict) => {
      if (at !== `leg ${n}`) return verdict
      abort()
      return 'answered'
    })
    const beforeStep = (n: number) => {
      if (at !== `step ${n}`) return
      abort()
      return pause(50)
    }
    const negotiator = new ToyNegotiator(t, { mechanism: 'ntlm', beforeStep })
    assert.equal(await failure(negotiator, { signal: controller.signal }), reason, at)
    await server.idle()
    // Nothing is said after that, and a context that comes too late is closed.
    await pause(80)
    assert.equal(negotiator.closed, negotiator.opened, at)
  }
  assert.deepEqual(reason, { why: 'the user left' })
})

test('a connection that is still being made ends with the deadline and the signal', { timeout: 10_000 }, async t => {
  const silent = createServer().listen(0, '127.0.0.1')
  t.after(() => silent.close())
  await once(silent, 'listening')
  const url = new URL(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`)
  const { failure } = await setUp(t)
  const late = failure(new ToyNegotiator(t), { url, timeoutMs: 200 })
  const [first] = await once(silent, 'connection')
  assert.equal((await late).code, 'request_timeout')
  await once(first.resume(), 'close')
  const controller = new AbortController()
  const aborted = failure(new ToyNegotiator(t), { url, signal: controller.signal })
  const [second] = await once(silent, 'connection')
  controller.abort('the user left')
  assert.equal(await aborted, 'the user left')
  await once(second.resume(), 'close')
})

test('closing the client ends it at every leg and in every step', { timeout: 10_000 }, async t => {
  for (const at of ['leg 1', 'leg 2', 'step 1']) {
    const { client, failure } = await setUp(t, (n, verdict) => {
      if (at !== `leg ${n}`) return verdict
      void client.close()
      return 'answered'
    })
    const beforeStep = (n: number) => {
      if (at !== `step ${n}`) return
      void client.close()
      return pause(60_000)
    }
    assert.equal((await failure(new ToyNegotiator(t, { beforeStep }))).code, 'app_closed', at)
    assert.equal((await failure(new ToyNegotiator(t))).code, 'app_closed', at)
  }
})

test('tokens and answers have a limit', async t => {
  const large = await setUp(t)
  const error = await large.failure(new ToyNegotiator(t, { padding: 64 * 1024 }))
  assert.equal(error.code, 'integrated_windows_authentication_failed')
  assert.match(error.message, /has 65591 bytes; servers take 65536 at most/)
  assert.equal(large.seen.length, 1)

  const padded = await setUp(t, (_n, verdict, response) => {
    // Node's own server has a limit of 16 KiB, so that the way up is as long as that allows.
    if (verdict?.accepted) response.setHeader('X-Padding', 'x'.repeat(60_000))
    return verdict
  })
  assert.equal((await padded.send(new ToyNegotiator(t, { padding: 8_000 }))).status, 200)

  const huge = await setUp(t, (_n, _verdict, response) => {
    response.writeHead(401, { 'WWW-Authenticate': `Negotiate ${'A'.repeat(110_000)}` }).end()
    return 'answered'
  })
  assert.equal((await huge.failure(new ToyNegotiator(t))).code, 'response_too_large')

  const page = await setUp(t, (_n, _verdict, response) => {
    response.writeHead(401, { 'WWW-Authenticate': 'Negotiate' }).end('<html>'.repeat(1_000))
    return 'answered'
  })
  assert.equal((await page.failure(new ToyNegotiator(t), { maxBytes: 5_000 })).code, 'response_too_large')
})

test('goes through the same proxy as everything else, bound to the certificate of the server behind it', async t => {
  for (const tls of [false, true]) {
    const proxyCertificate = await makeCertificate()
    const authorization = `Basic ${Buffer.from('user:pässword').toString('base64')}`
    const proxy = await startProxy({ authorization, ...(tls && { certificate: proxyCertificate }) })
    t.after(() => proxy.close())
    const ca = [certificate.ca, proxyCertificate.ca]
    const url = proxy.origin.replace('://', '://user:p%C3%A4ssword@')
    const { send, server, log } = await setUp(t, undefined, { ca, proxy: url })
    for (const mechanism of ['kerberos', 'ntlm'] as const) {
      const url = new URL(`https://sts.contoso.test:${server.port}/${mechanism}`)
      assert.equal((await send(new ToyNegotiator(t, { mechanism }), { url })).status, 200)
    }
    assert.deepEqual(proxy.targets, Array(2).fill(`sts.contoso.test:${server.port}`))
    assert.doesNotMatch(log.join(), /p(?:ä|%C3%A4)ssword/)

    const denied = await setUp(t, undefined, { ca, proxy: proxy.origin })
    const error = await denied.failure(new ToyNegotiator(t))
    assert.equal(error.code, 'network_error')
    assert.match(error.hint, /wants a user name and password/)
    assert.deepEqual([denied.seen.length, statuses(error)], [0, []])
  }
})

test('says nothing to a server whose certificate is not trusted, or that a dispatcher stands before', async t => {
  const untrusted = await setUp(t, undefined, {})
  const negotiator = new ToyNegotiator(t)
  assert.equal((await untrusted.failure(negotiator)).code, 'tls_error')
  const proxy = await startProxy()
  t.after(() => proxy.close())
  const wrongName = await setUp(t, undefined, { ca: certificate.ca, proxy: proxy.origin })
  const url = new URL(`https://sts.fabrikam.test:${wrongName.server.port}/`)
  assert.equal((await wrongName.failure(negotiator, { url })).code, 'tls_error')
  const dispatcher = { dispatch: () => assert.fail('asked the dispatcher') }
  const own = await setUp(t, undefined, { dispatcher })
  const error = await own.failure(negotiator)
  assert.equal(error.code, 'invalid_configuration')
  assert.match(error.hint, /http\.dispatcher/)
  assert.deepEqual([negotiator.opened, untrusted.seen.length, wrongName.seen.length, own.seen.length], [0, 0, 0, 0])
})
