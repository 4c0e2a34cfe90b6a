/** Answers of token endpoints and discovery documents with anything in them: a sound result, or an error of ours that repeats no secret. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseAuthority } from '#lib/authority/authority.js'
import { parseInstanceDiscovery } from '#lib/authority/instance-discovery.js'
import { parseOpenIdConfiguration } from '#lib/authority/openid-configuration.js'
import { assertTrustedRealm } from '#lib/authority/webfinger.js'
import type { HttpResponse } from '#lib/http/http-client.js'
import { parseTokenAnswer } from '#lib/token/token-endpoint.js'
import { parseTokenResponse } from '#lib/token/token-response.js'
import { FakeHttp } from '../fakes/fake-http.js'
import { assertOurs, damagedObject, damagedText, hostileJson, parsed, RUNS, SECRET } from './support.js'

const NOW = 1_800_000_000_000
const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url')
const ID_TOKEN = `${part({ alg: 'none' })}.${part({ oid: 'o', tid: 't', sub: 's', name: SECRET })}.x`

const answersOf = (samples: readonly object[]): fc.Arbitrary<HttpResponse> =>
  fc.record({
    status: fc.constantFrom(200, 200, 200, 400, 401, 404, 429, 500, 302, 204),
    headers: fc.dictionary(fc.constantFrom('retry-after', 'content-type', 'date', 'www-authenticate'), fc.string()),
    body: fc.oneof(
      fc.constantFrom(...samples).map(answer => JSON.stringify(answer)),
      damagedObject(samples).map(answer => JSON.stringify(answer)),
      damagedText(samples.map(sample => JSON.stringify(sample))),
      hostileJson.map(value => JSON.stringify(value) ?? ''),
      fc.string({ unit: 'binary', maxLength: 200 }),
    ),
  })

describe('a token endpoint', () => {
  const SAMPLES = [
    {
      token_type: 'Bearer',
      scope: 'User.Read openid',
      expires_in: 3599,
      ext_expires_in: 3599,
      refresh_in: 1800,
      access_token: SECRET,
      refresh_token: SECRET,
      id_token: ID_TOKEN,
      client_info: part({ uid: 'o', utid: 't' }),
    },
    {
      error: 'invalid_grant',
      error_description: 'AADSTS50076: no',
      error_codes: [50076],
      suberror: 'basic_action',
      claims: '{"access_token":{}}',
      trace_id: 'a',
      correlation_id: 'b',
      timestamp: 'c',
    },
  ]

  test('that answers at random', () => {
    let tokens = 0
    fc.assert(
      fc.property(answersOf(SAMPLES), response => {
        const token = parsed(() => parseTokenResponse(parseTokenAnswer(response, 'id', NOW), NOW, 'id'))
        if (token === undefined) return
        tokens++
        assert.equal(response.status, 200)
        assert.ok(token.accessToken.length > 0 && typeof token.accessToken === 'string')
        for (const date of [token.expiresOn, token.extendedExpiresOn, token.refreshOn, token.refreshTokenExpiresOn]) {
          if (date === undefined) continue
          assert.ok(date.getTime() >= NOW && date.getTime() <= NOW + 366 * 86_400_000, String(date))
        }
        for (const text of [token.refreshToken, token.idToken, token.familyId]) {
          assert.ok(text === undefined || (typeof text === 'string' && text !== ''))
        }
      }),
      RUNS,
    )
    assert.ok(tokens > 5, `${tokens} answers had tokens`)
  })
})

/** Instance discovery with other names of hosts in it. */
function namesOf(host: string): fc.Arbitrary<HttpResponse> {
  const name = fc.constantFrom(
    host,
    'b.c',
    'B.C:444',
    '',
    'a b',
    'a/b',
    'a@b',
    'a?b',
    'a#b',
    '[::1',
    '..',
    '\u0000',
    'ü',
  )
  const named = fc.record({ preferred_network: name, preferred_cache: name, aliases: fc.array(name, { maxLength: 3 }) })
  const sample = { preferred_network: host, preferred_cache: host, aliases: [host] }
  const entry = fc.oneof(named, damagedObject([sample]), hostileJson)
  return fc.array(entry, { maxLength: 3 }).map(metadata => ({
    status: 200,
    headers: {},
    body: JSON.stringify({ tenant_discovery_endpoint: 'https://a.b/', metadata }),
  }))
}

