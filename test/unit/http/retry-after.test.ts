/** Retry-After: both its forms, its bounds, and what is neither. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRetryAfter } from '#lib/http/retry-after.js'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const after = (header: string | undefined) => {
  const at = parseRetryAfter(header, NOW)
  return at === undefined ? undefined : (at.getTime() - NOW) / 1000
}

test('reads seconds', () => {
  assert.equal(after('0'), 0)
  assert.equal(after(' 120 '), 120)
})

test('reads the three date forms of HTTP', () => {
  assert.equal(after('Sun, 01 Mar 2026 12:05:00 GMT'), 300)
  assert.equal(after('Sunday, 01-Mar-26 12:05:00 GMT'), 300)
  assert.equal(after('Sun, 01 Mar 2026 11:00:00 GMT'), 0)
})

test('is bounded to an hour', () => {
  assert.equal(after('3601'), 3600)
  assert.equal(after('99999999999999999999'), 3600)
  assert.equal(after('Tue, 01 Mar 2033 12:05:00 GMT'), 3600)
})

test('is nothing when the header is missing or no HTTP value', () => {
  for (const header of [undefined, '', '-1', '5.5', 'soon', '1e3', '2026-03-01', 'Sunny day'])
    assert.equal(after(header), undefined, String(header))
})
