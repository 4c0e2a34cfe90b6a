/** Which authority one request goes to, and the clouds that Microsoft runs. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Authority, parseAuthority } from '#lib/authority/authority.js'
import { findKnownCloud, singleHostCloud } from '#lib/authority/known-clouds.js'
import { chooseAuthority } from '#lib/authority/request-authority.js'
import { ClientError } from '#lib/errors.js'

const PUBLIC = 'https://login.microsoftonline.com'
const cloudOf = ({ host }: Authority) => findKnownCloud(host) ?? singleHostCloud(host)

interface Choice {
  readonly application: string
  readonly requested?: string
  readonly tenantId?: string
  readonly homeTenant?: string
}

function choose({ application, requested, tenantId, homeTenant }: Choice): string {
  const choice = { application: parseAuthority(application), requested, tenantId, homeTenant }
  const { host, tenant } = chooseAuthority(choice, cloudOf)
  return `${host}/${tenant}`
}

describe('choosing the authority of a request', () => {
  const TABLE: ReadonlyArray<[string, Choice, string]> = [
    ['the application decides', { application: `${PUBLIC}/contoso.com` }, 'login.microsoftonline.com/contoso.com'],
    [
      'the tenant of the request wins over that of the application',
      { application: `${PUBLIC}/contoso.com`, requested: `${PUBLIC}/fabrikam.com` },
      'login.microsoftonline.com/fabrikam.com',
    ],
    [
      'common in the request says nothing',
      { application: `${PUBLIC}/contoso.com`, requested: `${PUBLIC}/common` },
      'login.microsoftonline.com/contoso.com',
    ],
    [
      'organizations in the request says nothing',
      { application: `${PUBLIC}/common`, requested: `${PUBLIC}/organizations` },
      'login.microsoftonline.com/common',
    ],
    [
      'consumers in the request is a tenant',
      { application: `${PUBLIC}/common`, requested: `${PUBLIC}/consumers` },
      'login.microsoftonline.com/consumers',
    ],
    [
      'an alias of the host is the same cloud, and the host of the application stays',
      { application: `${PUBLIC}/common`, requested: 'https://login.windows.net/contoso.com' },
      'login.microsoftonline.com/contoso.com',
    ],
    [
      'tenantId replaces the tenant',
      { application: `${PUBLIC}/contoso.com`, tenantId: 'Fabrikam.com' },
      'login.microsoftonline.com/fabrikam.com',
    ],
    [
      'the home tenant of the account fills in common',
      { application: `${PUBLIC}/common`, homeTenant: 'HOME' },
      'login.microsoftonline.com/home',
    ],
    [
      'the home tenant of the account fills in organizations, whatever open authority was asked for',
      { application: `${PUBLIC}/organizations`, requested: `${PUBLIC}/common`, homeTenant: 'home' },
      'login.microsoftonline.com/home',
    ],
    [
      'the home tenant does not replace a tenant that was named',
      { application: `${PUBLIC}/contoso.com`, homeTenant: 'home' },
      'login.microsoftonline.com/contoso.com',
    ],
    [
      'nor one that the request names',
      { application: `${PUBLIC}/common`, requested: `${PUBLIC}/fabrikam.com`, homeTenant: 'home' },
      'login.microsoftonline.com/fabrikam.com',
    ],
    [
      'an empty home tenant is none',
      { application: `${PUBLIC}/common`, homeTenant: '' },
      'login.microsoftonline.com/common',
    ],
  ]
  for (const [name, choice, expected] of TABLE) test(name, () => assert.equal(choose(choice), expected))

  test('a host of another cloud is refused, and both hosts are named', () => {
    for (const requested of ['https://login.microsoftonline.us/common', 'https://sts.example/contoso.com']) {
      assert.throws(
        () => choose({ application: `${PUBLIC}/common`, requested }),
        (error: unknown) =>
          error instanceof ClientError &&
          error.code === 'authority_host_mismatch' &&
          error.message.includes(new URL(requested).host) &&
          error.message.includes('login.microsoftonline.com'),
      )
    }
  })

  test('an authority that is none is refused', () => {
    assert.throws(() => choose({ application: `${PUBLIC}/common`, requested: 'http://x/y' }), {
      code: 'invalid_authority',
    })
  })
})

describe('the known clouds', () => {
  const TABLE: ReadonlyArray<[string, string, string, string[]]> = [
    [
      'public',
      'login.microsoftonline.com',
      'login.windows.net',
      ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
    ],
    [
      'China',
      'login.partner.microsoftonline.cn',
      'login.partner.microsoftonline.cn',
      ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    ],
    [
      'US government',
      'login.microsoftonline.us',
      'login.microsoftonline.us',
      ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
    ],
    ['Germany', 'login.microsoftonline.de', 'login.microsoftonline.de', ['login.microsoftonline.de']],
    ['US', 'login-us.microsoftonline.com', 'login-us.microsoftonline.com', ['login-us.microsoftonline.com']],
  ]
  for (const [name, network, cache, hosts] of TABLE) {
    test(`${name} goes by ${hosts.length} name(s)`, () => {
      for (const host of hosts) {
        const cloud = findKnownCloud(host)
        assert.deepEqual([cloud?.preferredNetwork, cloud?.preferredCache], [network, cache])
        assert.deepEqual([...(cloud?.aliases ?? [])].sort(), [...hosts].sort())
      }
    })
  }

  test('a host that only looks like one of them is unknown', () => {
    for (const host of [
      'login.microsoftonline.com.evil.example',
      'evil-login.microsoftonline.com',
      'login.microsoftonline.com:8443',
      'login.microsoftonline.com.',
      'microsoftonline.com',
      '',
    ]) {
      assert.equal(findKnownCloud(host), undefined, host)
    }
  })

  test('a cloud of one host is matched with and without its port', () => {
    const cloud = singleHostCloud('localhost:8443')
    assert.deepEqual([cloud.preferredNetwork, cloud.preferredCache], ['localhost:8443', 'localhost:8443'])
    assert.deepEqual([...cloud.aliases], ['localhost:8443', 'localhost'])
    assert.deepEqual([...singleHostCloud('sts.example').aliases], ['sts.example'])
    assert.deepEqual([...singleHostCloud('[::1]:8443').aliases], ['[::1]:8443', '[::1]'])
    assert.deepEqual([...singleHostCloud('[::1]').aliases], ['[::1]'])
  })
})
