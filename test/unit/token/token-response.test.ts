/** The token answer: what is taken from it, in which units, and what is refused. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ClientError } from '#lib/errors.js'
import { parseTokenResponse } from '#lib/token/token-response.js'

const NOW = Date.parse('2026-01-02T03:04:05.678Z')
const DAY_MS = 86_400_000

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const idToken = `${base64url({ alg: 'RS256' })}.${base64url({ sub: 'subject', name: 'Ünïcödé' })}.c2ln`

const MINIMAL = { token_type: 'Bearer', access_token: 'at' }
const parse = (answer: Readonly<Record<string, unknown>>) => parseTokenResponse(answer, NOW, 'request-id')
const secondsFromNow = (date: Date | undefined) => (date === undefined ? undefined : (date.getTime() - NOW) / 1000)

const refusedWith = (code: string) => (error: unknown) =>
  error instanceof ClientError && error.code === code && error.correlationId === 'request-id'

describe('a token answer', () => {
  test('has its times made absolute and its fields named as ours', () => {
    const tokens = parse({
      ...MINIMAL,
      scope: 'User.Read  Mail.Read',
      expires_in: 3599,
      ext_expires_in: 7199,
      refresh_in: 1800,
      refresh_token: 'rt',
      refresh_token_expires_in: 86_400,
      foci: '1',
      id_token: idToken,
      client_info: base64url({ uid: 'u', utid: 't' }),
    })
    assert.deepEqual(tokens, {
      accessToken: 'at',
      receivedOn: new Date(NOW),
      expiresOn: new Date(NOW + 3_599_000),
      extendedExpiresOn: new Date(NOW + 7_199_000),
      refreshOn: new Date(NOW + 1_800_000),
      scopes: ['User.Read', 'Mail.Read'],
      refreshToken: 'rt',
      refreshTokenExpiresOn: new Date(NOW + 86_400_000),
      familyId: '1',
      idToken,
      idTokenClaims: { sub: 'subject', name: 'Ünïcödé' },
      clientInfo: { uid: 'u', utid: 't', raw: base64url({ uid: 'u', utid: 't' }) },
    })
  })

  test('may lack everything but the access token and its type', () => {
    const { expiresOn, receivedOn, accessToken, ...rest } = parse(MINIMAL)
    assert.equal(accessToken, 'at')
    assert.deepEqual(receivedOn, new Date(NOW))
    assert.equal(secondsFromNow(expiresOn), 600)
    assert.deepEqual(Object.values(rest), Array(9).fill(undefined))
  })

  test('null and empty fields count as absent', () => {
    for (const nothing of [null, '']) {
      const tokens = parse({ ...MINIMAL, refresh_token: nothing, id_token: nothing, scope: nothing, foci: nothing })
      assert.deepEqual(
        [tokens.refreshToken, tokens.idToken, tokens.scopes, tokens.familyId],
        [undefined, undefined, undefined, undefined],
      )
    }
  })

  test('the type is compared without case', () => {
    for (const token_type of ['bearer', 'BEARER']) assert.equal(parse({ ...MINIMAL, token_type }).accessToken, 'at')
  })

  test('broken client_info is left out, since the ID token can stand in', () => {
    for (const client_info of ['%%%', 'bm8', 5, {}]) {
      assert.equal(parse({ ...MINIMAL, client_info }).clientInfo, undefined)
    }
  })
})

describe('lifetimes', () => {
  const TABLE: ReadonlyArray<[unknown, number]> = [
    [3599, 3599],
    ['3599', 3599],
    [0, 0],
    ['0', 0],
    [3599.5, 3599.5],
    [1e300, (366 * DAY_MS) / 1000],
    [Number.POSITIVE_INFINITY, (366 * DAY_MS) / 1000],
    ['999999999999', (366 * DAY_MS) / 1000],
    // Anything else is as if it were absent: ten minutes, of which five can be used.
    [undefined, 600],
    [null, 600],
    ['', 600],
    [' ', 600],
    ['soon', 600],
    ['0x10', 600],
    ['1e3', 600],
    ['-5', 600],
    ['9'.repeat(400), 600],
    [-5, 600],
    [Number.NaN, 600],
    [true, 600],
    [[], 600],
    [[5], 600],
    [{}, 600],
  ]
  for (const [expires_in, seconds] of TABLE) {
    test(`expires_in ${JSON.stringify(expires_in)?.slice(0, 20)} (${typeof expires_in}) is ${seconds} s`, () => {
      assert.equal(secondsFromNow(parse({ ...MINIMAL, expires_in }).expiresOn), seconds)
    })
  }

  test('the other lifetimes are read the same way, and have no default', () => {
    const tokens = parse({ ...MINIMAL, ext_expires_in: '7199', refresh_in: '1800' })
    assert.equal(secondsFromNow(tokens.extendedExpiresOn), 7199)
    assert.equal(secondsFromNow(tokens.refreshOn), 1800)
    const broken = parse({ ...MINIMAL, ext_expires_in: true, refresh_in: [] })
    assert.deepEqual([broken.extendedExpiresOn, broken.refreshOn], [undefined, undefined])
  })
})

describe('what is not a token answer', () => {
  const TABLE: ReadonlyArray<[string, Record<string, unknown>, string]> = [
    ['no token_type', { access_token: 'at' }, 'token_type_missing'],
    ['an empty token_type', { ...MINIMAL, token_type: '' }, 'token_type_missing'],
    ['a token bound to a key', { ...MINIMAL, token_type: 'pop' }, 'token_type_mismatch'],
    ['a token_type that is a number', { ...MINIMAL, token_type: 1 }, 'invalid_token_response'],
    ['no access_token', { token_type: 'Bearer' }, 'invalid_token_response'],
    ['an access_token that is an object', { ...MINIMAL, access_token: {} }, 'invalid_token_response'],
    ['a refresh_token that is a number', { ...MINIMAL, refresh_token: 5 }, 'invalid_token_response'],
    ['a refresh_token that is false', { ...MINIMAL, refresh_token: false }, 'invalid_token_response'],
    ['a scope that is an array', { ...MINIMAL, scope: ['User.Read'] }, 'invalid_token_response'],
    ['an id_token that is an array', { ...MINIMAL, id_token: [idToken] }, 'invalid_token_response'],
    ['an id_token of one part', { ...MINIMAL, id_token: 'abc' }, 'invalid_jwt'],
    ['an id_token whose payload is not JSON', { ...MINIMAL, id_token: 'a.%%.c' }, 'invalid_jwt'],
    ['an id_token whose payload is a list', { ...MINIMAL, id_token: `a.${base64url([1])}.c` }, 'invalid_jwt'],
    ['an id_token whose payload is a number', { ...MINIMAL, id_token: `a.${base64url(5)}.c` }, 'invalid_jwt'],
    ['an id_token whose payload is null', { ...MINIMAL, id_token: `a.${base64url(null)}.c` }, 'invalid_jwt'],
  ]
  for (const [name, answer, code] of TABLE) {
    test(`refuses ${name} with ${code}`, () => assert.throws(() => parse(answer), refusedWith(code)))
  }

  test('an ID token without an access token is what openid alone brings, and says so', () => {
    const hintOf = (answer: Record<string, unknown>): string => {
      try {
        parseTokenResponse({ token_type: 'Bearer', ...answer }, NOW, 'request-id')
      } catch (error) {
        if (error instanceof ClientError) return `${error.code}: ${error.hint}`
      }
      return assert.fail()
    }
    assert.match(hintOf({ id_token: 'a.b.c' }), /^invalid_token_response: .+client ID itself/)
    assert.doesNotMatch(hintOf({}), /client ID/)
  })

  test('says which field is wrong, and nothing of what is in it', () => {
    assert.throws(
      () => parse({ ...MINIMAL, refresh_token: { secret: 'do-not-show' } }),
      (error: Error) => /refresh_token/.test(error.message) && !/do-not-show/.test(error.message),
    )
  })
})
