/** The loopback listener as a browser meets it: where it listens, which answer it takes, and what the browser sees at the end. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { formPost, STATE, startLoopback } from '../support/loopback.js'

const SUCCESS = { outcome: 'success' } as const
const FAILURE = { outcome: 'failure', error: 'access_denied', description: '<b>AADSTS65004</b> "declined"' } as const

async function occupyPort(t: TestContext, host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as { port: number }).port
}

test('listens on both loopback addresses before it resolves, and keeps the redirect URI but for the port', async t => {
  for (const [configured, pattern] of [
    ['http://localhost', /^http:\/\/localhost:\d+$/],
    ['http://localhost/', /^http:\/\/localhost:\d+\/$/],
    ['http://localhost:80/a/B?x=1', /^http:\/\/localhost:\d+\/a\/B\?x=1$/],
    ['http://127.0.0.1/a', /^http:\/\/127\.0\.0\.1:\d+\/a$/],
    ['http://[::1]/a', /^http:\/\/\[::1\]:\d+\/a$/],
  ] as const) {
    const { listener, visit, answer } = await startLoopback(t, { redirectUri: configured })
    assert.match(listener.redirectUri, pattern)
    const address = configured.includes('[') ? '::1' : '127.0.0.1'
    assert.equal((await visit({ address })).status, 404)
    if (configured.includes('localhost')) assert.equal((await visit({ address: '::1' })).status, 404)
    const path = `${new URL(configured).pathname}?code=1&state=${STATE}`
    const page = visit({ address, path })
    ;(await answer).respond(SUCCESS)
    assert.equal((await page).status, 303, configured)
  }
})

test('takes a port from the redirect URI or the option, and says so when it is in use', async t => {
  const port = await occupyPort(t, '127.0.0.1')
  const inUse = { code: 'http_listener_error', message: new RegExp(`port ${port}.*another program is using it`) }
  await assert.rejects(startLoopback(t, { redirectUri: `http://localhost:${port}` }), inUse)
  await assert.rejects(startLoopback(t, { port }), inUse)
  const onlyIpv6 = await occupyPort(t, '::1')
  await assert.rejects(startLoopback(t, { port: onlyIpv6 }), { code: 'http_listener_error' })

  const { listener, port: chosen } = await startLoopback(t)
  await listener.close()
  const again = await startLoopback(t, { redirectUri: `http://localhost:${chosen}/x` })
  assert.equal(again.listener.redirectUri, `http://localhost:${chosen}/x`)
})

test('takes an answer by query or by form post, and shows the page only after the sign-in has ended', async t => {
  for (const how of ['query', 'form_post']) {
    const { answer, visit, listener } = await startLoopback(t, { appName: 'Contoso & Sons' })
    const fields = { code: '0.abc', state: STATE, client_info: 'e30', iss: 'https://x/' }
    const request = how === 'query' ? { path: `/auth?${new URLSearchParams(fields)}` } : formPost(fields)
    let isAnswered = false
    const browser = visit(request).finally(() => {
      isAnswered = true
    })
    const { params, respond } = await answer
    assert.deepEqual(Object.fromEntries(params), fields)
    assert.equal((await visit(request)).status, 404, 'a second answer')
    assert.equal(isAnswered, false)
    respond(SUCCESS)
    respond(FAILURE)
    const redirect = await browser
    const location = String(redirect.headers.location)
    assert.equal(redirect.status, 303)
    assert.match(location, /^\/signed-in\/[\w-]{12}$/)
    assert.equal(redirect.headers['cache-control'], 'no-store')
    assert.equal((await visit({ path: '/signed-in' })).status, 404, 'what any page could guess')
    const page = await visit({ path: location })
    assert.equal(page.status, 200)
    assert.match(page.body, /You are signed in to <b>Contoso &amp; Sons<\/b>/)
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'/)
    assert.equal(page.headers['cache-control'], 'no-store')
    assert.equal((await visit(request)).status, 404, 'a second answer after the page')
    await listener.close()
  }
})

test('shows a failure escaped, in our words or in the words of the app', async t => {
  const ours = await startLoopback(t)
  const first = ours.visit({ path: `/auth?error=access_denied&state=${STATE}` })
  const { params, respond } = await ours.answer
  assert.equal(params.get('error'), 'access_denied')
  respond(FAILURE)
  const path = String((await first).headers.location)
  assert.match(path, /^\/not-signed-in\//)
  const page = await ours.visit({ path })
  assert.match(page.body, /&lt;b&gt;AADSTS65004&lt;\/b&gt;/)
  assert.doesNotMatch(page.body, /<b>AADSTS/)

  const htmlMessageError = '<style>@media print{p{color:red}}</style><p>{{{0}}}: {1}</p>'
  const theirs = await startLoopback(t, { pages: { htmlMessageError } })
  const second = theirs.visit({ path: `/auth?error=x&state=${STATE}` })
  ;(await theirs.answer).respond(FAILURE)
  const { body, headers } = await theirs.visit({ path: String((await second).headers.location) })
  assert.match(String(headers['content-security-policy']), /img-src/)
  const filled = '{{access_denied}}: &lt;b&gt;AADSTS65004&lt;/b&gt; &quot;declined&quot;'
  assert.equal(body, htmlMessageError.replace('{{{0}}}: {1}', filled))
})

test("sends the browser to the app's own address, before any HTML of the app", async t => {
  for (const outcome of [SUCCESS, FAILURE]) {
    const pages = {
      htmlMessageSuccess: 'not shown',
      browserRedirectSuccess: new URL('https://contoso.com/welcome?a=1'),
      browserRedirectError: new URL('https://contoso.com/sorry'),
    }
    const { visit, answer } = await startLoopback(t, { pages })
    const browser = visit({ path: `/auth?code=1&state=${STATE}` })
    ;(await answer).respond(outcome)
    const { status, headers } = await browser
    const expected = outcome === SUCCESS ? pages.browserRedirectSuccess : pages.browserRedirectError
    assert.deepEqual([status, headers.location], [302, expected.href])
  }
})

test('promises nothing when the outcome takes more than ten seconds, or never comes', async t => {
  const slow = await startLoopback(t, { appName: 'Contoso' })
  const browser = slow.visit({ path: `/auth?code=1&state=${STATE}` })
  const { respond } = await slow.answer
  assert.deepEqual(
    slow.sleeping.map(({ ms }) => ms),
    [10_000],
  )
  slow.sleeping[0]?.wake()
  const path = String((await browser).headers.location)
  assert.match(path, /^\/return\//)
  respond(SUCCESS)
  assert.match((await slow.visit({ path })).body, /Go back to <b>Contoso<\/b> to see whether you are signed in\./)
  assert.equal((await slow.visit({ path: path.replace('return', 'signed-in') })).status, 404)

  const forgotten = await startLoopback(t)
  const pending = forgotten.visit({ path: `/auth?code=1&state=${STATE}` })
  await forgotten.answer
  await forgotten.listener.close()
  assert.match(String((await pending).headers.location), /^\/return\//)
})

test('shows its page a few times and not for ever', async t => {
  const { visit, answer } = await startLoopback(t)
  const browser = visit({ path: `/auth?code=1&state=${STATE}` })
  ;(await answer).respond(SUCCESS)
  const path = String((await browser).headers.location)
  const statuses = []
  for (let i = 0; i < 7; i++) statuses.push((await visit({ path })).status)
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 404, 404])
})

test('closing waits for the browser to fetch its page, and not long', async t => {
  const { visit, answer, listener, port } = await startLoopback(t)
  const browser = visit({ path: `/auth?code=1&state=${STATE}` })
  ;(await answer).respond(SUCCESS)
  const closed = listener.close()
  const path = String((await browser).headers.location)
  assert.equal((await visit({ path })).status, 200)
  await closed
  await assert.rejects(visit(), { code: 'ECONNREFUSED' })
  await assert.rejects(visit({ address: '::1' }), { code: 'ECONNREFUSED' })

  const abandoned = await startLoopback(t, { port })
  const idle = connect(port, '127.0.0.1')
  await once(idle, 'connect')
  const gone = abandoned.visit({ path: `/auth?code=1&state=${STATE}` })
  ;(await abandoned.answer).respond(SUCCESS)
  await gone
  const startedAt = performance.now()
  await abandoned.listener.close()
  assert.ok(performance.now() - startedAt < 10_000)
  idle.on('error', () => {})
  await once(idle, 'close')
})

test('a wait ends with the reason of its signal, or when the listener closes', async t => {
  const cancelled = await startLoopback(t)
  const reason = new Error('enough')
  cancelled.cancel.abort(reason)
  await assert.rejects(cancelled.answer, error => error === reason)
  assert.equal((await cancelled.visit({ path: `/auth?code=1&state=${STATE}` })).status, 404)
  await assert.rejects(cancelled.listener.waitForAnswer(STATE, AbortSignal.abort(reason)), error => error === reason)

  const closed = await startLoopback(t)
  await Promise.all([closed.listener.close(), closed.listener.close()])
  await assert.rejects(closed.answer, { code: 'authentication_canceled' })
})

test('writes neither code nor state to the log', async t => {
  const { visit, answer, log, listener } = await startLoopback(t)
  await visit({ path: '/auth?code=stray-code&state=stray-state' })
  const browser = visit({ path: `/auth?code=the-code&state=${STATE}` })
  ;(await answer).respond(SUCCESS)
  await browser
  await listener.close()
  assert.ok(log.length >= 2)
  assert.doesNotMatch(log.join('\n'), new RegExp(`code=|stray-state|the-code|${STATE}`))
})
