/** AuthError and its subclasses: what a caller can branch on, and what never ends up in a log. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { AuthError, ClientError, InteractionRequiredError, oneLine, ServiceError, WebUiError } from '#lib/errors.js'

const SECRET_BODY = '{"error":"invalid_grant","secret":"do-not-log"}'

const refusal = () =>
  new InteractionRequiredError('invalid_grant', 'AADSTS50076: Use MFA.', {
    status: 400,
    error: 'invalid_grant',
    errorCodes: [50076],
    suberror: 'basic_action',
    claims: '{"access_token":{}}',
    traceId: 'trace-1',
    correlationId: 'correlation-1',
    retryAfter: new Date(0),
    responseBody: SECRET_BODY,
    classification: 'basic_action',
    consentUrl: new URL('https://login.example/consent'),
  })

describe('the classes', () => {
  test('an error is an instance of every class it specializes, and of no other', () => {
    const classes = [Error, AuthError, ClientError, WebUiError, ServiceError, InteractionRequiredError]
    const chains: Array<[AuthError, unknown[]]> = [
      [new AuthError('x'), [Error, AuthError]],
      [new ClientError('empty_scopes'), [Error, AuthError, ClientError]],
      [new WebUiError('the window was closed'), [Error, AuthError, ClientError, WebUiError]],
      [new ServiceError('x'), [Error, AuthError, ServiceError]],
      [refusal(), [Error, AuthError, ServiceError, InteractionRequiredError]],
    ]
    for (const [error, chain] of chains) {
      assert.deepEqual(
        classes.filter(known => error instanceof known),
        chain,
        error.name,
      )
    }
  })

  test('an error is named after its class, in text too', () => {
    assert.equal(new ClientError('empty_scopes').name, 'ClientError')
    assert.equal(new WebUiError('closed').name, 'WebUiError')
    assert.match(String(refusal()), /^InteractionRequiredError: AADSTS50076: Use MFA\.$/)
    assert.match(refusal().stack ?? '', /^InteractionRequiredError: AADSTS50076/)
  })

  test('a web UI error says why in its own words and keeps a code that can be branched on', () => {
    const error = new WebUiError('the window was closed')
    assert.equal(error.code, 'custom_webui_failed')
    assert.equal(error.message, 'the window was closed')
  })
})

describe('message, hint and cause', () => {
  test('without a message the meaning of the code is the message, and its hint the hint', () => {
    const error = new ClientError('empty_scopes')
    assert.match(error.message, /names no scopes/)
    assert.match(error.hint, /Ask for at least one scope/)
  })

  test('a message and a hint of the moment take the place of those in the table', () => {
    const error = new ClientError('empty_scopes', 'other message', { hint: 'Other hint.' })
    assert.deepEqual([error.message, error.hint], ['other message', 'Other hint.'])
  })

  test('a code that only the service knows is its own message and has a hint nevertheless', () => {
    for (const code of ['brand_new_error', 'constructor', '__proto__', 'toString']) {
      const error = new ServiceError(code)
      assert.equal(error.message, code)
      assert.match(error.hint, /^Look up .+\.$/)
    }
  })

  test('keeps the cause as it is, and has no cause when there is none', () => {
    const cause = new Error('ENOENT')
    assert.equal(new ClientError('cache_read_failed', undefined, { cause }).cause, cause)
    assert.equal(Object.hasOwn(new ClientError('cache_read_failed'), 'cause'), false)
  })

  test('a message that quotes a server is one line without control characters', () => {
    const error = new ServiceError('x', 'a\r\nERROR fake line\u001b[31mred\u0007\u2028\u202ereversed\u0000')
    assert.equal(error.message, 'a ERROR fake line [31mred reversed')
  })

  test('a message of any content is one line of at most 4096 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 1, max: 200 }), (text, times) => {
        const line = oneLine(text.repeat(times))
        assert.ok(line.length <= 4_096)
        assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
      }),
      { numRuns: 300 },
    )
    assert.equal(oneLine('x'.repeat(5_000)).length, 4_096)
  })

  test('plain text is left as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ09 é漢🔑.:"<>[]{}'), maxLength: 80 }), text => {
        assert.equal(oneLine(text), text.trim())
      }),
    )
  })
})

describe('what is written down', () => {
  test('toJSON has every field of the service except the raw answer', () => {
    const json = JSON.parse(JSON.stringify(refusal()))
    assert.deepEqual(json, {
      name: 'InteractionRequiredError',
      code: 'invalid_grant',
      message: 'AADSTS50076: Use MFA.',
      hint: refusal().hint,
      correlationId: 'correlation-1',
      status: 400,
      error: 'invalid_grant',
      errorCodes: [50076],
      suberror: 'basic_action',
      claims: '{"access_token":{}}',
      traceId: 'trace-1',
      retryAfter: '1970-01-01T00:00:00.000Z',
      classification: 'basic_action',
      consentUrl: 'https://login.example/consent',
    })
  })

  test('toJSON of a client error has no stack and no cause', () => {
    const cause = new Error('secret in the cause')
    const json = new ClientError('network_error', 'unreachable', { cause, correlationId: 'c' }).toJSON()
    assert.deepEqual(Object.keys(json), ['name', 'code', 'message', 'hint', 'correlationId'])
  })

  test('the raw answer can be read, but not met by accident', () => {
    const error = refusal()
    assert.equal(error.responseBody, SECRET_BODY)
    assert.equal(Object.keys(error).includes('responseBody'), false)
    assert.equal(Object.hasOwn({ ...error }, 'responseBody'), false)
    for (const text of [inspect(error), JSON.stringify(error), String(error), error.stack ?? '']) {
      assert.doesNotMatch(text, /do-not-log/)
    }
    assert.throws(() => Object.assign(error, { responseBody: 'x' }), TypeError)
  })

  test('an answer without details has empty fields rather than missing ones', () => {
    const error = new InteractionRequiredError('user_null')
    assert.deepEqual(error.errorCodes, [])
    assert.equal(error.classification, 'none')
    assert.equal(error.consentUrl, undefined)
    assert.equal(error.responseBody, undefined)
  })
})
