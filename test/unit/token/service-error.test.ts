/** The service's refusals: the class, code, classification and hint of each, and text that is safe to print. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { AuthError, InteractionRequiredError, type ServiceError } from '#lib/errors.js'
import { parseServiceError, type Refusal } from '#lib/token/service-error.js'

const refuse = (answer: Refusal['answer'], rest: Partial<Refusal> = {}): ServiceError =>
  parseServiceError({
    status: 400,
    correlationId: 'request-id',
    retryAfter: undefined,
    responseBody: undefined,
    ...rest,
    answer,
  })

const classification = (error: ServiceError) =>
  error instanceof InteractionRequiredError ? error.classification : undefined

/** AADSTS number, error, suberror; then code, classification (undefined: no interaction helps), a word of the hint. */
type Row = readonly [number | number[], string, string | undefined, string, string | undefined, RegExp]

const TABLE: readonly Row[] = [
  [65001, 'invalid_grant', 'consent_required', 'invalid_grant', 'consent_required', /consent once/],
  [50076, 'invalid_grant', 'basic_action', 'invalid_grant', 'basic_action', /claims/],
  [50079, 'invalid_grant', 'basic_action', 'invalid_grant', 'basic_action', /acquireTokenInteractive/],
  [50079, 'interaction_required', undefined, 'interaction_required', 'none', /acquireTokenInteractive/],
  [50126, 'invalid_grant', undefined, 'invalid_grant', 'none', /password again/],
  [[70002, 50126], 'invalid_grant', undefined, 'invalid_grant', 'none', /password again/],
  [[50126, 70002], 'invalid_grant', undefined, 'invalid_grant', 'none', /password again/],
  [70002, 'invalid_grant', undefined, 'invalid_grant', 'none', /acquireTokenInteractive/],
  [70002, 'invalid_client', undefined, 'invalid_client', undefined, /allowPublicClient/],
  [[70002, 500133], 'invalid_grant', undefined, 'invalid_grant', 'none', /clock/],
  [50034, 'invalid_grant', undefined, 'invalid_grant', 'none', /user name again/],
  [50055, 'invalid_grant', 'user_password_expired', 'invalid_grant', 'user_password_expired', /change the password/],
  [50053, 'invalid_grant', undefined, 'invalid_grant', 'none', /Wait/],
  [50057, 'invalid_grant', undefined, 'invalid_grant', 'none', /enable the account/],
  [53000, 'invalid_grant', 'additional_action', 'invalid_grant', 'additional_action', /device/],
  [53003, 'invalid_grant', 'message_only', 'invalid_grant', 'message_only', /Conditional Access/],
  [50196, 'invalid_grant', undefined, 'invalid_grant', 'none', /wait/],
  [70008, 'invalid_grant', 'bad_token', 'invalid_grant', 'none', /too old/],
  [700082, 'invalid_grant', 'token_expired', 'invalid_grant', 'none', /signs in again/],
  [70043, 'interaction_required', 'token_expired', 'interaction_required', 'none', /signs in again/],
  [50155, 'invalid_grant', 'device_authentication_failed', 'invalid_grant', 'none', /certificate/],
  [70000, 'invalid_grant', 'client_mismatch', 'invalid_grant', undefined, /signs in again/],
  [53005, 'invalid_grant', 'protection_policy_required', 'invalid_grant', undefined, /\.$/],
  [50058, 'login_required', undefined, 'no_prompt_failed', 'prompt_never_failed', /without prompt/],
  [90010, 'invalid_request', undefined, 'invalid_request', undefined, /organizations/],
  [700016, 'unauthorized_client', undefined, 'unauthorized_client', undefined, /clientId/],
  [7000218, 'invalid_client', undefined, 'invalid_client', undefined, /allowPublicClient/],
  [50059, 'invalid_request', undefined, 'invalid_request', undefined, /tenant/],
  [90133, 'invalid_request', undefined, 'invalid_request', undefined, /tenant/],
  [90002, 'invalid_tenant', undefined, 'invalid_tenant', undefined, /typing error/],
  [70016, 'authorization_pending', undefined, 'authorization_pending', undefined, /polling/],
  [70020, 'expired_token', undefined, 'expired_token', undefined, /new device code/],
  [70018, 'bad_verification_code', undefined, 'bad_verification_code', undefined, /new device code/],
  [65004, 'authorization_declined', undefined, 'authorization_declined', undefined, /said no/],
]

