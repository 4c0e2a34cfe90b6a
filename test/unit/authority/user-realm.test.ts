/** User realm discovery: what is asked, which answers are believed, and how long they are remembered. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { parseAuthority } from '#lib/authority/authority.js'
import { findKnownCloud, singleHostCloud } from '#lib/authority/known-clouds.js'
import {
  findUserRealm,
  forgetUserRealm,
  hasUserRealms,
  parseUserRealm,
  type UserRealmCache,
  userRealmUrl,
} from '#lib/authority/user-realm.js'
import { ClientError, ServiceError } from '#lib/errors.js'
import { AnswerCache } from '#lib/http/answer-cache.js'
import { FakeClock } from '../../fakes/fake-clock.js'
import { FakeHttp, jsonAnswer } from '../../fakes/fake-http.js'

const MANAGED = { ver: '1.0', account_type: 'Managed', domain_name: 'Contoso.com' }
const FEDERATED = { ver: '1.0', account_type: 'federated', domain_name: 'fabrikam.example' }
const HOUR = 3_600_000

const whose = (username: string, host = 'login.example', path = 'contoso.com') => ({
  authority: parseAuthority(`https://${host}/${path}`),
  networkHost: (findKnownCloud(host) ?? singleHostCloud(host)).preferredNetwork,
  username,
  correlationId: 'request-id',
  signal: undefined,
})

function discovery(t: TestContext) {
  const http = new FakeHttp(t)
  const clock = new FakeClock()
  const realms: UserRealmCache = new AnswerCache()
  const find = (who: ReturnType<typeof whose> & { desktopSso?: boolean }) =>
    findUserRealm({ http, clock, realms, ...who })
  const forget = (who: ReturnType<typeof whose>) => forgetUserRealm({ realms, ...who })
  return { http, clock, realms: { find, forget } }
}

describe('the question', () => {
  const TABLE: readonly [string, string][] = [
    ['joe@contoso.com', '/common/userrealm/joe%40contoso.com'],
    ['guest_x.example#EXT#@contoso.com', '/common/userrealm/guest_x.example%23EXT%23%40contoso.com'],
    ['a/../b?c@contoso.com', '/common/userrealm/a%2F..%2Fb%3Fc%40contoso.com'],
    ['юлия@contoso.com', '/common/userrealm/%D1%8E%D0%BB%D0%B8%D1%8F%40contoso.com'],
    ['%2e%2e', '/common/userrealm/%252e%252e'],
  ]
  for (const [username, path] of TABLE) {
    test(`has ${username} in its path, encoded whole`, () => {
      assert.equal(userRealmUrl(whose(username)).href, `https://login.example${path}?api-version=1.0`)
    })
  }

  test('goes to the host of the cloud that takes requests, and keeps a port', () => {
    assert.equal(userRealmUrl(whose('a@b.example', 'login.windows.net')).host, 'login.microsoftonline.com')
    assert.equal(userRealmUrl(whose('a@b.example', 'localhost:8443')).host, 'localhost:8443')
  })

  test('goes to the folder of dSTS there', () => {
    const { pathname } = userRealmUrl(whose('a@b.example', 'dsts.example', 'dstsv2/common'))
    assert.equal(pathname, '/dstsv2/common/userrealm/a%40b.example')
  })

  test('says so where seamless single sign-on will do', () => {
    const url = userRealmUrl({ ...whose('joe@contoso.com'), desktopSso: true })
    assert.equal(url.search, '?api-version=1.0&iwa=v2')
  })

  test('is not asked about a name that would be a step in the path', () => {
    for (const name of ['.', '..'])
      assert.throws(() => userRealmUrl(whose(name)), { code: 'user_realm_discovery_failed' })
  })

  test('is one for Entra and dSTS only', () => {
    const kinds = {
      'https://login.microsoftonline.com/contoso.com': true,
      'https://dsts.example/dstsv2/common': true,
      'https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_ropc': false,
      'https://fs.contoso.com/adfs': false,
      'https://contoso.ciamlogin.com': false,
    }
    for (const [url, expected] of Object.entries(kinds)) assert.equal(hasUserRealms(parseAuthority(url)), expected, url)
    assert.equal(hasUserRealms(parseAuthority('https://id.example', 'OIDC')), false)
  })

  test('is sent with our headers, may be sent again, and takes no long answer', async t => {
    const { http, realms } = discovery(t)
    http.expect(jsonAnswer(MANAGED))
    await realms.find(whose('joe@contoso.com'))
    const [sent] = http.requests
    assert.equal(sent?.method, 'GET')
    assert.equal(sent.headers?.['client-request-id'], 'request-id')
    assert.deepEqual([sent.retryOn5xx, sent.maxBytes, sent.body], [true, 65_536, undefined])
  })
})

describe('the answer', () => {
  const parse = (body: unknown, status = 200) => parseUserRealm(status, JSON.stringify(body), 'request-id')

  test('tells managed from federated, however it is spelt', () => {
    for (const account_type of ['Managed', 'managed', 'MANAGED']) {
      const { accountType, domainName } = parse({ account_type, domain_name: 'Contoso.com' })
      assert.deepEqual([accountType, domainName], ['managed', 'contoso.com'])
    }
    assert.equal(parse({ account_type: 'federated' }).accountType, 'federated')
    assert.equal(parse({ account_type: 'federated' }).domainName, undefined)
    assert.equal(parse({ account_type: 'Managed', domain_name: 5 }).domainName, undefined)
  })

  test('names the federation server, and for whom its tokens are meant', () => {
    const metadata = 'https://fs.example/mex?partner=urn:federation:MicrosoftOnline'
    const active = 'https://fs.example/trust/2005/usernamemixed'
    const realm = parse({
      ...FEDERATED,
      federation_metadata_url: metadata,
      federation_active_auth_url: active,
      cloud_audience_urn: 'urn:federation:Other',
    })
    assert.deepEqual([realm.metadataUrl, realm.activeUrl, realm.audience], [metadata, active, 'urn:federation:Other'])
    const bare = parse({ ...FEDERATED, federation_metadata_url: 7, cloud_audience_urn: '' })
    assert.deepEqual(
      [bare.metadataUrl, bare.activeUrl, bare.audience],
      [undefined, undefined, 'urn:federation:MicrosoftOnline'],
    )
  })

  test('has the HTTP error as its cause when it is of no use', () => {
    assert.throws(
      () => parse({ error: 'invalid_request' }, 400),
      (error: unknown) => {
        assert.ok(error instanceof ClientError)
        assert.ok(error.cause instanceof ServiceError)
        assert.equal(error.cause.status, 400)
        assert.match(error.cause.responseBody ?? '', /invalid_request/)
        return true
      },
    )
  })

  test('Unknown is an error of its own', () => {
    for (const account_type of ['Unknown', 'unknown']) {
      assert.throws(
        () => parse({ account_type }),
        (error: unknown) => {
          assert.ok(error instanceof ClientError)
          assert.deepEqual([error.code, error.correlationId], ['unknown_user_type', 'request-id'])
          assert.match(error.hint, /user name again/)
          return true
        },
      )
    }
  })

  const USELESS: Record<string, [unknown, number]> = {
    'without an account type': [{}, 200],
    'with an account type of another kind': [{ account_type: 'Guest' }, 200],
    'with an account type that is a property of all objects': [{ account_type: 'constructor' }, 200],
    'whose account type is a number': [{ account_type: 1 }, 200],
    'that is an error': [{ error: 'invalid_request' }, 400],
    'that says managed with an error status': [MANAGED, 404],
  }
  for (const [name, [body, status]] of Object.entries(USELESS)) {
    test(`one ${name} is of no use, and the user name may be why`, () => {
      assert.throws(() => parse(body, status), { code: 'user_realm_discovery_failed', hint: /telephone number/ })
    })
  }

  test('one that is not a JSON object is of no use, and a proxy may be why', () => {
    for (const body of ['<html>', '', '[]', 'null', '"Managed"']) {
      assert.throws(() => parseUserRealm(200, body, 'id'), {
        code: 'user_realm_discovery_failed',
        hint: /proxy/,
      })
    }
  })
})

describe('the memory', () => {
  test('holds an answer for an hour, for the user name in any case', async t => {
    const { http, clock, realms } = discovery(t)
    http.expect(jsonAnswer(MANAGED), jsonAnswer(FEDERATED))
    for (const name of ['joe@contoso.com', 'JOE@Contoso.com', 'joe@contoso.com']) {
      assert.equal((await realms.find(whose(name))).accountType, 'managed')
    }
    await clock.advance(HOUR - 1)
    assert.equal((await realms.find(whose('joe@contoso.com'))).accountType, 'managed')
    await clock.advance(1)
    assert.equal((await realms.find(whose('joe@contoso.com'))).accountType, 'federated')
    assert.equal(http.requests.length, 2)
  })

  test('tells users of one domain apart, and clouds', async t => {
    const { http, realms } = discovery(t)
    http.expect(jsonAnswer(MANAGED), jsonAnswer(FEDERATED), jsonAnswer(FEDERATED))
    assert.equal((await realms.find(whose('joe@contoso.com'))).accountType, 'managed')
    assert.equal((await realms.find(whose('ann@contoso.com'))).accountType, 'federated')
    const elsewhere = whose('joe@contoso.com', 'login.microsoftonline.us')
    assert.equal((await realms.find(elsewhere)).accountType, 'federated')
  })

  test('tells what was asked for seamless single sign-on from the rest', async t => {
    const { http, realms } = discovery(t)
    http.expect(jsonAnswer(MANAGED), jsonAnswer(FEDERATED))
    const joe = whose('joe@contoso.com')
    assert.equal((await realms.find(joe)).accountType, 'managed')
    assert.equal((await realms.find({ ...joe, desktopSso: true })).accountType, 'federated')
    assert.equal((await realms.find(joe)).accountType, 'managed')
  })

  test('shares an answer among the names of one cloud', async t => {
    const { http, realms } = discovery(t)
    http.expect(jsonAnswer(MANAGED))
    for (const host of ['login.windows.net', 'login.microsoftonline.com', 'sts.windows.net']) {
      await realms.find(whose('joe@contoso.com', host))
    }
  })

  test('does not hold Unknown, nor what was of no use', async t => {
    const { http, realms } = discovery(t)
    http.expect(jsonAnswer({ account_type: 'Unknown' }), jsonAnswer({}), jsonAnswer({}, 503), jsonAnswer({}, 429))
    http.expect(jsonAnswer(MANAGED))
    for (const code of [
      'unknown_user_type',
      'user_realm_discovery_failed',
      'service_not_available',
      'request_throttled',
    ]) {
      await assert.rejects(realms.find(whose('joe@contoso.com')), { code })
    }
    assert.equal((await realms.find(whose('joe@contoso.com'))).accountType, 'managed')
  })

  test('forgets one user when told to, whatever the case', async t => {
    const { http, realms } = discovery(t)
    http.expect(jsonAnswer(FEDERATED), jsonAnswer(FEDERATED), jsonAnswer(MANAGED))
    await realms.find(whose('ann@contoso.com'))
    await realms.find(whose('joe@contoso.com'))
    realms.forget(whose('JOE@contoso.com'))
    assert.equal((await realms.find(whose('joe@contoso.com'))).accountType, 'managed')
    assert.equal((await realms.find(whose('ann@contoso.com'))).accountType, 'federated')
  })

  test('holds the latest thousand', async t => {
    const { http, realms } = discovery(t)
    const names = Array.from({ length: 1_001 }, (_, index) => `user${index}@contoso.com`)
    http.expect(...names.map(() => jsonAnswer(MANAGED)))
    for (const name of names) await realms.find(whose(name))
    for (const name of names.slice(1)) await realms.find(whose(name))
    assert.equal(http.requests.length, 1_001)
    http.expect(jsonAnswer(MANAGED))
    await realms.find(whose('user0@contoso.com'))
    assert.equal(http.requests.length, 1_002)
  })
})
