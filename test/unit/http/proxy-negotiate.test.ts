/** A proxy that asks for Negotiate: how it is told who the user is, and who is told nothing. */
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { refusal } from '../../support/asking-proxy.js'
import { behindProxy, proxyCertificate } from '../../support/behind-proxy.js'
import { ToyNegotiator } from '../../support/negotiate.js'
import { makeCertificate } from '../../support/tls.js'

test('Kerberos takes two requests on one connection, and one for each further tunnel', async t => {
  const { send, sendAnew, kinds, proxy, negotiator, told, log } = await behindProxy(t)
  const headers = JSON.parse((await send()).body)
  assert.deepEqual(Object.keys(headers).sort(), ['accept-encoding', 'connection', 'host'])
  await send()
  assert.deepEqual(kinds(), [
    [undefined, 1],
    ['Negotiate', 1],
  ])
  await sendAnew()
  await sendAnew()
  assert.deepEqual(kinds().slice(2), [
    ['Negotiate', 2],
    ['Negotiate', 3],
  ])
  assert.equal(new Set(proxy.seen.map(({ authorization }) => authorization)).size, 4, 'a token was sent twice')
  assert.deepEqual(negotiator.bindings, ['', '', ''])
  assert.deepEqual(new Set(told), new Set([proxy.origin]))
  assert.match(log.join('\n'), /request for a tunnel: 127\.0\.0\.1:\d+, leg 2: sent \d+ bytes of kerberos, got 200/)
  assert.match(proxy.seen[0]?.fields ?? '', /^Connection: keep-alive\r\nProxy-Connection: keep-alive\r$/im)
})

test('NTLM takes three, then two, all of one conversation on the same connection', async t => {
  const { send, sendAnew, kinds } = await behindProxy(t, { toy: { mechanism: 'ntlm' } })
  await send()
  await sendAnew()
  assert.deepEqual(
    kinds().map(([kind, connection]) => `${kind} ${connection}`),
    ['undefined 1', 'Negotiate 1', 'Negotiate 1', 'Negotiate 2', 'Negotiate 2'],
  )
})

test('an https proxy gets a proof that is bound to its certificate, and to no other', async t => {
  const { send, negotiator } = await behindProxy(t, { certificate: proxyCertificate })
  await send()
  const hash = createHash('sha256').update(new X509Certificate(proxyCertificate.cert).raw).digest()
  assert.deepEqual(negotiator.bindings, [`tls-server-end-point:${hash.toString('latin1')}`])
  const unbound = await behindProxy(t, { certificate: proxyCertificate, toy: { bindings: new Uint8Array() } })
  assert.match((await unbound.failure()).message, /answered 407, and wants Negotiate or NTLM\.$/)
  const { failure, negotiator: unasked } = await behindProxy(t, { certificate: await makeCertificate() })
  assert.equal((await failure()).code, 'tls_error')
  assert.equal(unasked.opened, 0)
})

test('nobody is told without the option, wherever the proxy is named', async t => {
  for (const option of [
    (url: string) => url,
    () => undefined,
    (url: string) => ({ url }),
    () => ({ integratedAuthentication: false }),
  ]) {
    const { failure, kinds, told } = await behindProxy(t, { option })
    const error = await failure()
    assert.equal(error.code, 'network_error')
    assert.match(error.message, /the proxy 127\.0\.0\.1:\d+ answered 407, and wants Negotiate or NTLM\.$/)
    assert.match(error.hint, /http\.proxy\.integratedAuthentication/)
    assert.deepEqual([kinds(), told], [[[undefined, 1]], []])
  }
})

test('with the option the proxy of the environment is told, and a server that asks with 401 is not', async t => {
  const { send, client, server, kinds, site } = await behindProxy(t, {
    option: () => ({ integratedAuthentication: true }),
  })
  assert.equal((await send()).status, 200)
  const url = new URL('/wia', server.origin)
  assert.equal((await client.send({ method: 'GET', purpose: 'metadata', url })).status, 401)
  assert.deepEqual([kinds().length, site.seen.map(({ authorization }) => authorization)], [2, [undefined]])
})

test('the proxy and the server behind it are each told in a conversation of its own', async t => {
  for (const shown of [undefined, proxyCertificate]) {
    const { client, server, site, proxy, negotiator } = await behindProxy(t, shown && { certificate: shown })
    const toServer = new ToyNegotiator(t)
    const url = new URL('/wia', server.origin)
    for (const legs of [2, 1]) {
      const answer = await client.sendNegotiated({ method: 'POST', purpose: 'sign-in', url, body: '<rst/>' }, toServer)
      assert.deepEqual([answer.status, answer.mutual, answer.legs.length], [200, true, legs])
    }
    assert.deepEqual([proxy.seen.length, site.seen.length, negotiator.opened, toServer.opened], [3, 3, 2, 2])
    const sent = [...proxy.seen, ...site.seen].map(({ authorization }) => authorization).filter(Boolean)
    assert.equal(new Set(sent).size, 4)
  }
})

test('a name and password in the URL are sent first, and Negotiate answers a proxy that is not content with them', async t => {
  const option = (url: string) => ({ url: url.replace('://', '://joe:pass@'), integratedAuthentication: true })
  const content = await behindProxy(t, {
    option,
    answer: ({ authorization }, _verdict, usual) =>
      authorization?.startsWith('Basic ') ? { bytes: 'HTTP/1.1 200 OK\r\n\r\n', after: 'tunnel' } : usual,
  })
  await content.send()
  assert.deepEqual([content.kinds(), content.negotiator.opened], [[['Basic', 1]], 0])
  const other = await behindProxy(t, { option })
  await other.send()
  await other.sendAnew()
  assert.deepEqual(other.kinds(), [
    ['Basic', 1],
    ['Negotiate', 1],
    ['Negotiate', 2],
  ])
})

test('a token that was sent unasked and is refused is made anew once, on the same connection', async t => {
  const { send, sendAnew, proxy } = await behindProxy(t, {
    answer: ({ n }, _verdict, usual) => (n === 3 ? { bytes: refusal(), after: 'next' } : usual),
  })
  await send()
  assert.equal((await sendAnew()).status, 200)
  assert.deepEqual(
    proxy.seen.map(({ connection, authorization }) => [connection, authorization !== undefined]),
    [
      [1, false],
      [1, true],
      [2, true],
      [2, true],
    ],
  )
})

test('many tunnels at once are each told for themselves', async t => {
  for (const mechanism of ['kerberos', 'ntlm'] as const) {
    const { send, proxy, negotiator } = await behindProxy(t, { toy: { mechanism } })
    const answers = await Promise.all(Array.from({ length: 20 }, () => send()))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.deepEqual([proxy.connections(), negotiator.opened], [20, 20])
    assert.equal(proxy.seen.length, mechanism === 'ntlm' ? 60 : 40)
  }
})
