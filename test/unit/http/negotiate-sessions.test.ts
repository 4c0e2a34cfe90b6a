/** HTTP Negotiate at a known server: when a TLS session is resumed, what the token is bound to then, and a server that has got another certificate. */
import assert from 'node:assert/strict'
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { type Connector, createConnector } from '#lib/http/connector.js'
import { EndpointMemory } from '#lib/http/negotiate/endpoint-memory.js'
import { negotiate, SERVER } from '#lib/http/negotiate/negotiate.js'
import { openPinnedConnection } from '#lib/http/negotiate/pinned-connection.js'
import { toNetworkFailure } from '#lib/http/network-failure.js'
import { createLogger } from '#lib/logger.js'
import { testHttpClient } from '../../support/http.js'
import { negotiatingServer, type Script, ToyNegotiator, type ToyOptions } from '../../support/negotiate.js'
import { startRenewableOrigin } from '../../support/server.js'
import { makeCertificate, type TestCertificate } from '../../support/tls.js'

const [oldOne, newOne] = [await makeCertificate('localhost'), await makeCertificate('localhost')]
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const

const SILENT = createLogger(undefined)

function derOf({ cert }: TestCertificate): Uint8Array {
  return new X509Certificate(cert).raw
}

function bindingsOf(certificate: TestCertificate): string {
  return `tls-server-end-point:${createHash('sha256').update(derOf(certificate)).digest().toString('latin1')}`
}

async function setUp(t: TestContext, version: (typeof VERSIONS)[number], options: ToyOptions = {}, script?: Script) {
  const sites = { before: negotiatingServer(oldOne.cert, script), after: negotiatingServer(newOne.cert, script) }
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

  test(`${version}: so it is for many at once, before and after the server has got the other one`, async t => {
    const { send, negotiator, renew } = await setUp(t, version)
    const many = async () => new Set(await Promise.all(Array.from({ length: 20 }, async () => (await send()).status)))
    assert.deepEqual(await many(), new Set([200]))
    assert.deepEqual(new Set(negotiator.bindings.splice(0)), new Set([bindingsOf(oldOne)]))
    renew()
    assert.deepEqual(await many(), new Set([200]))
    assert.deepEqual(new Set(negotiator.bindings.splice(0)), new Set([bindingsOf(oldOne), bindingsOf(newOne)]))
    assert.deepEqual(await many(), new Set([200]))
    assert.deepEqual(new Set(negotiator.bindings), new Set([bindingsOf(newOne)]))
  })

  test(`${version}: so it is where the server sends the reason for its refusal along`, async t => {
    const withReason: Script = (_n, verdict) =>
      verdict?.accepted === false && verdict.token === undefined
        ? { ...verdict, token: Buffer.from('reason') }
        : verdict
    const { send, negotiator, renew } = await setUp(t, version, {}, withReason)
    await send()
    renew()
    const { status, mutual, legs } = await send()
    assert.deepEqual([status, mutual, legs.map(leg => leg.status)], [200, true, [401, 200]])
    assert.deepEqual(negotiator.bindings.slice(1), [bindingsOf(oldOne), bindingsOf(newOne)])
  })

  test(`${version}: where Kerberos gives way to NTLM, that is bound to a certificate that the server has just shown`, async t => {
    const options: ToyOptions = {}
    const { send, negotiator, resumed, renew } = await setUp(t, version, options)
    await send()
    options.mechanism = 'ntlm'
    renew()
    const { status, legs } = await send()
    assert.deepEqual([status, legs.map(leg => leg.status)], [200, [401, 401, 200]])
    assert.deepEqual([negotiator.bindings.at(-1), resumed().slice(2)], [bindingsOf(newOne), [true, false, false]])
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

test('a session that goes back to another certificate than the last one that was accepted is not used', async t => {
  const { seen, listener } = negotiatingServer(newOne.cert)
  const server = await startRenewableOrigin(newOne, listener, 'TLSv1.3')
  const closing = new AbortController()
  t.after(async () => {
    closing.abort()
    await server.close()
  })
  const secureContext = createSecureContext({ ca: newOne.ca })
  const real = createConnector({
    env: {},
    connectTimeoutMs: 5000,
    secureContext,
    closing: closing.signal,
    logger: SILENT,
  })
  // As if a server had gone on taking tickets from before it was renewed, and gave no new ones.
  const connect: Connector = async (target, options) => {
    const connection = await real(target, { mayResume: false })
    return options.mayResume ? { ...connection, certificate: derOf(oldOne), isResumed: true } : connection
  }
  const request = { method: 'GET', purpose: 'sign-in', url: new URL(server.origin) } as const
  const memory = new EndpointMemory()
  memory.set(request.url, { channelBindings: Buffer.from(bindingsOf(newOne), 'latin1'), mechanism: 'kerberos' })
  const negotiator = new ToyNegotiator(t)
  const { status } = await negotiate({
    request,
    dialect: SERVER,
    open: options => openPinnedConnection(connect, request, options),
    failure: error => toNetworkFailure(error, request),
    negotiator,
    legs: [],
    memory,
    signal: closing.signal,
    logger: SILENT,
  })
  assert.deepEqual([status, seen.length], [200, 1])
  assert.deepEqual(negotiator.bindings, Array(2).fill(bindingsOf(newOne)))
})
