/** Instance discovery: an unknown host is sent nothing before the cloud has vouched for it, and is asked about once. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { parseAuthority } from '#lib/authority/authority.js'
import { InstanceDiscovery, parseInstanceDiscovery } from '#lib/authority/instance-discovery.js'
import { ClientError, ServiceError } from '#lib/errors.js'
import type { HttpResponse } from '#lib/http/http-client.js'
import { FakeHttp, jsonAnswer } from '../../fakes/fake-http.js'
import { MemoryLogger } from '../../fakes/memory-logger.js'

const UNKNOWN = parseAuthority('https://login.unknown.example/contoso.com')
const ENDPOINT = 'https://login.unknown.example/contoso.com/v2.0/.well-known/openid-configuration'
const GOOD = {
  tenant_discovery_endpoint: ENDPOINT,
  'api-version': '1.1',
  metadata: [
    { preferred_network: 'a.example', preferred_cache: 'b.example', aliases: ['a.example', 'b.example'] },
    {
      preferred_network: 'Login.Network.example',
      preferred_cache: 'Login.Cache.example',
      aliases: ['login.network.example', 'LOGIN.UNKNOWN.EXAMPLE', 'login.cache.example'],
    },
  ],
}
const INVALID_INSTANCE = {
  error: 'invalid_instance',
  error_description: 'AADSTS50049: Unknown or invalid instance.\r\nTrace ID: 1',
}

interface Options {
  known?: string[]
  enabled?: boolean
}

function discovery(t: TestContext, { known = [], enabled = true }: Options = {}) {
  const http = new FakeHttp(t)
  const logger = new MemoryLogger()
  const clouds = new InstanceDiscovery({ http, logger, knownAuthorities: new Set(known), enabled })
  return { http, logger, clouds }
}

describe('hosts that need no question', () => {
  test('those of Microsoft', async t => {
    const { clouds } = discovery(t)
    const cloud = await clouds.cloudForRequest(parseAuthority('https://login.windows.net/common'), 'id')
    assert.equal(cloud.preferredNetwork, 'login.microsoftonline.com')
  })

  test('those that the configuration names, with their port', async t => {
    const { clouds, http } = discovery(t, { known: ['localhost:8443'] })
    const cloud = await clouds.cloudForRequest(parseAuthority('https://localhost:8443/contoso'), 'id')
    assert.equal(cloud.preferredNetwork, 'localhost:8443')
    http.expect(jsonAnswer(INVALID_INSTANCE, 400))
    await assert.rejects(clouds.cloudForRequest(parseAuthority('https://localhost:8444/contoso'), 'id'), ServiceError)
  })

  test('all of them, when discovery is switched off', async t => {
    const { clouds } = discovery(t, { enabled: false })
    assert.equal((await clouds.cloudForRequest(UNKNOWN, 'id')).preferredNetwork, 'login.unknown.example')
  })

  test('any host, for a look into the cache, which makes it no more trusted', async t => {
    const { clouds, http } = discovery(t)
    assert.equal(clouds.cloudForLookUp(UNKNOWN).preferredCache, 'login.unknown.example')
    assert.equal(http.requests.length, 0)
    http.expect(jsonAnswer(INVALID_INSTANCE, 400))
    await assert.rejects(clouds.cloudForRequest(UNKNOWN, 'id'), { code: 'invalid_instance' })
  })
})

describe('an unknown host', () => {
  test('is asked about at the public cloud, never at the host itself', async t => {
    const { clouds, http, logger } = discovery(t)
    http.expect(jsonAnswer(GOOD))
    const cloud = await clouds.cloudForRequest(parseAuthority('https://login.unknown.example:8443/x'), 'request-id')
    assert.equal(cloud.preferredNetwork, 'login.unknown.example:8443')
    const [request] = http.requests
    assert.equal(
      request?.url.href,
      'https://login.microsoftonline.com/common/discovery/instance?api-version=1.1' +
        '&authorization_endpoint=https%3A%2F%2Flogin.unknown.example%3A8443%2Fx%2Foauth2%2Fv2.0%2Fauthorize',
    )
    assert.deepEqual([request.method, request.retryOn5xx], ['GET', true])
    assert.deepEqual(request.headers, {
      accept: 'application/json',
      'client-request-id': 'request-id',
      'return-client-request-id': 'true',
    })
    assert.ok((request.timeoutMs ?? Number.POSITIVE_INFINITY) <= 10_000)
    assert.doesNotMatch(logger.messages().join(), /unknown\.example/)
  })

  test('is asked about once, however many want to know, and then remembered', async t => {
    const { clouds, http } = discovery(t)
    http.expect(jsonAnswer(GOOD))
    const asked = await Promise.all(Array.from({ length: 20 }, () => clouds.cloudForRequest(UNKNOWN, 'id')))
    assert.equal(new Set(asked).size, 1)
    assert.equal(asked[0]?.preferredNetwork, 'login.network.example')
    assert.equal(await clouds.cloudForRequest(UNKNOWN, 'id'), asked[0])
    assert.equal(clouds.cloudForLookUp(UNKNOWN), asked[0])
    assert.equal(http.requests.length, 1)
  })

  test('stays untrusted when the cloud cannot be asked, and is asked about again', async t => {
    const { clouds, http } = discovery(t)
    const unreachable = new ClientError('network_error', 'no way there', { correlationId: 'id' })
    http.expect(unreachable, { status: 503, body: 'busy' }, jsonAnswer(GOOD))
    await assert.rejects(clouds.cloudForRequest(UNKNOWN, 'id'), {
      code: 'network_error',
      message: 'no way there',
      correlationId: 'id',
      hint: /^It was to vouch for login\.unknown\.example: .+knownAuthorities.+\. Check the network/,
    })
    await assert.rejects(clouds.cloudForRequest(UNKNOWN, 'id'), { code: 'tenant_discovery_failed' })
    assert.equal((await clouds.cloudForRequest(UNKNOWN, 'id')).preferredCache, 'login.cache.example')
  })

  test('is refused with advice when the cloud does not know it', async t => {
    const { clouds, http } = discovery(t)
    http.expect(jsonAnswer(INVALID_INSTANCE, 400))
    await assert.rejects(clouds.cloudForRequest(UNKNOWN, 'request-id'), (error: unknown) => {
      assert.ok(error instanceof ServiceError)
      assert.deepEqual([error.code, error.status, error.correlationId], ['invalid_instance', 400, 'request-id'])
      assert.equal(error.message, 'AADSTS50049: Unknown or invalid instance. Trace ID: 1')
      assert.match(error.hint, /login\.unknown\.example.+knownAuthorities/)
      return true
    })
  })

  test('is not asked about for a caller who has given up before', async t => {
    const { clouds, http } = discovery(t)
    const signal = AbortSignal.abort(new Error('enough'))
    await assert.rejects(clouds.cloudForRequest(UNKNOWN, 'id', signal), /enough/)
    assert.equal(http.requests.length, 0)
  })

  test('a caller who gives up is let go at once, and the others get their answer', async t => {
    const { clouds, http } = discovery(t)
    let answer = (_: HttpResponse): void => assert.fail('nothing was asked')
    http.expect(() => new Promise(resolve => (answer = resolve)))
    const abort = new AbortController()
    const impatient = clouds.cloudForRequest(UNKNOWN, 'id', abort.signal)
    const patient = clouds.cloudForRequest(UNKNOWN, 'id')
    abort.abort(new Error('enough'))
    await assert.rejects(impatient, /enough/)
    await assert.rejects(clouds.cloudForRequest(UNKNOWN, 'id', abort.signal), /enough/)
    answer(jsonAnswer(GOOD))
    assert.equal((await patient).preferredNetwork, 'login.network.example')
  })
})

describe('judging the answer', () => {
  const parse = (body: unknown, status = 200) =>
    parseInstanceDiscovery(jsonAnswer(body, status), 'login.unknown.example', 'request-id')

  test('finds the cloud that the host is an alias of, in lower case', () => {
    const cloud = parse(GOOD)
    assert.deepEqual([cloud.preferredNetwork, cloud.preferredCache], ['login.network.example', 'login.cache.example'])
    assert.equal(cloud.aliases.has('login.unknown.example'), true)
  })

  test('the name that tokens are filed under is one they are looked for under, listed or not', () => {
    const entry = { preferred_network: 'N.example', preferred_cache: 'C.example', aliases: ['login.unknown.example'] }
    const cloud = parse({ tenant_discovery_endpoint: ENDPOINT, metadata: [entry] })
    assert.deepEqual([...cloud.aliases].sort(), ['c.example', 'login.unknown.example', 'n.example'])
  })

  test('a host that is valid but in no entry is a cloud of its own', () => {
    const broken = [null, 5, {}, { preferred_network: 1, preferred_cache: 2, aliases: 3 }]
    const mixed = [{ preferred_network: 'n', preferred_cache: 'c', aliases: [null, 7, 'other.example'] }]
    const entry = { preferred_network: 'n.example', preferred_cache: 'c.example', aliases: ['login.unknown.example'] }
    const half = [
      { ...entry, preferred_network: 1 },
      { ...entry, preferred_cache: 2 },
      { ...entry, aliases: { 0: 'login.unknown.example', length: 1 } },
    ]
    for (const metadata of [undefined, null, 'x', {}, [], broken, mixed, half]) {
      const cloud = parse({ tenant_discovery_endpoint: ENDPOINT, metadata })
      assert.deepEqual([...cloud.aliases], ['login.unknown.example'], JSON.stringify(metadata))
    }
  })

  const NO_ANSWER: ReadonlyArray<[string, unknown, number]> = [
    ['no tenant_discovery_endpoint', { metadata: [] }, 200],
    ['one that is not a text', { tenant_discovery_endpoint: true }, 200],
    ['a status that is not 200', GOOD, 500],
    ['null', null, 200],
    ['a list', [GOOD], 200],
    ['an error that is not a text', { error: 5 }, 400],
  ]
  for (const [name, body, status] of NO_ANSWER) {
    test(`${name} is tenant_discovery_failed`, () => {
      assert.throws(() => parse(body, status), { code: 'tenant_discovery_failed', correlationId: 'request-id' })
    })
  }

  test('a page in its place is tenant_discovery_failed, and its text stays out of the message', () => {
    const page: HttpResponse = { status: 200, headers: {}, body: '<title>Hotel Wi-Fi</title>' }
    assert.throws(
      () => parseInstanceDiscovery(page, 'x.example', 'id'),
      (error: unknown) =>
        error instanceof ClientError &&
        error.code === 'tenant_discovery_failed' &&
        /HTTP 200, not JSON$/.test(error.message),
    )
  })
})
