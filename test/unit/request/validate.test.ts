/** The fields that every request may carry, and who we say we are. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { ClientError } from '#lib/errors.js'
import { orAborted } from '#lib/request/abort.js'
import { LIBRARY_SKU, LIBRARY_VERSION, microsoftHeaders } from '#lib/request/library.js'
import type { CommonRequest } from '#lib/request/requests.js'
import { optionalSeconds, optionalText, parseClaims, requiredText, validCommon } from '#lib/request/validate.js'

const GUID = '01234567-89ab-cdef-0123-456789abcdef'
const invalidRequest = (text: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === 'invalid_request' && text.test(error.message)

describe('the fields of every request', () => {
  test('have their defaults, and an id of their own each time', () => {
    const { correlationId, ...rest } = validCommon({})
    assert.match(correlationId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.notEqual(validCommon({}).correlationId, correlationId)
    assert.deepEqual(rest, {
      claims: undefined,
      clientCapabilities: [],
      extraQueryParameters: {},
      authority: undefined,
      tenantId: undefined,
      signal: undefined,
    })
  })

  test('are taken over when they are what they should be', () => {
    const { signal } = new AbortController()
    const own = { extraQueryParameters: { slice: '' }, clientCapabilities: ['cp1'], signal }
    const given = { correlationId: GUID.toUpperCase(), claims: '{"a":1}', ...own }
    const valid = validCommon({ ...given, authority: 'https://x/y' })
    assert.deepEqual(valid, { ...given, claims: { a: 1 }, authority: 'https://x/y', tenantId: undefined })
    assert.equal(validCommon({ tenantId: 'contoso.onmicrosoft.com' }).tenantId, 'contoso.onmicrosoft.com')
    assert.equal(validCommon({ tenantId: GUID }).tenantId, GUID)
    const longest = 'x'.repeat(32_768)
    assert.equal(validCommon({ extraQueryParameters: { longest } }).extraQueryParameters.longest, longest)
  })

  test('come back as a copy, whose lists nobody can change; each flow freezes the whole', () => {
    const extraQueryParameters = { a: '1' }
    const valid = validCommon({ extraQueryParameters })
    extraQueryParameters.a = '2'
    assert.deepEqual(valid.extraQueryParameters, { a: '1' })
    assert.ok(Object.isFrozen(valid.extraQueryParameters))
    assert.ok(Object.isFrozen(validCommon({}).extraQueryParameters))
  })

  const BAD: ReadonlyArray<[unknown, RegExp]> = [
    [undefined, /the request must be an object/],
    [null, /the request must be an object/],
    ['User.Read', /the request must be an object/],
    [{ correlationId: 'not-a-guid' }, /correlationId must be a GUID/],
    [{ correlationId: `${GUID}\r\nx: y` }, /correlationId must be a GUID/],
    [{ correlationId: 5 }, /correlationId must be a GUID/],
    [{ tenantId: '' }, /tenantId must be/],
    [{ tenantId: '../common' }, /tenantId must be/],
    [{ tenantId: 'a/b' }, /tenantId must be/],
    [{ tenantId: 'a?b' }, /tenantId must be/],
    [{ tenantId: 'a'.repeat(256) }, /tenantId must be/],
    [{ tenantId: 5 }, /tenantId must be/],
    [{ tenantId: 'contoso.com', authority: 'https://x/y' }, /both authority and tenantId/],
    [{ authority: '' }, /authority must be a string/],
    [{ authority: `https://x/${'y'.repeat(2_048)}` }, /authority is longer/],
    [{ signal: {} }, /signal must be an AbortSignal/],
    [{ signal: null }, /signal must be an AbortSignal/],
    [{ extraQueryParameters: null }, /extraQueryParameters must be an object/],
    [{ extraQueryParameters: 'a=b' }, /extraQueryParameters must be an object/],
    [{ extraQueryParameters: ['a'] }, /extraQueryParameters must be an object/],
    [{ extraQueryParameters: new Map([['a', 'b']]) }, /extraQueryParameters must be an object/],
    [{ extraQueryParameters: new URLSearchParams('a=b') }, /extraQueryParameters must be an object/],
    [{ extraQueryParameters: { a: 5 } }, /must map names to strings/],
    [{ extraQueryParameters: { '': 'x' } }, /must map names to strings/],
    [{ extraQueryParameters: { a: 'x'.repeat(32_769) } }, /a of extraQueryParameters is longer/],
  ]
  for (const [request, message] of BAD) {
    test(`are refused: ${message.source} (${JSON.stringify(request)?.slice(0, 50)})`, () => {
      assert.throws(() => validCommon(request as CommonRequest), invalidRequest(message))
    })
  }

  test('a signal that has fired ends the call with its own reason', () => {
    const reason = new Error('the user left')
    assert.throws(
      () => validCommon({ signal: AbortSignal.abort(reason) }),
      (error: unknown) => error === reason,
    )
  })
})

describe('claims', () => {
  test('are the text of a JSON object, or nothing', () => {
    assert.deepEqual(parseClaims('{"access_token":{"nbf":{"essential":true}}}'), {
      access_token: { nbf: { essential: true } },
    })
    const longest = `{"a":"${'x'.repeat(32_768 - 8)}"}`
    assert.equal(longest.length, 32_768)
    assert.deepEqual(parseClaims(longest), JSON.parse(longest))
    for (const nothing of [undefined, '', '  ']) assert.equal(parseClaims(nothing), undefined)
  })

  test('are refused as anything else', () => {
    const big = `{"a":"${'x'.repeat(32_768)}"}`
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
    for (const claims of [deep, '{', 'null', '5', '"x"', '[{}]', '{"a":}', 5, null, {}, big]) {
      assert.throws(() => parseClaims(claims), { code: 'invalid_json_claims_format' }, String(claims).slice(0, 20))
    }
  })
})

describe('single fields', () => {
  test('a text may be absent, but not empty, too long or something else', () => {
    assert.equal(optionalText(undefined, 'field'), undefined)
    assert.equal(optionalText('x'.repeat(5), 'field', 5), 'xxxxx')
    assert.throws(() => optionalText('x'.repeat(6), 'field', 5), invalidRequest(/field is longer than 5/))
    for (const value of ['', null, 5, [], {}]) {
      assert.throws(() => optionalText(value, 'field'), invalidRequest(/field must be a string/))
    }
  })

  test('a text that is needed has to be there', () => {
    assert.equal(requiredText('x', 'field'), 'x')
    assert.throws(() => requiredText(undefined, 'field'), invalidRequest(/field is missing/))
    assert.throws(() => requiredText('', 'field'), invalidRequest(/field must be a string/))
  })

  test('a message about a text does not repeat it', () => {
    assert.throws(
      () => requiredText('hunter2'.repeat(10_000), 'password'),
      (error: Error) => !/hunter2/.test(error.message),
    )
  })

  test('seconds are between one and a day', () => {
    for (const seconds of [1, 1.5, 300, 86_400]) assert.equal(optionalSeconds(seconds, 'field'), seconds)
    assert.equal(optionalSeconds(undefined, 'field'), undefined)
    for (const value of [0, 0.9, -1, 86_401, Number.NaN, Number.POSITIVE_INFINITY, '5', null, true]) {
      assert.throws(() => optionalSeconds(value, 'timeoutSeconds'), invalidRequest(/timeoutSeconds must be a number/))
    }
  })
})

describe('waiting with a signal', () => {
  test('passes the outcome on', async () => {
    const { signal } = new AbortController()
    assert.equal(await orAborted(Promise.resolve(5), signal), 5)
    assert.equal(await orAborted(Promise.resolve(6), undefined), 6)
    await assert.rejects(orAborted(Promise.reject(new Error('work')), signal), /work/)
  })

  test('ends with the reason of the signal, before or during the wait, even if the work fails later', async () => {
    let fail = (_: Error): void => assert.fail('not started')
    const work = new Promise<never>((_, reject) => {
      fail = reject
    })
    const abort = new AbortController()
    const waiting = orAborted(work, abort.signal)
    abort.abort(new Error('enough'))
    await assert.rejects(waiting, /enough/)
    await assert.rejects(orAborted(work, abort.signal), /enough/)
    fail(new Error('too late'))
    await new Promise(resolve => setImmediate(resolve))
  })
})

describe('who we are', () => {
  test('the version is that of package.json', () => {
    const { name, version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
    assert.deepEqual([LIBRARY_SKU, LIBRARY_VERSION], [name, version])
  })

  test('every request says so, and asks for Retry-After', () => {
    assert.deepEqual(microsoftHeaders('request-id'), {
      'x-client-sku': LIBRARY_SKU,
      'x-client-ver': LIBRARY_VERSION,
      'x-client-os': process.platform,
      'x-ms-lib-capability': 'retry-after, h429',
      'client-request-id': 'request-id',
      'return-client-request-id': 'true',
    })
  })
})
