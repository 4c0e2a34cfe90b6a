/** The device code answer: what is taken from it, what stands in for what is missing or absurd, and what is refused. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ClientError, ServiceError } from '#lib/errors.js'
import { fetchDeviceCode, parseDeviceCodeResponse } from '#lib/token/device-code-endpoint.js'
import { FakeHttp, jsonAnswer } from '../../fakes/fake-http.js'

const NOW = Date.parse('2026-01-02T03:04:05.678Z')
const ANSWER = {
  user_code: 'EWPU7M86B',
  device_code: 'a-device-code',
  verification_uri: 'https://login.example/device',
  expires_in: 900,
  interval: 5,
  message: 'Open the page and type EWPU7M86B.',
}
const parse = (fields: Record<string, unknown> = {}) => parseDeviceCodeResponse({ ...ANSWER, ...fields }, NOW, 'id')
const secondsLeft = (fields: Record<string, unknown>) => (parse(fields).expiresOn.getTime() - NOW) / 1000

describe('a device code answer', () => {
  test('has its lifetime made absolute and its fields named as ours', () => {
    assert.deepEqual(parse(), {
      userCode: 'EWPU7M86B',
      deviceCode: 'a-device-code',
      verificationUri: 'https://login.example/device',
      expiresOn: new Date(NOW + 900_000),
      intervalSeconds: 5,
      message: 'Open the page and type EWPU7M86B.',
    })
  })

  test('of AD FS and of v1 has numbers as text, and verification_url', () => {
    const { verification_uri: page, ...rest } = ANSWER
    const answer = { ...rest, verification_url: page, expires_in: '600', interval: '7' }
    const { verificationUri, expiresOn, intervalSeconds } = parseDeviceCodeResponse(answer, NOW, 'id')
    assert.deepEqual([verificationUri, expiresOn.getTime() - NOW, intervalSeconds], [page, 600_000, 7])
    assert.equal(parse({ verification_url: 'https://other.example/' }).verificationUri, page)
    assert.equal(
      parse({ verification_uri: '', verification_url: 'https://other.example/' }).verificationUri,
      'https://other.example/',
    )
  })

  test('without a usable interval is asked about every five seconds, never in a rush and never too seldom', () => {
    for (const interval of [undefined, null, 0, -1, '', 'soon', '5.5', true, {}, [5]]) {
      assert.equal(parse({ interval }).intervalSeconds, 5, JSON.stringify(interval))
    }
    assert.deepEqual(
      [0.01, 1, 60, 61, 1e300].map(interval => parse({ interval }).intervalSeconds),
      [1, 1, 60, 60, 60],
    )
  })

  test('without a usable lifetime is good for fifteen minutes, and none for longer than a day', () => {
    for (const expires_in of [undefined, null, 0, -900, '', 'soon', true, {}, [900]]) {
      assert.equal(secondsLeft({ expires_in }), 900, JSON.stringify(expires_in))
    }
    assert.deepEqual(
      [1, 86_400, 86_401, 1e300].map(expires_in => secondsLeft({ expires_in })),
      [1, 86_400, 86_400, 86_400],
    )
  })

  test('without a message gets one that has the address and the code', () => {
    for (const message of [undefined, null, '', ' ', 7]) {
      assert.match(parse({ message }).message, /https:\/\/login\.example\/device .*EWPU7M86B/)
    }
  })

  test('cannot move the cursor of the terminal that it is printed on', () => {
    assert.equal(parse({ message: '\u001b[2JType\r\n\u202eEWPU7M86B' }).message, '[2JType EWPU7M86B')
  })

  test('has an address with the code in it only where that is a page', () => {
    const complete = 'https://login.example/device?code=EWPU7M86B'
    assert.equal(parse({ verification_uri_complete: complete }).verificationUriComplete, complete)
    for (const wrong of ['javascript:alert(1)', 'http://login.example/', 'device', 7]) {
      assert.equal('verificationUriComplete' in parse({ verification_uri_complete: wrong }), false)
    }
  })

  const REFUSED: [string, unknown[]][] = [
    ['user_code', [undefined, '', 7, 'A\u001b[8mB', 'A\nB']],
    ['device_code', [undefined, null, '', 7]],
    [
      'verification_uri',
      [undefined, '', 7, 'device', 'http://login.example/', 'javascript:alert(1)', 'file:///etc/passwd'],
    ],
  ]
  for (const [field, values] of REFUSED) {
    test(`without a usable ${field} is refused`, () => {
      for (const value of values) {
        assert.throws(
          () => parse({ [field]: value }),
          (error: unknown) =>
            error instanceof ClientError &&
            error.code === 'invalid_device_code_response' &&
            error.message.endsWith(field) &&
            error.correlationId === 'id',
          JSON.stringify(value),
        )
      }
    })
  }
})

describe('a device code request', () => {
  const REQUEST = {
    endpoint: new URL('https://login.example/t/oauth2/v2.0/devicecode'),
    clientId: 'client',
    isMicrosofts: true,
    scope: 'User.Read openid',
    claims: '{"access_token":{}}',
    correlationId: 'id',
    extraQueryParameters: { dc: 'here' },
    signal: undefined,
  }
  const clock = { now: () => NOW }

  test('has the scope, the claims and the query parameters, and no secret', async t => {
    const http = new FakeHttp(t).expect(jsonAnswer(ANSWER))
    await fetchDeviceCode({ http, clock }, REQUEST)
    const [sent] = http.requests
    assert.equal(sent?.url.href, 'https://login.example/t/oauth2/v2.0/devicecode?dc=here')
    assert.deepEqual(Object.fromEntries(new URLSearchParams(sent.body)), {
      client_id: 'client',
      scope: 'User.Read openid',
      claims: '{"access_token":{}}',
    })
    assert.equal(sent.headers?.['client-request-id'], 'id')
  })

  test('tells another provider nothing that only Entra knows', async t => {
    const http = new FakeHttp(t).expect(jsonAnswer(ANSWER))
    await fetchDeviceCode({ http, clock }, { ...REQUEST, isMicrosofts: false, claims: undefined })
    assert.deepEqual(Object.keys(http.requests[0]?.headers ?? {}).sort(), ['accept', 'content-type'])
    assert.doesNotMatch(http.requests[0]?.body ?? '', /claims/)
  })

  test('that nobody answers says that there are no device codes here, and no tenant that is missing does', async t => {
    const missing = new FakeHttp(t).expect({ status: 404, body: '<h1>Not found</h1>' })
    await assert.rejects(fetchDeviceCode({ http: missing, clock }, REQUEST), error => {
      assert.ok(error instanceof ClientError)
      assert.deepEqual([error.code, error.correlationId], ['device_code_not_supported', 'id'])
      assert.match(error.hint, /B2C.*AD FS/)
      return true
    })
    const tenant = new FakeHttp(t).expect(jsonAnswer({ error: 'invalid_request', error_codes: [90002] }, 404))
    await assert.rejects(fetchDeviceCode({ http: tenant, clock }, REQUEST), { code: 'invalid_request' })
  })

  test('that is answered with a page says which request it was', async t => {
    const http = new FakeHttp(t).expect({ status: 200, body: '<h1>Sign in to the network</h1>' })
    await assert.rejects(fetchDeviceCode({ http, clock }, REQUEST), {
      code: 'non_parsable_oauth_error',
      message: 'The device code request was answered with HTTP 200, not JSON',
    })
  })

  test('that is answered with an error is refused, also when the status says 200', async t => {
    for (const status of [200, 400]) {
      const http = new FakeHttp(t).expect(jsonAnswer({ ...ANSWER, error: 'unauthorized_client' }, status))
      await assert.rejects(fetchDeviceCode({ http, clock }, REQUEST), error => {
        assert.ok(error instanceof ServiceError)
        assert.deepEqual([error.code, error.status], ['unauthorized_client', status])
        return true
      })
    }
  })
})
