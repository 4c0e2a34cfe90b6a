/** The claims parameter and client_info. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { buildClaims } from '#lib/token/claims.js'
import { homeAccountIdOf, parseClientInfo } from '#lib/token/client-info.js'

const merged = (claims: Readonly<Record<string, unknown>> | undefined, capabilities: readonly string[]) =>
  JSON.parse(buildClaims(claims, capabilities) ?? 'null')

describe('claims', () => {
  test('there are none without a challenge and without capabilities', () => {
    assert.equal(buildClaims(undefined, []), undefined)
  })

  test('a challenge alone is passed on', () => {
    const claims = { access_token: { nbf: { essential: true, value: '1' } }, id_token: { acr: null } }
    assert.deepEqual(merged(claims, []), claims)
  })

  test('capabilities alone are asked for as xms_cc of the access token', () => {
    assert.deepEqual(merged(undefined, ['cp1', 'cp2']), { access_token: { xms_cc: { values: ['cp1', 'cp2'] } } })
  })

  test('capabilities are added to a challenge without losing any of it', () => {
    const claims = { access_token: { nbf: { essential: true } }, id_token: { acr: null } }
    assert.deepEqual(merged(claims, ['cp1']), {
      access_token: { nbf: { essential: true }, xms_cc: { values: ['cp1'] } },
      id_token: { acr: null },
    })
    assert.deepEqual(claims, { access_token: { nbf: { essential: true } }, id_token: { acr: null } })
  })

  test('an access_token that asks for nothing in particular takes the capabilities', () => {
    for (const access_token of [null, 'x', 5]) {
      assert.deepEqual(merged({ access_token }, ['cp1']), { access_token: { xms_cc: { values: ['cp1'] } } })
    }
  })
})

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('client_info', () => {
  test('names the account by its home, with and without padding', () => {
    const raw = encode({ uid: 'object-id', utid: 'tenant-id', more: 1 })
    for (const text of [raw, `${raw}==`]) {
      const info = parseClientInfo(text)
      assert.deepEqual(info, { uid: 'object-id', utid: 'tenant-id', raw: text })
      assert.equal(info && homeAccountIdOf(info), 'object-id.tenant-id')
    }
  })

  test('may be as long as 4096 characters', () => {
    const raw = encode({ uid: 'u'.repeat(3_072 - 21), utid: 't' })
    assert.equal(raw.length, 4_096)
    assert.equal(parseClientInfo(raw)?.utid, 't')
  })

  test('is left out when it does not say who it is about', () => {
    const useless = [
      undefined,
      null,
      5,
      {},
      '',
      'not base64 of JSON',
      encode(null),
      encode('text'),
      encode([]),
      encode({ uid: 'u' }),
      encode({ uid: '', utid: 't' }),
      encode({ uid: 'u', utid: 7 }),
      encode({ uid: 'u'.repeat(4_096), utid: 't' }),
    ]
    for (const raw of useless) assert.equal(parseClientInfo(raw), undefined, JSON.stringify(raw)?.slice(0, 40))
  })

  test('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.jsonValue().map(encode)), raw => {
        const info = parseClientInfo(raw)
        assert.ok(info === undefined || (info.uid !== '' && info.utid !== ''))
      }),
    )
  })
})
