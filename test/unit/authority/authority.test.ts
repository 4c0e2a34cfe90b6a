/** Authority URLs: which are taken, which are refused and why, and the endpoints that follow from them. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CONSUMERS_TENANT, isMultiTenant, parseAuthority, realmsOf, withTenant } from '#lib/authority/authority.js'
import { computeEndpoints } from '#lib/authority/endpoints.js'
import { ClientError } from '#lib/errors.js'

const TENANT = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'

describe('parsing an authority', () => {
  const GOOD: ReadonlyArray<[string, string, string]> = [
    ['https://login.microsoftonline.com/common', 'login.microsoftonline.com', 'common'],
    ['https://login.microsoftonline.com/common/', 'login.microsoftonline.com', 'common'],
    ['https://login.microsoftonline.com//common//', 'login.microsoftonline.com', 'common'],
    ['  https://login.microsoftonline.com/common\n', 'login.microsoftonline.com', 'common'],
    [
      'HTTPS://Login.MicrosoftOnline.COM/Contoso.OnMicrosoft.com',
      'login.microsoftonline.com',
      'contoso.onmicrosoft.com',
    ],
    [`https://login.microsoftonline.us/${TENANT.toUpperCase()}`, 'login.microsoftonline.us', TENANT],
    [`https://login.microsoftonline.com/${TENANT}/v2.0`, 'login.microsoftonline.com', TENANT],
    [`https://login.microsoftonline.com/${TENANT}/V2.0/`, 'login.microsoftonline.com', TENANT],
    ['https://localhost:8443/contoso', 'localhost:8443', 'contoso'],
    ['https://sts.example:443/contoso', 'sts.example', 'contoso'],
    ['https://127.0.0.1:1/contoso', '127.0.0.1:1', 'contoso'],
    ['https://[::1]:8443/contoso', '[::1]:8443', 'contoso'],
    ['https://bücher.example/contoso', 'xn--bcher-kva.example', 'contoso'],
    ['https://sts.example/adfs.example', 'sts.example', 'adfs.example'],
    ['https://sts.example/con_toso-1', 'sts.example', 'con_toso-1'],
  ]
  for (const [text, host, tenant] of GOOD) {
    test(`takes ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseAuthority(text), { kind: 'aad', host, tenant, path: '/{tenant}' })
    })
  }

  const BAD: ReadonlyArray<[unknown, RegExp]> = [
    ['http://login.microsoftonline.com/common', /must be an https URL/],
    ['ftp://login.microsoftonline.com/common', /must be an https URL/],
    ['javascript:alert(1)', /must be an https URL/],
    ['login.microsoftonline.com/common', /is not a URL/],
    ['', /is not a URL/],
    ['https://', /is not a URL/],
    ['https://exa mple/common', /is not a URL/],
    ['https://sts.example:99999/common', /is not a URL/],
    [undefined, /must be a string/],
    [null, /must be a string/],
    [new URL('https://sts.example/common'), /must be a string/],
    ['https://login.microsoftonline.com', /no tenant in its path/],
    ['https://login.microsoftonline.com/', /no tenant in its path/],
    ['https://login.microsoftonline.com/..', /no tenant in its path/],
    ['https://user@login.microsoftonline.com/common', /user name or password/],
    ['https://:secret@login.microsoftonline.com/common', /user name or password/],
    ['https://login.microsoftonline.com/common?p=1', /neither a query nor a fragment/],
    ['https://login.microsoftonline.com/common#x', /neither a query nor a fragment/],
    ['https://sts.example/common/oauth2/v2.0/authorize', /more in its path/],
    ['https://sts.example/common/v1.0', /more in its path/],
    ['https://sts.example/common/v2.0/x', /more in its path/],
    ['https://sts.example/con%2ftoso', /not a tenant/],
    ['https://sts.example/con toso', /not a tenant/],
    ['https://sts.example/-contoso', /not a tenant/],
    [`https://sts.example/${'x'.repeat(256)}`, /not a tenant/],
  ]
  for (const [text, why] of BAD) {
    test(`refuses ${JSON.stringify(text)?.slice(0, 70)}: ${why.source}`, () => {
      assert.throws(
        () => parseAuthority(text as string),
        (error: unknown) =>
          error instanceof ClientError && error.code === 'invalid_authority' && why.test(error.message),
      )
    })
  }

  test('keeps a password that was in the URL out of the error', () => {
    assert.throws(
      () => parseAuthority('https://user:hunter2@login.microsoftonline.com/common'),
      (error: Error) => !/hunter2/.test(`${error.message}${error.stack}`),
    )
  })

  test('throws nothing but invalid_authority, whatever the text', () => {
    const urlLike = fc
      .tuple(
        fc.constantFrom('https://', 'HTTPS:', 'http://', 'https:\\\\', ''),
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.constantFrom('/', '//', '/../', '?', '#', '%2f', ':'),
        fc.string({ unit: 'binary', maxLength: 20 }),
      )
      .map(parts => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), urlLike), text => {
        try {
          const authority = parseAuthority(text)
          // What was taken cannot lead anywhere else.
          const { token } = computeEndpoints(authority, authority.host)
          assert.ok(token.href.startsWith(`https://${authority.host}/`), token.href)
        } catch (error) {
          assert.ok(error instanceof ClientError, String(error))
          assert.equal(error.code, 'invalid_authority')
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('what follows from an authority', () => {
  const authority = parseAuthority('https://login.windows.net/contoso.com')

  test('its endpoints are on the host that requests go to', () => {
    const { authorize, token } = computeEndpoints(authority, 'login.microsoftonline.com')
    assert.equal(authorize.href, 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize')
    assert.equal(token.href, 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token')
  })

  test('what would lead out of its segment of the path is no tenant', () => {
    for (const tenant of ['a/../../b?c#d', '..', '', 'a b', '%2e%2e', '\ud800']) {
      const refused = { name: 'ClientError', code: 'invalid_authority' }
      assert.throws(() => computeEndpoints(withTenant(authority, tenant), 'sts.example'), refused, tenant)
    }
  })

  test('another tenant makes a new authority, in lower case', () => {
    assert.deepEqual(withTenant(authority, 'FABRIKAM.com'), { ...authority, tenant: 'fabrikam.com' })
    assert.equal(authority.tenant, 'contoso.com')
  })

  test('common and organizations leave the tenant open, consumers does not', () => {
    const open = ['common', 'organizations', 'consumers', TENANT, 'contoso.com'].filter(tenant =>
      isMultiTenant(withTenant(authority, tenant)),
    )
    assert.deepEqual(open, ['common', 'organizations'])
  })

  test('tokens of consumers are filed under the word or its GUID', () => {
    for (const tenant of ['consumers', CONSUMERS_TENANT]) {
      assert.deepEqual(realmsOf(withTenant(authority, tenant)), ['consumers', CONSUMERS_TENANT])
    }
    assert.deepEqual(realmsOf(authority), ['contoso.com'])
  })
})
