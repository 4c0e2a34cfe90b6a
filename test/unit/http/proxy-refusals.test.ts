/** A proxy that asks for Negotiate and answers oddly, or refuses: every form of a refusal, wrong proofs, limits, cancelling. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientError } from '#lib/errors.js'
import type { Negotiator } from '#lib/http/http-client.js'
import { type ProxyAnswer, refusal } from '../../support/asking-proxy.js'
import { behindProxy } from '../../support/behind-proxy.js'
import { pause, ToyNegotiator } from '../../support/negotiate.js'

const LONG = 'x'.repeat(300_000)
const WHOLE: Record<string, string> = {
  'a length': refusal(),
  'nothing in it': refusal({ fields: ['Content-Length: 0'], body: '' }),
  chunks: refusal({
    fields: ['Transfer-Encoding: chunked'],
    body: '5;a=b\r\nabcde\r\n00a\r\n\r\n23\r\n6789\r\n0\r\n\r\n',
  }),
  'chunks and a trailer': refusal({ fields: ['Transfer-Encoding: Chunked'], body: '1\r\n\n\r\n0\r\nA: b\r\n\r\n' }),
  'an old version that keeps it open': refusal({
    version: '1.0',
    fields: ['Proxy-Connection: Keep-Alive', 'Content-Length: 18'],
  }),
}
const BROKEN: Record<string, ProxyAnswer> = {
  'said in Connection': closing(refusal({ fields: ['Connection: close', 'Content-Length: 18'] })),
  'said in Proxy-Connection': closing(refusal({ fields: ['Proxy-Connection: Close', 'Content-Length: 18'] })),
  'an old version': closing(refusal({ version: '1.0' })),
  'unsaid, in the middle of the body': closing(refusal({ fields: ['Content-Length: 19'] })),
  'unsaid, after the body': closing(refusal()),
  'no length': closing(refusal({ fields: [] })),
  'no length and no end': { bytes: refusal({ fields: [] }), after: 'endless' },
  'more than any page': { bytes: refusal({ fields: ['Content-Length: 30000000'], body: LONG }), after: 'endless' },
  'endless chunks': {
    bytes: refusal({ fields: ['Transfer-Encoding: chunked'], body: `ffffff\r\n${LONG}` }),
    after: 'endless',
  },
  'a chunk of no size': { bytes: refusal({ fields: ['Transfer-Encoding: chunked'], body: 'x\r\n' }), after: 'endless' },
  'another coding': { bytes: refusal({ fields: ['Transfer-Encoding: gzip, chunked'], body: '' }), after: 'endless' },
  'more than was said': { bytes: refusal({ fields: ['Content-Length: 3'] }), after: 'endless' },
}

function closing(bytes: string): ProxyAnswer {
  return { bytes, after: 'close' }
}

test('a refusal is read over to its end in whatever form it has, and the connection is used again', async t => {
  for (const [form, bytes] of Object.entries(WHOLE)) {
    for (const inPieces of [false, true]) {
      for (const mechanism of ['kerberos', 'ntlm'] as const) {
        const { send, proxy } = await behindProxy(t, {
          toy: { mechanism },
          inPieces,
          answer: ({ n }, _verdict, usual) => (n === 1 ? { bytes, after: 'next' } : usual),
        })
        assert.equal((await send()).status, 200, form)
        assert.equal(proxy.connections(), 1, form)
      }
    }
  }
})

test('a proxy that closes after its refusal, or never comes to an end with it, gets the token on a new connection', {
  timeout: 10_000,
}, async t => {
  for (const [form, broken] of Object.entries(BROKEN)) {
    const { send, proxy, kinds } = await behindProxy(t, {
      answer: ({ n }, _verdict, usual) => (n === 1 ? broken : usual),
    })
    assert.equal((await send()).status, 200, form)
    assert.deepEqual([proxy.connections(), kinds()[1]], [2, ['Negotiate', 2]], form)
  }
})

test('NTLM ends with an error that says so where the connection does not last', { timeout: 10_000 }, async t => {
  for (const [form, broken] of Object.entries(BROKEN)) {
    const { failure, proxy } = await behindProxy(t, {
      toy: { mechanism: 'ntlm' },
      answer: ({ n }, verdict, usual) => {
        const word = `Negotiate ${verdict?.token?.toString('base64')}`
        return n === 2 ? { ...broken, bytes: broken.bytes.replace('Negotiate', word) } : usual
      },
    })
    const error = await failure()
    assert.equal(error.code, 'network_error', form)
    assert.match(error.message, /closed the connection in the middle of the sign-in/, form)
    assert.match(error.hint, /keep its connections open after a 407/, form)
    assert.equal(proxy.seen.length, 2, form)
  }
})

test('a proof of the proxy that is wrong ends it, before anything is sent through', async t => {
  for (const proof of [Buffer.from('forged').toString('base64'), 'YWJj=']) {
    const { failure, server, proxy } = await behindProxy(t, {
      answer: (_seen, _verdict, usual) => ({
        ...usual,
        bytes: usual.bytes.replace(/(ate: Negotiate) \S+/, `$1 ${proof}`),
      }),
    })
    const error = await failure()
    assert.equal(error.code, 'integrated_windows_authentication_failed')
    assert.match(error.message, /the proxy 127\.0\.0\.1:\d+ .*could not prove who it is/)
    assert.equal(server.connections(), 0)
    await proxy.idle()
  }
})

test('a proxy that is never content ends it, and is asked first the next time', async t => {
  const { failure, kinds } = await behindProxy(t, { accept: () => ({ accepted: false }) })
  const error = await failure()
  assert.deepEqual([error.code, error.cause.status], ['network_error', 407])
  assert.match(error.message, /answered 407, and wants Negotiate or NTLM\.$/)
  assert.match(error.hint, /does not accept the ticket or Windows sign-in/)
  await failure()
  const kindsOnly = kinds().map(([kind]) => kind)
  assert.deepEqual(kindsOnly, [undefined, 'Negotiate', undefined, 'Negotiate'])
  const endless = await behindProxy(t, {
    toy: { endless: true },
    accept: () => ({ accepted: false, token: Buffer.from('go on') }),
  })
  assert.equal((await endless.failure()).code, 'integrated_windows_authentication_failed')
  assert.equal(endless.proxy.seen.length, 6)
})

test('one that offers something else gets no token, and the error says what it wants', async t => {
  for (const [offer, hint] of [
    ['NTLM', /nor Negotiate/],
    ['Digest realm="a, Negotiate b", nonce="c"', /nor Negotiate/],
    ['Basic realm="a"', /as http:\/\/user:password@/],
  ] as const) {
    const { failure, negotiator, proxy } = await behindProxy(t, {
      answer: () => ({
        bytes: `HTTP/1.1 407 No\r\nProxy-Authenticate: ${offer}\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n`,
        after: 'next',
      }),
    })
    const error = await failure()
    assert.match(error.message, new RegExp(`and wants ${offer.split(' ')[0]}\\.$`))
    assert.match(error.hint, hint)
    assert.deepEqual([negotiator.opened, proxy.seen.length], [0, 1])
  }
})

test('other refusals are told as ever', async t => {
  for (const status of [403, 502]) {
    const { failure } = await behindProxy(t, {
      answer: () => closing(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`),
    })
    assert.match((await failure()).message, new RegExp(`the proxy 127\\.0\\.0\\.1:\\d+ answered ${status}\\.$`))
  }
})

test('where there is no ticket the error says that, and what the proxy wants', async t => {
  const negotiator: Negotiator = {
    open: async () => {
      throw new ClientError('negotiate_no_credentials', 'There is no ticket: asked for HTTP/127.0.0.1')
    },
  }
  const { failure } = await behindProxy(t, { negotiator })
  const error = await failure({ correlationId: 'request-id' })
  assert.deepEqual([error.code, error.correlationId], ['negotiate_no_credentials', 'request-id'])
  assert.match(
    error.message,
    /^The test request to localhost:\d+ failed: the proxy 127\.0\.0\.1:\d+ answered 407, and wants Negotiate or NTLM: There is no ticket: asked for HTTP\/127\.0\.0\.1\.$/,
  )
  assert.equal(error.hint, new ClientError('negotiate_no_credentials').hint)
})

for (const at of ['connect 1', 'connect 2', 'connect 3', 'step 0', 'step 1', 'step 2']) {
  for (const how of ['the signal', 'closing', 'the deadline'] as const) {
    test(`${how} ends it at ${at}, and leaves nothing open`, { timeout: 10_000 }, async t => {
      const controller = new AbortController()
      const stop = () => {
        if (how === 'closing') void client.close()
        if (how === 'the signal') controller.abort('the user left')
      }
      const { client, server, proxy } = await behindProxy(t, {
        toy: {
          mechanism: 'ntlm',
          beforeStep: n => {
            if (at !== `step ${n}`) return
            stop()
            return pause(60_000)
          },
        },
        answer: async ({ n }, _verdict, usual) => {
          if (at !== `connect ${n}`) return usual
          stop()
          return { bytes: '', after: 'next' }
        },
      })
      const url = new URL('/wia', server.origin)
      const timeoutMs = how === 'the deadline' ? 300 : 5_000
      const { signal } = controller
      const request = { method: 'GET', purpose: 'sign-in', url, signal, timeoutMs } as const
      const error = await client.sendNegotiated(request, new ToyNegotiator(t)).catch(reason => reason)
      if (how === 'the signal') assert.equal(error, 'the user left')
      else assert.equal(error.code, how === 'closing' ? 'app_closed' : 'request_timeout')
      await proxy.idle()
    })
  }
}
