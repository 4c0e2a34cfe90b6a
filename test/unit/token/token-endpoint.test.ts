/** The token endpoint: what is sent to it, and how its answers are told from refusals and from other people's pages. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AuthError, InteractionRequiredError, ServiceError } from '#lib/errors.js'
import type { HttpResponse } from '#lib/http/http-client.js'
import { microsoftHeaders } from '#lib/request/library.js'
import { authorizationCodeGrant, refreshTokenGrant } from '#lib/token/grants.js'
import { buildTokenForm, fetchToken, parseTokenAnswer, type TokenRequest } from '#lib/token/token-endpoint.js'
import { FakeClock } from '../../fakes/fake-clock.js'
import { FakeHttp, jsonAnswer } from '../../fakes/fake-http.js'

const NOW = Date.parse('2026-01-02T03:04:05Z')

const request = (rest: Partial<TokenRequest> = {}): TokenRequest => ({
  endpoint: new URL('https://login.example/tenant/oauth2/v2.0/token'),
  clientId: 'client-1',
  isMicrosofts: true,
  scope: 'User.Read openid profile offline_access',
  grant: refreshTokenGrant('rt & more'),
  claims: undefined,
  correlationId: 'request-id',
  extraQueryParameters: {},
  anchorMailbox: undefined,
  retryOn5xx: false,
  signal: undefined,
  ...rest,
})

const form = (rest?: Partial<TokenRequest>) => Object.fromEntries(new URLSearchParams(buildTokenForm(request(rest))))

describe('the form', () => {
  test('of a refresh token has the grant, the client, the scopes, and asks for client_info', () => {
    assert.deepEqual(form(), {
      client_id: 'client-1',
      scope: 'User.Read openid profile offline_access',
      client_info: '1',
      grant_type: 'refresh_token',
      refresh_token: 'rt & more',
    })
  })

  test('of a code has the redirect URI and the verifier, if there was one', () => {
    const { scope, client_id, client_info, ...rest } = form({
      grant: authorizationCodeGrant('c+/=', 'http://localhost:1', 'v'),
    })
    assert.deepEqual(rest, {
      grant_type: 'authorization_code',
      code: 'c+/=',
      redirect_uri: 'http://localhost:1',
      code_verifier: 'v',
    })
    const { code_verifier } = form({ grant: authorizationCodeGrant('c', 'http://localhost:1', undefined) })
    assert.equal(code_verifier, undefined)
  })

  test('leaves out what is empty and sends claims as they are', () => {
    assert.equal('scope' in form({ scope: '' }), false)
    assert.equal(form({ claims: '{"a":"é&="}' }).claims, '{"a":"é&="}')
  })
})

describe('one exchange', () => {
  test('posts the form with our headers, and resolves with the tokens', async t => {
    const http = new FakeHttp(t).expect(jsonAnswer({ token_type: 'Bearer', access_token: 'at', expires_in: 60 }))
    const clock = new FakeClock()
    const { signal } = new AbortController()
    const tokens = await fetchToken(
      { http, clock },
      request({
        extraQueryParameters: { slice: 'test&1' },
        anchorMailbox: 'upn:a@b.example',
        retryOn5xx: true,
        signal,
      }),
    )
    assert.equal(tokens.accessToken, 'at')
    assert.equal(tokens.expiresOn.getTime(), clock.now() + 60_000)
    const [sent] = http.requests
    assert.equal(sent?.url.href, 'https://login.example/tenant/oauth2/v2.0/token?slice=test%261')
    assert.deepEqual(sent.headers, {
      ...microsoftHeaders('request-id'),
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
      'x-anchormailbox': 'upn:a@b.example',
    })
    const { method, body, signal: passedOn, retryOn5xx } = sent
    assert.deepEqual([method, body, passedOn, retryOn5xx], ['POST', buildTokenForm(request()), signal, true])
  })

  test('says nothing about a mailbox it does not know, and sends a code only once', async t => {
    const http = new FakeHttp(t).expect(jsonAnswer({ token_type: 'Bearer', access_token: 'at' }))
    await fetchToken({ http, clock: new FakeClock() }, request())
    assert.equal('x-anchormailbox' in (http.requests[0]?.headers ?? {}), false)
    assert.equal(http.requests[0]?.retryOn5xx, false)
  })

  test('leaves out a mailbox that cannot be a header, since the service would do without it', async t => {
    for (const name of ['юлия@contoso.example', 'jürgen@contoso.example', 'a\r\nx-evil: 1']) {
      const http = new FakeHttp(t).expect(jsonAnswer({ token_type: 'Bearer', access_token: 'at' }))
      await fetchToken({ http, clock: new FakeClock() }, request({ anchorMailbox: `upn:${name}` }))
      assert.equal('x-anchormailbox' in (http.requests[0]?.headers ?? {}), false, name)
    }
  })

  test('rejects with the refusal, the id of the request in it', async t => {
    const http = new FakeHttp(t).expect(jsonAnswer({ error: 'invalid_grant', suberror: 'basic_action' }, 400))
    await assert.rejects(
      fetchToken({ http, clock: new FakeClock() }, request()),
      (error: unknown) => error instanceof InteractionRequiredError && error.correlationId === 'request-id',
    )
  })

  test('says where the user can consent, when consent is what is missing', async t => {
    const refuse = (suberror: string) => jsonAnswer({ error: 'invalid_grant', suberror }, 400)
    const http = new FakeHttp(t).expect(refuse('consent_required')).expect(refuse('basic_action'))
    const pages = { user: new URL('https://login.example/user'), admin: new URL('https://login.example/admin') }
    const urls = []
    for (const _ of [1, 2]) {
      const asked = fetchToken({ http, clock: new FakeClock() }, request({ consent: pages }))
      const error = await asked.catch((refusal: unknown) => refusal)
      assert(error instanceof InteractionRequiredError)
      urls.push([error.consentUrl?.pathname, error.adminConsentUrl?.pathname])
    }
    assert.deepEqual(urls, [
      ['/user', '/admin'],
      [undefined, undefined],
    ])
  })

  test('names itself to the network layer, whose errors then carry its id', async t => {
    const http = new FakeHttp(t).expect(jsonAnswer({ error: 'invalid_grant' }, 400))
    await assert.rejects(fetchToken({ http, clock: new FakeClock() }, request()))
    assert.equal(http.requests[0]?.correlationId, 'request-id')
  })
})

const answer = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status,
  headers,
  body,
})

function refusalOf(response: HttpResponse): ServiceError {
  try {
    parseTokenAnswer(response, 'request-id', NOW)
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
  return assert.fail('it was taken for an answer')
}

describe('telling an answer from a refusal', () => {
  test('an answer is a JSON object with status 200 and no error', () => {
    assert.deepEqual(parseTokenAnswer(answer(200, '{"a":1}'), 'request-id', NOW), { a: 1 })
    assert.deepEqual(parseTokenAnswer(answer(200, '{"error":null}'), 'request-id', NOW), { error: null })
  })

  const PAGE = '<!doctype html><title>Hotel Wi-Fi</title>'
  const TABLE: ReadonlyArray<[string, HttpResponse, string]> = [
    ['an HTML page with status 200', answer(200, PAGE), 'non_parsable_oauth_error'],
    ['an HTML page with status 400', answer(400, PAGE), 'non_parsable_oauth_error'],
    ['an empty answer', answer(200, ''), 'non_parsable_oauth_error'],
    ['a redirect', answer(302, '', { location: 'https://portal.example' }), 'non_parsable_oauth_error'],
    ['half an object', answer(200, '{"access_token":"a'), 'non_parsable_oauth_error'],
    ['a JSON list', answer(200, '[{"access_token":"a"}]'), 'non_parsable_oauth_error'],
    ['a JSON string', answer(200, '"access_token"'), 'non_parsable_oauth_error'],
    ['null', answer(200, 'null'), 'non_parsable_oauth_error'],
    ['JSON without an error', answer(400, '{"message":"no"}'), 'http_status_not_200'],
    ['JSON whose error is a number', answer(400, '{"error":5}'), 'http_status_not_200'],
    ['tokens with a status that is not 200', answer(201, '{"access_token":"a"}'), 'http_status_not_200'],
    ['404 without JSON', answer(404, PAGE), 'not_found'],
    ['404 with JSON', answer(404, '{}'), 'not_found'],
    ['429 without JSON', answer(429, PAGE), 'request_throttled'],
    ['429 with JSON', answer(429, '{}'), 'request_throttled'],
    ['500 without JSON', answer(500, PAGE), 'service_not_available'],
    ['503 with JSON', answer(503, '{"message":"busy"}'), 'service_not_available'],
    ['503 that names an error', answer(503, '{"error":"temporarily_unavailable"}'), 'temporarily_unavailable'],
    ['200 that names an error', answer(200, '{"error":"invalid_grant","access_token":"a"}'), 'invalid_grant'],
  ]
  for (const [name, response, code] of TABLE) {
    test(`${name} is ${code}`, () => {
      const refusal = refusalOf(response)
      assert.deepEqual([refusal.code, refusal.status, refusal.correlationId], [code, response.status, 'request-id'])
      assert.equal(refusal.responseBody, response.body)
      assert.doesNotMatch(refusal.message, /Wi-Fi|access_token/)
      assert.ok(refusal.hint.endsWith('.'))
    })
  }

  test('says which status came, and whether it was JSON', () => {
    assert.equal(refusalOf(answer(502, PAGE)).message, 'The token request was answered with HTTP 502')
    assert.equal(refusalOf(answer(400, '{}')).message, 'The token request was answered with HTTP 400')
  })

  test('reports Retry-After, in seconds or as a date, on any refusal', () => {
    const after = (response: HttpResponse) => refusalOf(response).retryAfter?.toISOString()
    assert.equal(after(answer(429, '', { 'retry-after': '60' })), '2026-01-02T03:05:05.000Z')
    const header = { 'retry-after': 'Fri, 02 Jan 2026 03:10:00 GMT' }
    assert.equal(after(answer(503, '{"error":"server_error"}', header)), '2026-01-02T03:10:00.000Z')
    assert.equal(after(answer(429, '')), undefined)
    assert.equal(after(answer(429, '', { 'retry-after': 'soon' })), undefined)
  })

  test('a refusal without an error of its own is for nobody to answer', () => {
    for (const [, response] of TABLE.filter(([, , code]) => code !== 'invalid_grant')) {
      const refusal = refusalOf(response)
      assert.ok(refusal instanceof AuthError && !(refusal instanceof InteractionRequiredError))
    }
  })
})
