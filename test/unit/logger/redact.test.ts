/** Redaction: what must never be in a log, in the shapes in which it could get there; and prose stays prose. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { redact } from '#lib/logger.js'

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJ4In0.c2lnbmF0dXJl'
const GUID = '01234567-89ab-cdef-0123-456789abcdef'

describe('secrets in a text', () => {
  const TABLE: ReadonlyArray<[string, string, string]> = [
    ['a JWT', `got ${JWT}, fine`, 'got [token], fine'],
    ['a JWT without a signature', 'got eyJhbGciOiJub25lIn0.eyJvaWQiOiJ4In0. fine', 'got [token] fine'],
    ['a JWT in the middle of a word', `token_${JWT}`, 'token_[token]'],
    ['an encrypted JWT', 'eyJhbGciOiJkaXIifQ..aXZpdml2aXZpdg.Y2lwaGVy.dGFndGFn', '[token]'],
    [
      'a code in a URL',
      'http://localhost:1/?code=0.AX_s3cret&state=abc&x=1',
      'http://localhost:1/?code=[redacted]&state=[redacted]&x=1',
    ],
    ['a code in a fragment', 'http://localhost/#code=abc', 'http://localhost/#code=[redacted]'],
    [
      'a password in a form',
      'grant_type=password&username=u&password=hunter2%2C%27',
      'grant_type=password&username=u&password=[redacted]',
    ],
    ['a password with punctuation', 'password=a,b;c}d rest', 'password=[redacted] rest'],
    ['a verifier', 'code_verifier=abc', 'code_verifier=[redacted]'],
    [
      'a refresh token in JSON',
      '{"refresh_token":"1.AAA","expires_in":5}',
      '{"refresh_token":"[redacted]","expires_in":5}',
    ],
    ['JSON with spaces', '{ "access_token" : "abc" }', '{ "access_token" : "[redacted]" }'],
    ['a password with spaces in JSON', '{"password":"correct horse, battery"}', '{"password":"[redacted]"}'],
    ['a quotation mark in JSON', '{"password":"a\\"b","x":1}', '{"password":"[redacted]","x":1}'],
    ['JSON that was cut off', '{"refresh_token":"1.AAA', '{"refresh_token":"[redacted]"'],
    [
      'a secret of the cache',
      '{"credential_type":"RefreshToken","secret":"abc"}',
      '{"credential_type":"RefreshToken","secret":"[redacted]"}',
    ],
    ['an inspected object', inspect({ password: "it's" }), '{ password: "[redacted]" }'],
    ['a header', 'Authorization: Bearer abc', 'Authorization: [redacted]'],
    ['a header of another scheme', 'authorization: Basic dXNlcjpwYXNz', 'authorization: [redacted]'],
    ['a Negotiate header', 'Authorization: Negotiate YII/abc+==\r\nHost: x', 'Authorization: [redacted]\r\nHost: x'],
    ['all cookies of a header', 'Cookie: a=1; b=2\nAccept: */*', 'Cookie: [redacted]\nAccept: */*'],
    ['a cookie being set', 'Set-Cookie: session=abc; path=/', 'Set-Cookie: [redacted]'],
    ['a header in JSON', '{"authorization":"Bearer abc"}', '{"authorization":"[redacted]"}'],
    ['a proxy header', 'Proxy-Authorization: Basic abc', 'Proxy-Authorization: [redacted]'],
    ['capitals', 'CODE=abc {"Password":"x"}', 'CODE=[redacted] {"Password":"[redacted]"}'],
    ['a long opaque run', `got ${'aB3_'.repeat(15)} end`, 'got [redacted] end'],
    ['Base64 with slashes', `got ${'aB3/'.repeat(30)} end`, 'got [redacted] end'],
    ['a SAML assertion', `assertion=${'PHNhbWw'.repeat(3)}&x=1`, 'assertion=[redacted]&x=1'],
  ]
  for (const [name, written, expected] of TABLE) test(name, () => assert.equal(redact(written), expected))

  test('JSON inside JSON', () => {
    const inner = JSON.stringify({ refresh_token: '1.AAA', password: 'hunter2' })
    const shown = redact(JSON.stringify({ body: inner }))
    assert.doesNotMatch(shown, /1\.AAA|hunter2/)
  })

  const PROSE = [
    'error code: 5',
    'the code was refused (invalid_grant)',
    'token request to the token endpoint: HTTP 400 in 120 ms',
    'the ID token has already expired: check the clock of this machine',
    `correlation id ${GUID}, trace id ${GUID}`,
    'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/authorize?client_id=abc&scope=User.Read',
    'AADSTS7000218: The request body must contain the following parameter: client_assertion or client_secret.',
    '/home/user/.local/share/latchkey/cache.bin.lockfile is held by process 5',
    'error_code=5 barcode=6 {"error_codes":[50126],"status":400}',
    'state machine; nonce was checked; password expired',
  ]
  for (const text of PROSE) test(`leaves prose alone: ${text.slice(0, 60)}`, () => assert.equal(redact(text), text))
})

describe('whatever the secret', () => {
  const base64url = fc
    .uint8Array({ minLength: 48, maxLength: 600 })
    .map(bytes => Buffer.from(bytes).toString('base64url'))
  const secret = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 })
  const around = fc.constantFrom(
    ['', ''],
    ['token ', ' was sent'],
    ['(', ')'],
    ['x=', '&y=1'],
    ['"', '"'],
    ['https://sts.example/?t=', '#end'],
  )

  test('a random opaque token is never left', () => {
    fc.assert(
      fc.property(base64url, around, (token, [before = '', after = '']) => {
        assert.equal(redact(before + token + after).includes(token.slice(0, 20)), false)
      }),
    )
  })

  test('a random token in standard Base64 is never left', () => {
    const base64 = fc.uint8Array({ minLength: 120, maxLength: 600 }).map(bytes => Buffer.from(bytes).toString('base64'))
    fc.assert(
      fc.property(base64, around, (token, [before = '', after = '']) => {
        assert.equal(redact(before + token + after).includes(token.slice(0, 20)), false)
      }),
    )
  })

  test('a random JWT is never left, not even its signature', () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const name = fc.constantFrom('alg', 'typ', 'kid', 'x5t', 'enc')
    const headers = fc.dictionary(name, fc.string(), { minKeys: 1 }).map(encode)
    const payloads = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }).map(encode)
    const signature = fc
      .uint8Array({ minLength: 32, maxLength: 64 })
      .map(bytes => Buffer.from(bytes).toString('base64url'))
    fc.assert(
      fc.property(headers, payloads, signature, around, (header, payload, sign, [before = '', after = '']) => {
        const shown = redact(`${before}${header}.${payload}.${sign}${after}`)
        assert.equal(shown.includes(payload) || shown.includes(sign), false)
      }),
    )
  })

  test('a random password is never left in a form or in JSON', () => {
    fc.assert(
      fc.property(secret, text => {
        const form = new URLSearchParams({ username: 'u', password: text, scope: 'a b' }).toString()
        assert.equal(redact(form), 'username=u&password=[redacted]&scope=a+b')
        const json = JSON.stringify({ username: 'u', password: text, scope: 'a b' })
        assert.equal(redact(json), '{"username":"u","password":"[redacted]","scope":"a b"}')
      }),
    )
  })
})
