/** The configuration of another OpenID provider: what makes it believable, and how often it is asked for. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { parseAuthority } from '#lib/authority/authority.js'
import {
  discoverOpenIdConfiguration,
  type OpenIdConfigurations,
  type OpenIdDiscovery,
  parseOpenIdConfiguration,
} from '#lib/authority/openid-configuration.js'
import { ClientError, ServiceError } from '#lib/errors.js'
import { FakeClock } from '../../fakes/fake-clock.js'
import { FakeHttp, jsonAnswer } from '../../fakes/fake-http.js'

const ISSUER = 'https://idp.example/Realms/One'
const CONFIGURATION = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/auth`,
  token_endpoint: 'https://tokens.idp.example/token?realm=one',
  device_authorization_endpoint: `${ISSUER}/device`,
}

function parse(fields: Record<string, unknown> = {}, known: string[] = [], authority = ISSUER) {
  return parseOpenIdConfiguration(JSON.stringify({ ...CONFIGURATION, ...fields }), {
    authority: parseAuthority(authority, 'OIDC'),
    knownAuthorities: new Set(known),
    correlationId: 'id',
  })
}

const isRefusal = (code: string, text: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === code && error.correlationId === 'id' && text.test(error.message)

describe('a configuration', () => {
  test('names the endpoints, wherever they are', () => {
    const { issuer, endpoints } = parse()
    assert.equal(issuer, ISSUER)
    assert.deepEqual(
      [endpoints.authorize.href, endpoints.token.href, endpoints.deviceCode?.href],
      [`${ISSUER}/auth`, 'https://tokens.idp.example/token?realm=one', `${ISSUER}/device`],
    )
  })

  test('need not offer device codes', () => {
    assert.equal(parse({ device_authorization_endpoint: undefined }).endpoints.deviceCode, undefined)
  })

  test('has an issuer that is the authority, but for a slash at the end', () => {
    assert.equal(parse({ issuer: `${ISSUER}/` }).issuer, `${ISSUER}/`)
    assert.equal(parse({}, [], `${ISSUER}/`).issuer, ISSUER)
  })

  for (const issuer of [
    'https://idp.example/Realms/Two',
    'https://idp.example/realms/one',
    'https://idp.example',
    'https://idp.example.evil.example/Realms/One',
    'http://idp.example/Realms/One',
    `${ISSUER}//`,
    `${ISSUER}?x`,
    'idp.example',
    '',
  ]) {
    test(`with the issuer ${JSON.stringify(issuer)} is another provider's`, () => {
      assert.throws(() => parse({ issuer }), isRefusal('invalid_issuer', /idp\.example/))
    })
  }

  test('may have an issuer on a host that the application vouches for, over https', () => {
    const issuer = 'https://accounts.example:8443/one'
    assert.equal(parse({ issuer }, ['accounts.example:8443']).issuer, issuer)
    for (const other of [issuer.replace('https', 'http'), 'https://accounts.example/one']) {
      assert.throws(() => parse({ issuer: other }, ['accounts.example:8443']), isRefusal('invalid_issuer', /accounts/))
    }
  })

  for (const field of ['authorization_endpoint', 'token_endpoint', 'device_authorization_endpoint']) {
    test(`whose ${field} is not an https URL is refused`, () => {
      for (const value of ['http://idp.example/x', '/x', '', 7, null, 'javascript:alert(1)']) {
        assert.throws(() => parse({ [field]: value }), isRefusal('tenant_discovery_failed', new RegExp(field)))
      }
    })
  }

  test('without an issuer, or without what a sign-in needs, is refused', () => {
    for (const [field, text] of [
      ['issuer', /no issuer/],
      ['authorization_endpoint', /no authorization_endpoint/],
      ['token_endpoint', /no token_endpoint/],
    ] as const) {
      assert.throws(() => parse({ [field]: undefined }), isRefusal('tenant_discovery_failed', text))
    }
    assert.throws(() => parse({ issuer: 7 }), isRefusal('tenant_discovery_failed', /no issuer/))
  })
})

describe('discovery', () => {
  const authority = parseAuthority(ISSUER, 'OIDC')

  function discovery(t: TestContext) {
    const http = new FakeHttp(t)
    const clock = new FakeClock()
    const providers: OpenIdConfigurations = new Map()
    const discover = (more: Partial<OpenIdDiscovery> = {}) =>
      discoverOpenIdConfiguration({
        http,
        clock,
        providers,
        knownAuthorities: new Set<string>(),
        authority,
        correlationId: 'id',
        signal: undefined,
        ...more,
      })
    return { http, clock, discover }
  }

  test('asks once an hour, however many want to know', async t => {
    const { http, clock, discover } = discovery(t)
    http.expect(jsonAnswer(CONFIGURATION), jsonAnswer(CONFIGURATION))
    await Promise.all([discover(), discover()])
    await discover()
    assert.equal(http.requests.length, 1)
    assert.equal(http.requests[0]?.url.href, `${ISSUER}/.well-known/openid-configuration`)
    assert.deepEqual(Object.keys(http.requests[0]?.headers ?? {}), ['accept'])
    await clock.advance(3_600_000)
    await discover()
    assert.equal(http.requests.length, 2)
  })

  test('asks again after a failure', async t => {
    const { http, discover } = discovery(t)
    http.expect(new ClientError('network_error'), jsonAnswer({}, 404), jsonAnswer({}, 503), jsonAnswer(CONFIGURATION))
    await assert.rejects(discover(), { code: 'network_error' })
    await assert.rejects(discover(), isRefusal('tenant_discovery_failed', /404/))
    await assert.rejects(discover(), error => error instanceof ServiceError && error.code === 'service_not_available')
    await discover()
  })

  test('lets go whoever gives up, and nobody else', async t => {
    const { http, discover } = discovery(t)
    let answer: (value: ReturnType<typeof jsonAnswer>) => void = () => {}
    http.expect(() => new Promise(resolve => (answer = resolve)))
    const reason = new Error('given up')
    const controller = new AbortController()
    const impatient = discover({ signal: controller.signal })
    const patient = discover()
    controller.abort(reason)
    await assert.rejects(impatient, reason)
    answer(jsonAnswer(CONFIGURATION))
    assert.equal((await patient).issuer, ISSUER)
  })
})
