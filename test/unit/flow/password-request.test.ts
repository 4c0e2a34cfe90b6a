/** A user name and password request: what is let through to the letter, and what is refused without a word about the password. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { AuthError, type UsernamePasswordRequest } from 'latchkey'
import { validPasswordRequest } from '#lib/flow/password-request.js'

const SECRET = 'geheim-Öä€😀 '
const good = { scopes: ['User.Read'], username: 'joe@contoso.com', password: SECRET }

function refusalOf(wrong: Record<string, unknown>): AuthError {
  try {
    validPasswordRequest({ ...good, ...wrong } as UsernamePasswordRequest)
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
  return assert.fail(`let through: ${Object.keys(wrong)}`)
}

describe('what is let through', () => {
  test('the password is the same as text and as bytes, to the last space', () => {
    const bytes = new TextEncoder().encode(SECRET)
    for (const password of [SECRET, bytes, Buffer.from(SECRET)]) {
      assert.equal(validPasswordRequest({ ...good, password }).password, SECRET)
    }
    assert.deepEqual(bytes, new TextEncoder().encode(SECRET))
  })

  test('bytes that are a part of a larger buffer are read alone', () => {
    const buffer = new TextEncoder().encode('before-secret-after')
    assert.equal(validPasswordRequest({ ...good, password: buffer.subarray(7, 13) }).password, 'secret')
  })

  test('a byte order mark is a part of the password', () => {
    const password = new Uint8Array([0xef, 0xbb, 0xbf, 0x61])
    assert.equal(validPasswordRequest({ ...good, password }).password, '\ufeffa')
  })

  test('the user name loses the spaces around it, which come with a paste', () => {
    assert.equal(validPasswordRequest({ ...good, username: ' joe@contoso.com\n' }).username, 'joe@contoso.com')
  })

  test('the result is frozen and the request is left as it was', () => {
    const request = { ...good }
    assert.ok(Object.isFrozen(validPasswordRequest(request)))
    assert.deepEqual(request, good)
  })
})

describe('what is refused', () => {
  test('an empty user name is unknown_user', () => {
    for (const username of ['', ' ', '\t\n']) {
      const { code, correlationId, hint } = refusalOf({ username })
      assert.equal(code, 'unknown_user')
      assert.match(correlationId ?? '', /^[0-9a-f-]{36}$/)
      assert.match(hint, /joe@contoso\.com/)
    }
  })

  const WRONG: Record<string, Record<string, unknown>> = {
    'no user name': { username: undefined },
    'a user name that is a number': { username: 7 },
    'a user name of two thousand letters': { username: 'x'.repeat(2_000) },
    'a user name that is not well formed': { username: 'joe\ud83d@contoso.com' },
    'no password': { password: undefined },
    'an empty password': { password: '' },
    'no bytes': { password: new Uint8Array() },
    'a password that is a number': { password: 7 },
    'a password that is a list': { password: [...SECRET] },
    'a password of two thousand letters': { password: SECRET.repeat(200) },
    'bytes of two thousand letters': { password: new TextEncoder().encode('x'.repeat(2_000)) },
    'more bytes than a password has': { password: new Uint8Array(100_000_000) },
    'bytes that are not UTF-8': { password: new Uint8Array([0x67, 0x65, 0xff]) },
    'a password that is not well formed': { password: `${SECRET}\udc00` },
  }
  for (const [name, wrong] of Object.entries(WRONG)) {
    test(`${name} is invalid_request, and the error says nothing of the password`, () => {
      const error = refusalOf(wrong)
      assert.equal(error.code, 'invalid_request')
      for (const text of [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), `${error.stack}`]) {
        assert.doesNotMatch(text, /geheim|103, 101/)
      }
    })
  }
})