describe('a discovery document', () => {
  const authority = parseAuthority('https://idp.example/tenant', 'OIDC')

  test('of an OpenID provider', () => {
    const SAMPLE = {
      issuer: 'https://idp.example/tenant',
      authorization_endpoint: 'https://idp.example/authorize',
      token_endpoint: 'https://idp.example/token',
      device_authorization_endpoint: 'https://idp.example/device',
      authorization_response_iss_parameter_supported: true,
    }
    const urls = fc.constantFrom(
      ...[
        'http://idp.example/token',
        'javascript:alert(1)',
        'https://',
        '//idp.example',
        'https://a:b@c/',
        'data:,',
        '',
      ],
    )
    const hostile = fc
      .tuple(damagedObject([SAMPLE]), fc.constantFrom(...Object.keys(SAMPLE)), fc.option(urls))
      .map(([document, name, url]) => JSON.stringify(url === null ? document : { ...document, [name]: url }))
    let read = 0
    fc.assert(
      fc.property(fc.oneof(hostile, damagedText([JSON.stringify(SAMPLE)])), body => {
        const expected = { authority, knownAuthorities: new Set<string>(), correlationId: 'id' }
        const configuration = parsed(() => parseOpenIdConfiguration(body, expected))
        if (configuration === undefined) return
        read++
        const { authorize, token, deviceCode } = configuration.endpoints
        for (const url of [authorize, token, deviceCode]) assert.ok(url === undefined || url.protocol === 'https:')
        assert.equal(configuration.issuer.replace(/\/$/, ''), 'https://idp.example/tenant')
      }),
      RUNS,
    )
    assert.ok(read > 5, `${read} were read`)
  })

  test('of instance discovery', () => {
    const host = 'login.contoso.example'
    const SAMPLES = [
      {
        tenant_discovery_endpoint: 'https://login.microsoftonline.com/t/.well-known/openid-configuration',
        'api-version': '1.1',
        metadata: [
          {
            preferred_network: 'login.contoso.example',
            preferred_cache: 'login.contoso.example',
            aliases: [host, 'b.c'],
          },
        ],
      },
      { error: 'invalid_instance', error_description: 'AADSTS50049: no' },
    ]
    let clouds = 0
    fc.assert(
      fc.property(fc.oneof(answersOf(SAMPLES), namesOf(host)), response => {
        const cloud = parsed(() => parseInstanceDiscovery(response, host, 'id'))
        if (cloud === undefined) return
        clouds++
        assert.equal(response.status, 200)
        assert.ok(cloud.aliases.has(host))
        for (const name of [cloud.preferredNetwork, cloud.preferredCache, ...cloud.aliases]) {
          assert.match(name, /^[^\s/@?#]+$/, 'tokens are filed under these names, and requests go to them')
        }
      }),
      RUNS,
    )
    assert.ok(clouds > 5, `${clouds} were read`)
  })

  test('of webfinger', async t => {
    const href = 'https://adfs.contoso.example'
    const SAMPLE = { subject: href, links: [{ rel: 'http://schemas.microsoft.com/rel/trusted-realm', href }] }
    let trusted = 0
    await fc.assert(
      fc.asyncProperty(answersOf([SAMPLE]), async response => {
        const http = new FakeHttp(t).expect(response)
        const isTrusted = await assertTrustedRealm(http, 'adfs.contoso.example', 'id').then(
          () => true,
          error => void assertOurs(error),
        )
        if (!isTrusted) return
        trusted++
        assert.equal(response.status, 200)
        assert.ok(response.body.includes('adfs.contoso.example'))
      }),
      { ...RUNS, numRuns: 500 },
    )
    assert.ok(trusted > 2, `${trusted} were trusted`)
  })
})
