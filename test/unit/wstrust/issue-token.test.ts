/** How an answer to the request for a token is judged, by its status and by what is in it. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { ClientError, ServiceError } from '#lib/errors.js'
import type { NegotiatedResponse } from '#lib/http/http-client.js'
import { issueToken, type UserProof } from '#lib/wstrust/issue-token.js'
import { Steps } from '#lib/wstrust/steps.js'
import { FakeClock } from '../../fakes/fake-clock.js'
import { FakeHttp } from '../../fakes/fake-http.js'
import { MemoryLogger } from '../../fakes/memory-logger.js'
import { ASSERTION, faultAnswer, passportFault, SAML_11, tokenAnswer } from './documents.js'

const TOKEN = tokenAnswer('1.3', { tokenType: SAML_11, assertion: ASSERTION })
const PASSWORD: UserProof = { credentials: { username: 'joe@contoso.com', password: 'secret-password' } }
const WINDOWS: UserProof = { negotiator: { open: () => assert.fail('nobody asked') } }

function issue(t: TestContext, answer: Partial<NegotiatedResponse>, proof = PASSWORD) {
  const http = new FakeHttp(t).expect(answer)
  const logger = new MemoryLogger()
  const call = issueToken({
    http,
    clock: new FakeClock(),
    steps: new Steps(logger),
    endpoint: { url: new URL('https://fs.example/trust?partner=x'), version: '1.3' },
    appliesTo: 'urn:federation:MicrosoftOnline',
    proof,
    hintForText: text => (text.includes('AADSTS81007') ? 'From the table.' : undefined),
    correlationId: 'request-id',
    signal: undefined,
  })
  return { http, logger, call }
}

const errorOf = (call: Promise<unknown>): Promise<ClientError> =>
  call.then(
    () => assert.fail('no error'),
    (error: unknown) => {
      assert.ok(error instanceof ClientError, String(error))
      return error
    },
  )

test('a token is taken; the request goes out once, with its action, its correlation and no second try', async t => {
  const { http, call } = issue(t, { body: TOKEN })
  assert.equal((await call).assertion, ASSERTION)
  const [sent] = http.requests
  assert.equal(sent?.method, 'POST')
  assert.equal(sent.url.href, 'https://fs.example/trust?partner=x')
  assert.equal(sent.retryOn5xx ?? false, false)
  assert.equal(sent.headers?.soapaction, 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue')
  assert.equal(sent.headers['client-request-id'], 'request-id')
  assert.equal(http.negotiated.length, 0)
})

test('who proves it by Windows goes through Negotiate, and sends no password', async t => {
  const { http, call } = issue(t, { body: TOKEN }, WINDOWS)
  await call
  assert.equal(http.negotiated.length, 1)
  assert.doesNotMatch(http.requests[0]?.body ?? '', /wsse:|Password/)
})

test('a token with an error status is refused, and kept out of the error', async t => {
  for (const status of [500, 202, 302]) {
    const error = await errorOf(issue(t, { status, body: TOKEN }).call)
    assert.equal(error.code, 'parsing_wstrust_response_failed')
    assert.match(error.message, new RegExp(`HTTP ${status}`))
    assert.doesNotMatch(inspect(error, { showHidden: true, depth: 9 }), /saml:Assertion|secret-password/)
  }
})

test('nor does a token beside a fault, one that breaks off, or a request that comes back get into the error', async t => {
  const echo = '<p>You sent: <wsse:UsernameToken><wsse:Password>secret-password</wsse:Password></p>'
  for (const body of [TOKEN.replace(/(?=<\/\w+:Body>)/, faultAnswer('no')), TOKEN.slice(0, -20), `<p>${TOKEN}`, echo]) {
    const error = await errorOf(issue(t, { status: 500, body }).call)
    assert.doesNotMatch(inspect(error, { showHidden: true, depth: 9 }), /saml:Assertion|secret-password/)
  }
})

test('a fault is one whatever the status, and stands in the message, with its cause', async t => {
  for (const status of [500, 400, 200]) {
    const body = faultAnswer('ID3242: no.')
    const error = await errorOf(issue(t, { status, body, headers: { 'retry-after': '7' } }).call)
    assert.match(
      error.message,
      /^Federated service at https:\/\/fs\.example\/trust\?… returned error: ID3242: no\. \(FailedAuthentication\)$/,
    )
    assert.ok(error.cause instanceof ServiceError)
    assert.deepEqual([error.cause.code, error.cause.status], ['federated_service_returned_error', status])
    assert.equal(error.cause.responseBody, body)
    assert.ok(error.cause.retryAfter)
    assert.equal(error.hint, error.cause.hint)
  }
})

test('the words of a fault, which may name the user, are in the log only where personal data is allowed', async t => {
  const { logger, call } = issue(t, { status: 500, body: faultAnswer('ID3242: CONTOSO\\joe is locked.') })
  await errorOf(call)
  const { message, pii } = logger.lines.at(-1) ?? assert.fail()
  assert.equal(message, 'security token request: refused (FailedAuthentication)')
  assert.equal(pii, 'security token request: refused: ID3242: CONTOSO\\joe is locked. (FailedAuthentication)')
})

test('a page, nothing at all, and a megabyte of something are errors with a status', async t => {
  for (const body of ['<!DOCTYPE html><html><p>Service Unavailable</html>', '', 'x'.repeat(1_048_576)]) {
    const error = await errorOf(issue(t, { status: 503, body }).call)
    assert.match(error.message, /HTTP 503, no SOAP fault/)
    assert.match(error.hint, /endpoint is enabled/)
  }
})

test('a 200 without a token says why', async t => {
  const error = await errorOf(issue(t, { body: '<html><p>secret</html>' }).call)
  assert.equal(error.code, 'parsing_wstrust_response_failed')
  assert.match(error.message, /cannot be used/)
  assert.doesNotMatch(error.message, /secret/)
})

const HINTS: [string, Partial<NegotiatedResponse>, UserProof, RegExp][] = [
  ['a wrong password', { status: 500, body: faultAnswer('ID3242: no.') }, PASSWORD, /password again/],
  ['an account that may not', { status: 500, body: faultAnswer('ID3242: no.') }, WINDOWS, /locked, disabled/],
  ['a wrong clock', { status: 500, body: faultAnswer('verify', 'InvalidSecurity') }, PASSWORD, /time of this machine/],
  [
    'an unknown relying party',
    { status: 500, body: faultAnswer('ID3082: no.', 'InvalidScope') },
    PASSWORD,
    /relying party/,
  ],
  ['a rule', { status: 500, body: faultAnswer('MSIS7068: no.') }, WINDOWS, /rules/],
  ['anything else', { status: 500, body: faultAnswer('MSIS3127: no.', 'RequestFailed') }, WINDOWS, /event log/],
  ['seamless sign-on', { status: 500, body: passportFault('AADSTS81007: off') }, WINDOWS, /^From the table\.$/],
  ['an endpoint that is not there', { status: 404 }, PASSWORD, /metadata names it/],
  ['a redirect', { status: 302 }, WINDOWS, /no redirect is followed/],
  [
    'no Negotiate',
    { status: 401, legs: [{ status: 401, offered: ['NTLM'], sentBytes: 0, mechanism: '' }] },
    WINDOWS,
    /does not offer/,
  ],
  [
    'a ticket that is not taken',
    { status: 401, legs: [{ status: 401, offered: ['Negotiate'], sentBytes: 9, mechanism: 'kerberos' }] },
    WINDOWS,
    /setspn -Q HTTP\/fs\.example/,
  ],
  ['a server that says nothing', { status: 418 }, PASSWORD, /whether the service runs.*proxy/],
  ['a server that is asked too often', { status: 429 }, WINDOWS, /retryAfter/],
  ['a fault that is not known', { status: 500, body: faultAnswer('No.', 'Odd') }, PASSWORD, /Read its text.*password/],
  ['the same without a password', { status: 500, body: faultAnswer('No.', 'Odd') }, WINDOWS, /correlation ID/],
  ['a page with status 200', { body: '<html/>', headers: { 'content-type': 'text/html' } }, WINDOWS, /captive portal/],
  ['a token of no use', { body: '<a/>', headers: { 'content-type': 'application/soap+xml' } }, WINDOWS, /which tokens/],
]
for (const [name, answer, proof, hint] of HINTS) {
  test(`the hint for ${name}`, async t => assert.match((await errorOf(issue(t, answer, proof).call)).hint, hint))
}
