/** HTTP Negotiate at a known server: when a TLS session is resumed, what the token is bound to then, and a server that has got another certificate. */
import assert from 'node:assert/strict'
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { testHttpClient } from '../../support/http.js'
import { negotiatingServer, ToyNegotiator, type ToyOptions } from '../../support/negotiate.js'
import { startRenewableOrigin } from '../../support/server.js'
import { makeCertificate, type TestCertificate } from '../../support/tls.js'

const [oldOne, newOne] = [await makeCertificate('localhost'), await makeCertificate('localhost')]
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const

function bindingsOf({ cert }: TestCertificate): string {
  return `tls-server-end-point:${createHash('sha256').update(new X509Certificate(cert).raw).digest().toString('latin1')}`
}

async function setUp(t: TestContext, version: (typeof VERSIONS)[number], options: ToyOptions = {}) {
  const sites = { before: negotiatingServer(oldOne.cert), after: negotiatingServer(newOne.cert) }
  let current = sites.before
  const listener: RequestListener = (request, response) => current.listener(request, response)
  const server = await startRenewableOrigin(oldOne, listener, version)
  const { client } = testHttpClient({ ca: [oldOne.ca, newOne.ca] })
  t.after(async () => {
    await client.close()
    await server.close()
  })
  const url = new URL('/adfs/windowstransport', server.origin)
  const negotiator = new ToyNegotiator(t, options)
  return {
    server,
    negotiator,
    get: () => client.send({ method: 'GET', purpose: 'metadata', url }),
    send: () => client.sendNegotiated({ method: 'POST', purpose: 'sign-in', url, body: '<rst/>' }, negotiator),
    resumed: () => [...sites.before.seen, ...sites.after.seen].map(({ isResumed }) => isResumed),
    renew(ticketKeys?: Buffer) {
      current = sites.after
      server.renew(newOne, ticketKeys)
    },
  }
}

for (const version of VERSIONS) {
  test(`${version}: a known server that took a ticket is met again by its session, bound to its certificate`, async t => {
    const { send, negotiator, resumed } = await setUp(t, version)
    for (let n = 0; n < 4; n++) assert.deepEqual([(await send()).status, n], [200, n])
    assert.deepEqual(resumed(), [false, false, true, true, true])
    assert.deepEqual(negotiator.bindings, Array(4).fill(bindingsOf(oldOne)))
  })

  test(`${version}: where nobody has signed in yet the server shows its certificate, even if others have asked it`, async t => {
    const { get, send, resumed } = await setUp(t, version)
    await get()
    assert.equal((await send()).status, 200)
    assert.deepEqual(resumed(), [false, false, false])
  })

  test(`${version}: NTLM is bound to a certificate that the server has just shown`, async t => {
    const { send, resumed } = await setUp(t, version, { mechanism: 'ntlm' })
    for (let n = 0; n < 2; n++) assert.equal((await send()).status, 200)
    assert.deepEqual(resumed(), Array(5).fill(false))
  })

  test(`${version}: a ticket bound to a certificate that the server has no more is made anew, bound to the new one`, async t => {
    const { send, negotiator, resumed, renew } = await setUp(t, version)
    await send()
    renew()
    const { status, legs } = await send()
    assert.deepEqual([status, legs.map(leg => leg.status)], [200, [401, 200]])
    assert.deepEqual(negotiator.bindings.slice(1), [bindingsOf(oldOne), bindingsOf(newOne)])
    assert.deepEqual(resumed(), [false, false, true, false])
    // From then on it is the new one.
    assert.equal((await send()).legs.length, 1)
    assert.equal(negotiator.bindings.at(-1), bindingsOf(newOne))
    assert.equal(resumed().at(-1), true)
  })

  test(`${version}: a server that shows another certificate never sees the ticket that was made for the old one`, async t => {
    const { send, negotiator, resumed, renew } = await setUp(t, version)
    await send()
    renew(randomBytes(48))
    const { status, legs } = await send()
    assert.deepEqual([status, legs.length], [200, 1])
    assert.deepEqual(negotiator.bindings.slice(1), [bindingsOf(oldOne), bindingsOf(newOne)])
    assert.deepEqual(resumed(), [false, false, false])
  })

  test(`${version}: a session is no use to who does not trust the server`, async t => {
    const { server, get, send } = await setUp(t, version)
    await get()
    await send()
    const { client } = testHttpClient({ ca: newOne.ca })
    t.after(() => client.close())
    const url = new URL('/adfs/windowstransport', server.origin)
    // Nor is what a connection that was refused has left behind.
    for (let n = 0; n < 2; n++) {
      await assert.rejects(client.send({ method: 'GET', purpose: 'metadata', url }), { code: 'tls_error' })
    }
  })
}
