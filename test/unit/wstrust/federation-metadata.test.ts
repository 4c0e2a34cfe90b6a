/** Which address a sign-in is sent to: from metadata, from the realm where there is none, and from nobody else. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { AnswerCache } from '#lib/http/answer-cache.js'
import {
  type FederationServers,
  findWsTrustEndpoint,
  forgetFederationServer,
} from '#lib/wstrust/federation-metadata.js'
import { Steps } from '#lib/wstrust/steps.js'
import { FakeClock } from '../../fakes/fake-clock.js'
import { FakeHttp } from '../../fakes/fake-http.js'
import { MemoryLogger } from '../../fakes/memory-logger.js'
import { mexDocument } from './documents.js'

const MEX = 'https://fs.example/mex?partner=x'
const ACTIVE = 'https://fs.example/adfs/services/trust/2005/usernamemixed'

interface Known {
  metadataUrl?: string
  activeUrl?: string
  document?: string
}

function subject(t: TestContext) {
  const http = new FakeHttp(t)
  const clock = new FakeClock()
  const servers: FederationServers = new AnswerCache()
  const logger = new MemoryLogger()
  const find = async ({ metadataUrl, activeUrl, document }: Known, proof: 'windows' | 'password' = 'password') => {
    const steps = new Steps(logger)
    const rest = { correlationId: 'request-id', signal: undefined }
    const query = { http, clock, servers, steps, metadataUrl, activeUrl, document, ...rest }
    const { url, version } = await findWsTrustEndpoint(query, proof)
    return `${version} ${url.href}`
  }
  return { http, clock, servers, find }
}

describe('metadata', () => {
  test('is fetched with its query, may be fetched again after a 5xx, and is kept for an hour', async t => {
    const { http, clock, find } = subject(t)
    http.expect({ body: mexDocument() }, { body: mexDocument() })
    const first = await find({ metadataUrl: MEX })
    assert.equal(await find({ metadataUrl: MEX }), first)
    await clock.advance(3_600_000 - 1)
    await find({ metadataUrl: MEX }, 'windows')
    assert.equal(http.requests.length, 1)
    assert.deepEqual([http.requests[0]?.url.href, http.requests[0]?.retryOn5xx], [MEX, true])
    await clock.advance(1)
    await find({ metadataUrl: MEX })
    assert.equal(http.requests.length, 2)
  })

  test('is forgotten when told to, and failures are never kept', async t => {
    const { http, servers, find } = subject(t)
    http.expect({ status: 404 }, { body: '<r/>' }, { body: mexDocument() }, { body: mexDocument() })
    await assert.rejects(find({ metadataUrl: MEX }), { code: 'accessing_ws_metadata_exchange_failed' })
    await assert.rejects(find({ metadataUrl: MEX }), { code: 'parsing_ws_metadata_exchange_failed' })
    await find({ metadataUrl: MEX })
    forgetFederationServer({ servers, metadataUrl: MEX })
    await find({ metadataUrl: MEX })
    assert.equal(http.requests.length, 4)
  })

  test('without the address that is needed is asked for anew the next time', async t => {
    const { http, find } = subject(t)
    http.expect({ body: mexDocument().replaceAll('https://', 'http://') }, { body: mexDocument() })
    await assert.rejects(find({ metadataUrl: MEX }), { code: 'wstrust_endpoint_not_found' })
    assert.match(await find({ metadataUrl: MEX }), /usernamemixed$/)
  })

  test('is not asked for over http, with a password in its address, or where there is no address', async t => {
    const { find } = subject(t)
    for (const metadataUrl of ['http://fs.example/mex', 'https://u:p@fs.example/mex', 'mex', 'file:///mex', '']) {
      await assert.rejects(find({ metadataUrl, activeUrl: ACTIVE }), {
        name: 'ServiceError',
        code: 'accessing_ws_metadata_exchange_failed',
      })
    }
  })

  test('that leads elsewhere is not followed, and a server that is down is said to be', async t => {
    const { http, find } = subject(t)
    http.expect({ status: 302, headers: { location: 'https://evil.example/' } }, { status: 503 }, { status: 429 })
    await assert.rejects(find({ metadataUrl: MEX }), { message: /redirect/ })
    await assert.rejects(find({ metadataUrl: MEX }), { code: 'service_not_available' })
    await assert.rejects(find({ metadataUrl: MEX }), { code: 'request_throttled' })
  })

  test('of the caller’s is used without a request, whatever the realm says', async t => {
    const { find } = subject(t)
    const document = mexDocument()
    assert.match(await find({ document, metadataUrl: 'http://x.example/' }), /^1\.3 .*13\/usernamemixed$/)
    await assert.rejects(find({ document: '<r/>' }), {
      code: 'parsing_ws_metadata_exchange_failed',
      message: /federationMetadata/,
    })
  })
})

describe('without metadata', () => {
  const TABLE: [string, 'windows' | 'password', string][] = [
    [ACTIVE, 'password', `2005 ${ACTIVE}`],
    [
      'https://fs.example/adfs/services/trust/13/UserNameMixed',
      'password',
      '1.3 https://fs.example/adfs/services/trust/13/UserNameMixed',
    ],
    ['https://ping.example/idp/sts.wst?a=b', 'password', '2005 https://ping.example/idp/sts.wst?a=b'],
    [
      'https://sso.example/x/winauth/trust/2005/windowstransport?id=1',
      'windows',
      '2005 https://sso.example/x/winauth/trust/2005/windowstransport?id=1',
    ],
  ]
  for (const [activeUrl, proof, expected] of TABLE) {
    test(`${activeUrl} does for ${proof}`, async t => {
      assert.equal(await subject(t).find({ activeUrl }, proof), expected)
    })
  }

  test('a password goes to no address for Windows users, nor the other way about', async t => {
    const { find } = subject(t)
    const windows = 'https://sso.example/trust/2005/windowstransport'
    for (const [activeUrl, proof] of [
      [windows, 'password'],
      [ACTIVE, 'windows'],
      ['nonsense', 'password'],
    ] as const) {
      await assert.rejects(find({ activeUrl }, proof), { code: 'missing_federation_metadata_url' })
    }
    await assert.rejects(find({}), { name: 'ClientError', code: 'missing_federation_metadata_url' })
  })

  test('nor to an address that is not https', async t => {
    await assert.rejects(subject(t).find({ activeUrl: ACTIVE.replace('https', 'http') }), {
      code: 'wstrust_endpoint_not_found',
      message: /not https/,
    })
  })

  test('nor to one with somebody’s password in it, and what is behind a # is left out', async t => {
    const { find } = subject(t)
    await assert.rejects(find({ activeUrl: ACTIVE.replace('//', '//u:p4ssword@') }), (error: Error) => {
      assert.match(error.message, /user name or password in it/)
      assert.doesNotMatch(error.message, /p4ssword/)
      return true
    })
    assert.equal(await find({ activeUrl: `${ACTIVE}#part` }), `2005 ${ACTIVE}`)
  })
})
