/** Requests through a real CONNECT proxy: who is asked for what, what a refusal looks like, and which roots count. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'
import { ClientError } from 'latchkey'
import { testHttpClient } from '../support/http.js'
import { type ProxyBehaviour, startOrigin, startProxy } from '../support/server.js'
import { makeCertificate } from '../support/tls.js'

const LOGIN = 'login.example.test'
const certificate = await makeCertificate('localhost', LOGIN)

async function setUp(t: TestContext, behaviour?: ProxyBehaviour) {
  const proxy = await startProxy(behaviour)
  const origin = await startOrigin(certificate, (request, response) => response.end(request.url))
  const closers: Array<() => Promise<void>> = [proxy.close, origin.close]
  t.after(async () => {
    for (const close of closers.reverse()) await close()
  })
  const clientOf = (...args: Parameters<typeof testHttpClient>) => {
    const http = testHttpClient(...args)
    closers.push(http.client.close)
    return http
  }
  return { proxy, origin, clientOf, url: `https://${LOGIN}:${origin.port}/answered`, ca: certificate.ca }
}

test('a proxy of the options or of the environment carries every request, and the host is resolved there', async t => {
  const { proxy, url, clientOf, ca, origin } = await setUp(t)
  const byOption = clientOf({ ca, proxy: proxy.origin })
  assert.equal((await byOption.send(url)).body, '/answered')
  assert.equal((await byOption.send(url)).body, '/answered')
  assert.deepEqual(proxy.targets, [`${LOGIN}:${origin.port}`], 'one tunnel serves both')
  const byEnvironment = clientOf({ ca }, { HTTPS_PROXY: proxy.origin })
  assert.equal((await byEnvironment.send(url)).body, '/answered')
  assert.equal(proxy.targets.length, 2)
  assert.equal(proxy.headers[1]?.host, `${LOGIN}:${origin.port}`)
})

test('a tunnel outlives the time that it could have taken to open', async t => {
  const { proxy, url, clientOf, ca } = await setUp(t)
  const { send } = clientOf({ ca, proxy: proxy.origin, timeoutSeconds: 2 })
  await send(url)
  await delay(2_100)
  await send(url)
  assert.equal(proxy.targets.length, 1)
})

test('NO_PROXY and proxy: false go around it', async t => {
  const { proxy, origin, clientOf, ca } = await setUp(t)
  const env = { HTTPS_PROXY: proxy.origin }
  await clientOf({ ca }, { ...env, NO_PROXY: 'localhost' }).send(origin.origin)
  await clientOf({ ca, proxy: false }, env).send(origin.origin)
  assert.deepEqual(proxy.targets, [])
  await clientOf({ ca }, { ...env, NO_PROXY: 'other.test' }).send(origin.origin)
  assert.equal(proxy.targets.length, 1)
})

test('a further root is trusted through the proxy too, and no other', async t => {
  const { proxy, url, clientOf } = await setUp(t)
  await assert.rejects(clientOf({ proxy: proxy.origin }).send(url), {
    code: 'tls_error',
    message: /its certificate is not trusted/,
  })
})

test('user name and password of the proxy are sent to it, and appear nowhere else', async t => {
  const expected = `Basic ${Buffer.from('jo:p@ss wörd').toString('base64')}`
  const { proxy, url, clientOf, ca } = await setUp(t, { authorization: expected })
  const right = clientOf({ ca, proxy: proxy.origin.replace('//', '//jo:p%40ss%20w%C3%B6rd@') })
  assert.equal((await right.send(url)).status, 200)
  const wrong = clientOf({ ca, proxy: proxy.origin.replace('//', '//jo:hunter2@') })
  const error = (await wrong.send(url).catch((reason: unknown) => reason)) as Error & { hint: string }
  assert.match(error.message, new RegExp(`the proxy 127\\.0\\.0\\.1:${proxy.port} answered 407`))
  assert.match(error.hint, /user name and password/)
  assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /hunter2|am86aHVudGVyMg/)
  assert.doesNotMatch([...right.log, ...wrong.log].join('\n'), /hunter2|p@ss|p%40ss/)
})

test('a proxy that wants to know who asks is quoted, and a password is advised only where it would do', async t => {
  for (const [challenges, wants, hint] of [
    [['Negotiate', 'NTLM'], 'answered 407, and wants Negotiate or NTLM.', /takes no user name and password/],
    [['Negotiate', 'Basic realm="a, b"'], 'answered 407, and wants Negotiate or Basic.', /as http:\/\/user:password@/],
    [[], 'answered 407.', /as http:\/\/user:password@/],
  ] as const) {
    const { proxy, url, clientOf, ca } = await setUp(t, { authorization: 'nothing', challenges })
    const error = await clientOf({ ca, proxy: proxy.origin })
      .send(url)
      .catch((reason: unknown) => reason)
    assert(error instanceof ClientError)
    assert.equal(error.code, 'network_error')
    assert.ok(error.message.endsWith(`the proxy 127.0.0.1:${proxy.port} ${wants}`), error.message)
    assert.match(String(error.hint), hint)
  }
})

test('a refusal of the proxy is a network_error with its host and status', async t => {
  for (const status of [403, 502]) {
    const { proxy, url, clientOf, ca, origin } = await setUp(t, { status })
    await assert.rejects(clientOf({ ca, proxy: proxy.origin }).send(url), {
      code: 'network_error',
      message: `The test request to ${LOGIN}:${origin.port} failed: the proxy 127.0.0.1:${proxy.port} answered ${status}.`,
    })
  }
})

test('a proxy that cannot be reached, or never answers, is named or ends at the deadline', {
  timeout: 10_000,
}, async t => {
  const { proxy, url, clientOf, ca } = await setUp(t, { status: 0 })
  await assert.rejects(clientOf({ ca, proxy: 'http://127.0.0.1:1' }).send(url), {
    code: 'network_error',
    message: /the proxy 127\.0\.0\.1:1 cannot be used \(ECONNREFUSED\)/,
  })
  const silent = clientOf({ ca, proxy: proxy.origin })
  await assert.rejects(silent.send(url, { timeoutMs: 200 }), { code: 'request_timeout' })
  const pending = assert.rejects(silent.send(url), { code: 'app_closed' })
  await silent.client.close()
  await pending
  while (proxy.openConnections() > 0) await delay(20)
})

test('an https proxy is checked against the same roots', async t => {
  const proxyCertificate = await makeCertificate('proxy.test')
  const { proxy, url, clientOf, ca } = await setUp(t, { certificate: proxyCertificate })
  const trusting = clientOf({ ca: [ca, proxyCertificate.ca], proxy: proxy.origin })
  assert.equal((await trusting.send(url)).body, '/answered')
  await assert.rejects(clientOf({ ca, proxy: proxy.origin }).send(url), {
    code: 'tls_error',
    message: /the certificate of the proxy is not trusted/,
  })
})

test('a proxy URL that is none fails the request, without its text', async t => {
  const { url, clientOf, ca } = await setUp(t)
  await assert.rejects(clientOf({ ca }, { https_proxy: 'socks5://jo:hunter2@x' }).send(url), {
    code: 'invalid_configuration',
    message: 'https_proxy is not the URL of an http or https proxy.',
  })
})
