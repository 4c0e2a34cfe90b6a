/** The ID token: decoded with care, and accepted only from the right issuer for this application and this sign-in. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { CONSUMERS_TENANT, parseAuthority } from '#lib/authority/authority.js'
import { findKnownCloud, singleHostCloud } from '#lib/authority/known-clouds.js'
import { ClientError } from '#lib/errors.js'
import type { IdTokenClaims } from '#lib/request/result.js'
import { checkIdToken, decodeIdToken } from '#lib/token/id-token.js'
import { MemoryLogger } from '../../fakes/memory-logger.js'

const NOW = Date.parse('2026-01-02T03:04:05Z')
const CLIENT = '11111111-2222-3333-4444-55555555ABCD'
const TENANT = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'
const OTHER = 'ffffffff-bbbb-cccc-dddd-eeeeeeeeeeee'
const PUBLIC = 'https://login.microsoftonline.com'

const good: IdTokenClaims = { aud: CLIENT, iss: `${PUBLIC}/${TENANT}/v2.0`, tid: TENANT, exp: NOW / 1000 + 3600 }

interface Case {
  readonly claims?: Record<string, unknown>
  readonly authority?: string
  readonly nonce?: string
}

function check({ claims = {}, authority = `${PUBLIC}/common`, nonce }: Case): MemoryLogger {
  const logger = new MemoryLogger()
  const parsed = parseAuthority(authority)
  checkIdToken({ ...good, ...claims } as IdTokenClaims, {
    clientId: CLIENT,
    authority: parsed,
    cloud: findKnownCloud(parsed.host) ?? singleHostCloud(parsed.host),
    issuer: undefined,
    nonce,
    nowMs: NOW,
    correlationId: 'request-id',
    logger,
  })
  return logger
}

const ACCEPTED: ReadonlyArray<[string, Case]> = [
  ['from the tenant, over common', {}],
  ['from the tenant, over organizations', { authority: `${PUBLIC}/organizations` }],
  ['from the tenant that was named', { authority: `${PUBLIC}/${TENANT}` }],
  ['from the tenant that was named in capitals', { authority: `${PUBLIC}/${TENANT.toUpperCase()}` }],
  ['from a tenant that was named by domain', { authority: `${PUBLIC}/contoso.onmicrosoft.com` }],
  ['from an alias of the host', { claims: { iss: `https://login.windows.net/${TENANT}/v2.0` } }],
  ['from the v1 issuer', { claims: { iss: `https://sts.windows.net/${TENANT}/` } }],
  ['for the host when an alias was asked', { authority: `https://login.windows.net/${TENANT}` }],
  ['with the issuer in other case', { claims: { iss: `${PUBLIC.toUpperCase()}/${TENANT.toUpperCase()}/v2.0` } }],
  ['with tid in capitals', { claims: { tid: TENANT.toUpperCase() } }],
  ['without tid', { claims: { tid: undefined } }],
  ['for a list of audiences with ours', { claims: { aud: ['x', CLIENT.toLowerCase()] } }],
  ['with the nonce that was sent', { claims: { nonce: 'n' }, nonce: 'n' }],
  ['with a nonce where none was sent', { claims: { nonce: 'n' } }],
  [
    'from consumers, whose tenant is a GUID',
    {
      claims: { iss: `${PUBLIC}/${CONSUMERS_TENANT}/v2.0`, tid: CONSUMERS_TENANT },
      authority: `${PUBLIC}/consumers`,
    },
  ],
  [
    'from a private host with a port',
    { claims: { iss: `https://sts.example:8443/${TENANT}/v2.0` }, authority: `https://sts.example:8443/${TENANT}` },
  ],
  [
    'from a national cloud',
    {
      claims: { iss: `https://login.microsoftonline.us/${TENANT}/v2.0` },
      authority: 'https://login.microsoftonline.us/common',
    },
  ],
]

const REFUSED: ReadonlyArray<[string, string, Case]> = [
  ['for another application', 'invalid_audience', { claims: { aud: OTHER } }],
  ['without an audience', 'invalid_audience', { claims: { aud: undefined } }],
  ['for a list of other audiences', 'invalid_audience', { claims: { aud: [OTHER, 5, null] } }],
  ['for an audience that only contains ours', 'invalid_audience', { claims: { aud: `${CLIENT}0` } }],
  ['without an issuer', 'invalid_issuer', { claims: { iss: undefined } }],
  ['with an issuer that is a list', 'invalid_issuer', { claims: { iss: [good.iss] } }],
  ['with an issuer that is no URL', 'invalid_issuer', { claims: { iss: 'login.microsoftonline.com' } }],
  ['from another host', 'invalid_issuer', { claims: { iss: `https://evil.example/${TENANT}/v2.0` } }],
  [
    'from a host that only ends like ours',
    'invalid_issuer',
    { claims: { iss: `https://evil-login.microsoftonline.com/${TENANT}/v2.0` } },
  ],
  [
    'from our host as user name',
    'invalid_issuer',
    { claims: { iss: `https://login.microsoftonline.com@evil.example/${TENANT}/v2.0` } },
  ],
  ['from our host on another port', 'invalid_issuer', { claims: { iss: `${PUBLIC}:8443/${TENANT}/v2.0` } }],
  ['from an issuer without TLS', 'invalid_issuer', { claims: { iss: good.iss?.replace('https', 'http') } }],
  ['from another cloud', 'invalid_issuer', { authority: 'https://login.microsoftonline.us/common' }],
  ['from another tenant than was named', 'invalid_issuer', { authority: `${PUBLIC}/${OTHER}` }],
  ['whose tid is not the tenant of the issuer', 'invalid_issuer', { claims: { tid: OTHER } }],
  ['from a work tenant, over consumers', 'invalid_issuer', { authority: `${PUBLIC}/consumers` }],
  ['with another nonce', 'nonce_mismatch', { claims: { nonce: 'm' }, nonce: 'n' }],
  ['with the nonce in other case', 'nonce_mismatch', { claims: { nonce: 'N' }, nonce: 'n' }],
  ['without the nonce that was sent', 'nonce_mismatch', { nonce: 'n' }],
]

describe('checking an ID token', () => {
  for (const [name, accepted] of ACCEPTED) {
    test(`accepts one ${name}`, () => assert.deepEqual(check(accepted).lines, []))
  }
  for (const [name, code, refused] of REFUSED) {
    test(`refuses one ${name}`, () => {
      assert.throws(
        () => check(refused),
        (error: unknown) => error instanceof ClientError && error.code === code && error.correlationId === 'request-id',
      )
    })
  }

  test('one that has expired only warns, five minutes after the fact', () => {
    const expiredFor = (seconds: number) => check({ claims: { exp: NOW / 1000 - seconds } }).messages('warning')
    assert.deepEqual(expiredFor(300), [])
    assert.equal(expiredFor(301).length, 1)
    assert.match(expiredFor(301)[0] ?? '', /clock/)
    assert.deepEqual(check({ claims: { exp: 'yesterday' } }).lines, [])
  })

  test('says which issuer it was, in one line', () => {
    assert.throws(() => check({ claims: { iss: 'https://evil.example/\r\nfake' } }), {
      message: 'The ID token was issued by https://evil.example/ fake',
    })
  })
})

describe('decoding an ID token', () => {
  test('reads the payload as UTF-8 and keeps claims it does not know', () => {
    const payload = Buffer.from(JSON.stringify({ name: 'Zoë 漢', custom: [1] })).toString('base64url')
    assert.deepEqual(decodeIdToken(`h.${payload}.s`), { name: 'Zoë 漢', custom: [1] })
    assert.deepEqual(decodeIdToken(`h.${payload}`), { name: 'Zoë 漢', custom: [1] })
  })

  test('a claim called __proto__ changes nothing', () => {
    const claims = decodeIdToken(`h.${Buffer.from('{"__proto__":{"oid":"x"}}').toString('base64url')}.s`)
    assert.equal(claims.oid, undefined)
  })

  test('leaves out common claims of another type, and no others', () => {
    const claims = {
      oid: 5,
      tid: ['t'],
      name: {},
      sub: 's',
      exp: '1',
      iat: 2,
      aud: ['a'],
      roles: ['r'],
      given_name: null,
    }
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    assert.deepEqual(decodeIdToken(`h.${payload}.s`), { sub: 's', iat: 2, aud: ['a'], roles: ['r'] })
  })
})

test('what cannot be decoded is not quoted: it is about a person', () => {
  const payload = Buffer.from('who-it-is').toString('base64url')
  assert.throws(
    () => decodeIdToken(`h.${payload}.s`),
    error => !inspect(error, { depth: 9, showHidden: true }).includes('who-it-is'),
  )
})
