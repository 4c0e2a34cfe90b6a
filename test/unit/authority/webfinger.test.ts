/** AD FS and B2C hosts that nobody vouches for: AD FS is asked about its farm, B2C cannot be asked, and neither gets a credential before. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { parseAuthority } from '#lib/authority/authority.js'
import { InstanceDiscovery } from '#lib/authority/instance-discovery.js'
import { ClientError } from '#lib/errors.js'
import { FakeHttp, jsonAnswer } from '../../fakes/fake-http.js'
import { MemoryLogger } from '../../fakes/memory-logger.js'

const REL = 'http://schemas.microsoft.com/rel/trusted-realm'
const AD_FS = parseAuthority('https://fs.contoso.com:8443/adfs')
const ORIGIN = 'https://fs.contoso.com:8443'

function discovery(t: TestContext, known: string[] = []) {
  const http = new FakeHttp(t)
  const clouds = new InstanceDiscovery({
    http,
    logger: new MemoryLogger(),
    knownAuthorities: new Set(known),
    enabled: true,
  })
  return { http, clouds }
}

describe('an AD FS host', () => {
  test('is asked about its farm once, and is a cloud of its own from then on', async t => {
    const { http, clouds } = discovery(t)
    http.expect(
      jsonAnswer({
        subject: ORIGIN,
        links: [
          { rel: 'other', href: '/' },
          { rel: REL, href: ORIGIN },
        ],
      }),
    )
    const [cloud, again] = await Promise.all([clouds.cloudForRequest(AD_FS, 'id'), clouds.cloudForRequest(AD_FS, 'id')])
    assert.equal(cloud.preferredNetwork, 'fs.contoso.com:8443')
    assert.equal(again, cloud)
    assert.equal(await clouds.cloudForRequest(AD_FS, 'id'), cloud)
    const { url, timeoutMs, signal } = http.requests[0] ?? assert.fail()
    assert.equal(`${url.origin}${url.pathname}`, `${ORIGIN}/.well-known/webfinger`)
    assert.deepEqual(Object.fromEntries(url.searchParams), { rel: REL, resource: ORIGIN })
    assert.deepEqual([timeoutMs, signal], [10_000, undefined])
  })

  const good = (href: unknown) => ({ links: [{ rel: REL, href }] })
  const REFUSED: Record<string, Parameters<typeof jsonAnswer>> = {
    'names another host': [good('https://fs.fabrikam.com:8443')],
    'names another port': [good('https://fs.contoso.com')],
    'names itself over http': [good('http://fs.contoso.com:8443')],
    'goes on after its own name': [good(`${ORIGIN}.evil.example`)],
    'names no address': [good(7)],
    'has only other relations': [{ links: [{ rel: 'self', href: ORIGIN }] }],
    'has no list of links': [{ links: { rel: REL, href: ORIGIN } }],
    'has something else in its list': [{ links: [null, 7, REL] }],
    'is no object': [[good(ORIGIN)]],
    'has a status other than 200': [good(ORIGIN), 203],
    'is a refusal': [good(ORIGIN), 404],
  }
  for (const [name, answer] of Object.entries(REFUSED)) {
    test(`whose answer ${name} is refused, and asked again the next time`, async t => {
      const { http, clouds } = discovery(t)
      http.expect(jsonAnswer(...answer), jsonAnswer(...answer))
      for (let time = 0; time < 2; time++) {
        await assert.rejects(clouds.cloudForRequest(AD_FS, 'id'), error => {
          assert.ok(error instanceof ClientError)
          assert.deepEqual([error.code, error.correlationId], ['invalid_authority', 'id'])
          assert.match(error.message, /fs\.contoso\.com:8443/)
          assert.match(error.hint, /knownAuthorities/)
          return true
        })
      }
    })
  }

  test('whose answer is a page is refused', async t => {
    const { http, clouds } = discovery(t)
    http.expect({ status: 200, body: '<html>Sign in to the network</html>' })
    await assert.rejects(clouds.cloudForRequest(AD_FS, 'id'), { code: 'invalid_authority' })
  })

  test('that cannot be asked is not trusted', async t => {
    const { http, clouds } = discovery(t)
    http.expect(new ClientError('network_error'))
    await assert.rejects(clouds.cloudForRequest(AD_FS, 'id'), { code: 'network_error' })
  })

  test('that the configuration names is not asked', async t => {
    const { clouds } = discovery(t, ['fs.contoso.com:8443'])
    assert.equal((await clouds.cloudForRequest(AD_FS, 'id')).preferredCache, 'fs.contoso.com:8443')
  })
})

describe('a host of B2C or External ID', () => {
  test('that Microsoft gives out needs no question', async t => {
    const { clouds } = discovery(t)
    for (const text of ['https://contoso.b2clogin.com/contoso.com/b2c_1_in', 'https://contoso.ciamlogin.com']) {
      const authority = parseAuthority(text)
      assert.equal((await clouds.cloudForRequest(authority, 'id')).preferredNetwork, authority.host)
    }
  })

  test('that is a domain of the company’s own is trusted only where the configuration names it', async t => {
    const authority = parseAuthority('https://login.contoso.com/tfp/contoso.com/b2c_1_in')
    await assert.rejects(discovery(t).clouds.cloudForRequest(authority, 'id'), error => {
      assert.ok(error instanceof ClientError)
      assert.equal(error.code, 'untrusted_authority')
      assert.match(error.hint, /knownAuthorities/)
      return true
    })
    const { clouds } = discovery(t, ['login.contoso.com'])
    assert.equal((await clouds.cloudForRequest(authority, 'id')).preferredNetwork, 'login.contoso.com')
  })

  test('that only looks like one of Microsoft’s is not', async t => {
    const lookalike = parseAuthority('https://contoso.b2clogin.com.evil.example/tfp/contoso.com/b2c_1_in')
    await assert.rejects(discovery(t).clouds.cloudForRequest(lookalike, 'id'), { code: 'untrusted_authority' })
  })
})
