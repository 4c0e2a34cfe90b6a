/** HTTP Negotiate with real tickets against a real acceptor that demands channel bindings, directly and through a proxy. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { HttpClientOptions, Negotiator } from '#lib/http/http-client.js'
import { legsOf } from '#lib/http/negotiate/legs.js'
import { testHttpClient } from '../support/http.js'
import { WHOLE_FILE } from '../support/machine.js'
import { startProxy } from '../support/server.js'
import { startAcceptor } from './support/acceptor.js'
import { withKdc } from './support/kdc.js'
import { kdcOfThisFile, negotiate, target } from './support/negotiate.js'

/** What the addon makes of the bindings that it is given, or of others. */
function negotiator(change: (channelBindings: Uint8Array) => Uint8Array = same => same): Negotiator {
  return { open: channelBindings => negotiate.open(target({ channelBindings: change(channelBindings) })) }
}

describe('HTTP Negotiate', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.kinit('joe', 'Passw0rd!')
  const acceptor = await startAcceptor(WHOLE_FILE, kdc, await kdc.keytab('http', 'HTTP/localhost'))
  const proxy = await startProxy()
  after(() => proxy.close())

  const ways: Array<[way: string, http: HttpClientOptions]> = [
    ['directly', {}],
    ['through a proxy', { proxy: proxy.origin }],
  ]
  for (const [way, http] of ways) {
    const { client } = testHttpClient({ ca: acceptor.ca, ...http })
    after(() => client.close())
    const send = (whose: Negotiator, path = '/') => {
      const url = new URL(path, `https://localhost:${acceptor.port}`)
      return client.sendNegotiated({ method: 'POST', purpose: 'sign-in', url, body: '<rst/>' }, whose)
    }

    test(`proves the user with the bindings of its own connection, ${way}`, async () => {
      const first = await send(negotiator())
      assert.deepEqual([first.status, first.mutual], [200, true])
      const { user, bound, delegated } = JSON.parse(first.body)
      assert.deepEqual([user, bound, delegated], ['joe@CONTOSO.TEST', true, false])
      assert.deepEqual(
        first.legs.map(({ status, offered }) => [status, offered]),
        [
          [401, ['Negotiate']],
          [200, ['Negotiate']],
        ],
      )
      const second = await send(negotiator())
      assert.deepEqual([second.status, second.mutual, second.legs.length], [200, true, 1])
    })

    test(`is refused with other bindings and with none, ${way}`, async () => {
      const wrong = await send(
        negotiator(bindings => bindings.map((byte, at) => (at === 30 ? byte ^ 1 : byte))),
        '/wrong',
      )
      assert.deepEqual([wrong.status, JSON.parse(wrong.body).error], [401, 'BadChannelBindingsError'])
      const none = await send(
        negotiator(() => new Uint8Array()),
        '/none',
      )
      assert.deepEqual([none.status, JSON.parse(none.body).error], [401, 'channel bindings are missing'])
      assert.deepEqual([wrong.legs.length, none.legs.length], [2, 2])
    })

    test(`believes no service that proves to be another one, ${way}`, async () => {
      const error = await send(negotiator(), '/forged').catch(reason => reason)
      assert.equal(error.code, 'integrated_windows_authentication_failed')
      assert.equal(error.cause.call, 'gss_init_sec_context')
      assert.equal(legsOf(error).length, 2)
    })
  }

  test('every one of them went through the proxy that was to', () => {
    assert.deepEqual(proxy.targets, Array(5).fill(`localhost:${acceptor.port}`))
  })
})
