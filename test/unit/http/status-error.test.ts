/** A status alone: which say that the server is in trouble, and when it may be asked again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ServiceError } from '#lib/errors.js'
import { parseJsonObject } from '#lib/http/json-object.js'
import { statusError } from '#lib/http/status-error.js'

const errorOf = (status: number, headers = {}) =>
  statusError(
    { status, headers, body: '<h1>secret page</h1>' },
    { purpose: 'question', correlationId: 'request-id', nowMs: 1_000 },
  )

test('429 and every 5xx are errors of the service, with what support needs', () => {
  for (const [status, code] of [
    [429, 'request_throttled'],
    [500, 'service_not_available'],
    [503, 'service_not_available'],
    [599, 'service_not_available'],
  ] as const) {
    const error = errorOf(status, { 'retry-after': '7' })
    assert.ok(error instanceof ServiceError)
    assert.deepEqual([error.code, error.status, error.correlationId], [code, status, 'request-id'])
    assert.equal(error.retryAfter?.getTime(), 8_000)
    assert.equal(error.message, `The question was answered with HTTP ${status}`)
    assert.equal(error.responseBody, '<h1>secret page</h1>')
  }
})

test('every other status is the business of whoever asked', () => {
  for (const status of [200, 204, 302, 400, 401, 404, 428, 430, 499])
    assert.equal(errorOf(status), undefined, `${status}`)
})

test('a JSON object is read, and nothing else is taken for one', () => {
  assert.deepEqual(parseJsonObject('{"a":[1]}'), { a: [1] })
  for (const text of ['', '[]', 'null', '"a"', '1', 'true', '<html>', '{"a":1', '{}x']) {
    assert.equal(parseJsonObject(text), undefined, text)
  }
})