describe('what a refusal becomes', () => {
  for (const [numbers, error, suberror, code, expected, hint] of TABLE) {
    const codes = [numbers].flat()
    test(`${error}${suberror ? `/${suberror}` : ''} ${codes.join(' ')} is ${expected ?? 'nothing for the user'}`, () => {
      const description = codes.map(number => `AADSTS${number}: Some text.`).join(' ')
      const refusal = refuse({ error, error_description: description, error_codes: codes, suberror })
      assert.deepEqual([refusal.code, refusal.error, classification(refusal)], [code, error, expected])
      assert.match(refusal.hint, hint)
      assert.equal(refusal.message, description)
      assert.deepEqual(refusal.errorCodes, codes)
      assert.equal(refusal.suberror, suberror)
    })
  }

  test('compares suberrors without case, and does not classify by an internal or unknown one', () => {
    const of = (suberror: string) => classification(refuse({ error: 'invalid_grant', suberror }))
    assert.equal(of('Basic_Action'), 'basic_action')
    assert.equal(of('CLIENT_MISMATCH'), undefined)
    for (const suberror of ['bad_token', 'token_expired', 'none', 'prompt_never_failed', 'surprise']) {
      assert.equal(of(suberror), 'none', suberror)
    }
  })

  test('branches on error and suberror, whatever the number and the text say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 9_999_999 }), fc.string(), (number, text) => {
        const rest = { error_codes: [number], error_description: `AADSTS${number}: ${text}` }
        const outcomes = ['invalid_grant', 'invalid_request'].map(error => classification(refuse({ error, ...rest })))
        assert.deepEqual(outcomes, ['none', undefined])
      }),
    )
  })

  test('an error without a number has a hint of its own', () => {
    const hint = (error: string) => refuse({ error }).hint
    assert.match(hint('access_denied'), /declined/)
    assert.match(hint('invalid_client'), /allowPublicClient/)
    assert.match(hint('temporarily_unavailable'), /Try again/)
    assert.match(hint('invalid_grant'), /acquireTokenInteractive/)
    assert.match(hint('login_required'), /prompt: "none"/)
    assert.match(hint('never_seen_before'), /^Look up .+\.$/)
    assert.equal(refuse({ error: 'consent_required' }) instanceof InteractionRequiredError, true)
  })

  test('keeps what support needs, and the claims to the letter', () => {
    const claims = '{"access_token":\n{"capolids":{"essential":true,"values":["é"]}}}'
    const retryAfter = new Date(5_000)
    const refusal = refuse(
      { error: 'invalid_grant', claims, trace_id: 'trace', correlation_id: 'answer-id' },
      { status: 401, retryAfter, responseBody: '{…}' },
    )
    assert.equal(refusal.claims, claims)
    assert.deepEqual([refusal.traceId, refusal.correlationId, refusal.status], ['trace', 'answer-id', 401])
    assert.deepEqual([refusal.retryAfter, refusal.responseBody], [retryAfter, '{…}'])
    assert.equal(refuse({ error: 'x' }).correlationId, 'request-id')
  })
})

describe('an answer that is not what it should be', () => {
  test('line breaks, control characters and terminal escapes do not reach what is printed', () => {
    const evil = 'AADSTS50126: Invalid.\r\nTrace ID: 1\u001b]0;title\u0007\u001b[2J\u009b1m\u0000'
    const refusal = refuse({
      error: 'bad\r\nerror',
      suberror: 'bad\u001b[1m',
      error_description: evil,
      trace_id: 'trace\r\nSet-Cookie: x',
      correlation_id: 'id\u0007',
    })
    const printed = [refusal.code, refusal.message, refusal.suberror, refusal.traceId, refusal.correlationId]
    for (const text of printed) assert.doesNotMatch(text ?? '', /\p{Cc}/u)
    assert.match(refusal.message, /^AADSTS50126: Invalid\. Trace ID: 1/)
  })

  test('an oversized description is cut, and its number still found', () => {
    const refusal = refuse({ error: 'invalid_grant', error_description: `AADSTS50126: ${'x'.repeat(1_000_000)}` })
    assert.equal(refusal.message.length, 4_096)
    assert.deepEqual(refusal.errorCodes, [50126])
  })

  test('numbers are taken from the text when error_codes has none that is one', () => {
    const description = 'AADSTS70002: Error validating credentials. AADSTS50126: Invalid.'
    for (const error_codes of [undefined, null, 50126, '50126', {}, [], ['50126', null, 1.5, Number.NaN, {}]]) {
      const refusal = refuse({ error: 'invalid_grant', error_description: description, error_codes })
      assert.deepEqual(refusal.errorCodes, [70002, 50126])
    }
    assert.deepEqual(refuse({ error: 'x', error_codes: [7, 'x', 8] }).errorCodes, [7, 8])
  })

  test('the numbers are no more than a few', () => {
    const refusal = refuse({ error: 'x', error_codes: Array.from({ length: 1_000 }, (_, index) => index) })
    assert.equal(refusal.errorCodes.length, 16)
  })

  test('fields of the wrong type count as absent', () => {
    const wrong = { suberror: 5, claims: {}, trace_id: [], correlation_id: 7, error_description: { a: 1 } }
    const refusal = refuse({ error: 'invalid_grant', ...wrong })
    assert.deepEqual(
      [refusal.message, refusal.suberror, refusal.claims, refusal.traceId, refusal.correlationId],
      ['invalid_grant', undefined, undefined, undefined, 'request-id'],
    )
    assert.equal(refuse({ error: '' }).code, 'unknown_error')
    assert.equal(refuse({ error: '\r\n' }).code, 'unknown_error')
  })

  test('any JSON object becomes an error that can be printed', () => {
    const field = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue())
    const answer = fc.record(
      { error: field, error_description: field, error_codes: field, suberror: field, claims: field, trace_id: field },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(answer, fields => {
        const refusal = refuse(fields)
        assert.ok(refusal instanceof AuthError && refusal.hint.endsWith('.'))
        const { claims, ...printed } = refusal.toJSON()
        assert.ok(claims === undefined || typeof claims === 'string')
        assert.doesNotMatch(Object.values(printed).join(''), /\p{Cc}/u)
      }),
      { numRuns: 300 },
    )
  })
})
