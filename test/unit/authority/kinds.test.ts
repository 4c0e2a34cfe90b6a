/** The kinds of authority: how each is written, its endpoints, and what a request may change about it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Authority, authorityUrl, hasTenants, parseAuthority, realmsOf } from '#lib/authority/authority.js'
import { computeEndpoints } from '#lib/authority/endpoints.js'
import { singleHostCloud } from '#lib/authority/known-clouds.js'
import { chooseAuthority } from '#lib/authority/request-authority.js'

const GUID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
const B2C = 'https://contoso.b2clogin.com'

/** As written → kind, tenant, URL. */
const KINDS: [string, Authority['kind'], string, string][] = [
  [
    'https://login.microsoftonline.com/Contoso.com',
    'aad',
    'contoso.com',
    'https://login.microsoftonline.com/contoso.com',
  ],
  [
    `${B2C}/tfp/Contoso.onmicrosoft.com/B2C_1_SignIn/`,
    'b2c',
    'contoso.onmicrosoft.com',
    `${B2C}/tfp/contoso.onmicrosoft.com/b2c_1_signin`,
  ],
  [
    `${B2C}/contoso.onmicrosoft.com/b2c_1_signin`,
    'b2c',
    'contoso.onmicrosoft.com',
    `${B2C}/contoso.onmicrosoft.com/b2c_1_signin`,
  ],
  [`${B2C}/${GUID}/my_flow/v2.0/`, 'b2c', GUID, `${B2C}/${GUID}/my_flow`],
  [
    'https://login.microsoftonline.com/tfp/c.onmicrosoft.com/b2c_1a_x',
    'b2c',
    'c.onmicrosoft.com',
    'https://login.microsoftonline.com/tfp/c.onmicrosoft.com/b2c_1a_x',
  ],
  [
    'https://id.contoso.com/c.onmicrosoft.com/b2c_1_x',
    'b2c',
    'c.onmicrosoft.com',
    'https://id.contoso.com/c.onmicrosoft.com/b2c_1_x',
  ],
  ['https://fs.contoso.com/ADFS/', 'adfs', '', 'https://fs.contoso.com/adfs'],
  ['https://fs.contoso.com:8443/adfs', 'adfs', '', 'https://fs.contoso.com:8443/adfs'],
  [
    'https://contoso.ciamlogin.com',
    'ciam',
    'contoso.onmicrosoft.com',
    'https://contoso.ciamlogin.com/contoso.onmicrosoft.com',
  ],
  [`https://contoso.ciamlogin.com/${GUID}/v2.0`, 'ciam', GUID, `https://contoso.ciamlogin.com/${GUID}`],
  ['https://dsts.contoso.com/dstsv2/contoso', 'dsts', 'contoso', 'https://dsts.contoso.com/dstsv2/contoso'],
]

describe('an authority', () => {
  for (const [text, kind, tenant, url] of KINDS) {
    test(`${text} is ${kind}`, () => {
      const authority = parseAuthority(text)
      assert.deepEqual([authority.kind, authority.tenant, authorityUrl(authority)], [kind, tenant, url])
      const version = kind === 'adfs' ? '' : 'v2.0/'
      const { authorize, token, deviceCode } = computeEndpoints(authority, authority.host)
      assert.deepEqual(
        [authorize.href, token.href, deviceCode?.href],
        ['authorize', 'token', 'devicecode'].map(end => `${url}/oauth2/${version}${end}`),
      )
    })
  }

  for (const text of [
    `${B2C}/tfp/contoso.onmicrosoft.com`,
    `${B2C}/tfp`,
    `${B2C}/contoso.onmicrosoft.com/b2c_1_x/more`,
    `${B2C}/tfp/contoso.onmicrosoft.com/-x`,
    `${B2C}/tfp/contoso.onmicrosoft.com/a%2fb`,
    'https://fs.contoso.com/adfs/oauth2',
    'https://dsts.contoso.com/dstsv2',
    'https://contoso.ciamlogin.com/a/b',
  ]) {
    test(`${text} is none`, () => assert.throws(() => parseAuthority(text), { code: 'invalid_authority' }))
  }

  test('with the protocol mode OIDC is any https URL, in the case it was written in', () => {
    for (const [text, url] of [
      ['https://idp.example', 'https://idp.example'],
      ['https://IDP.example/', 'https://idp.example'],
      ['https://idp.example/Realms/One/', 'https://idp.example/Realms/One'],
      ['https://login.microsoftonline.com/common/v2.0', 'https://login.microsoftonline.com/common/v2.0'],
    ] as const) {
      const authority = parseAuthority(text, 'OIDC')
      assert.deepEqual([authority.kind, authorityUrl(authority)], ['oidc', url])
    }
    assert.throws(() => parseAuthority('http://idp.example', 'OIDC'), { code: 'invalid_authority' })
  })

  test('without tenants files its tokens under none', () => {
    const adfs = parseAuthority('https://fs.contoso.com/adfs')
    const oidc = parseAuthority('https://idp.example', 'OIDC')
    assert.deepEqual([adfs, oidc].map(hasTenants), [false, false])
    assert.deepEqual([adfs, oidc].map(realmsOf), [['', 'adfs'], ['']])
  })
})

describe('an authority of one request', () => {
  const choose = (application: string, requested?: string, rest: { tenantId?: string; userFlow?: string } = {}) => {
    const choice = { requested, tenantId: rest.tenantId, userFlow: rest.userFlow, homeTenant: undefined }
    const chosen = chooseAuthority({ application: parseAuthority(application), ...choice }, ({ host }) =>
      singleHostCloud(host),
    )
    return authorityUrl(chosen)
  }
  const one = `${B2C}/tfp/contoso.onmicrosoft.com/b2c_1_signin`

  test('names another user flow of B2C', () => {
    assert.equal(choose(one, one.replace('signin', 'reset')), one.replace('signin', 'reset'))
  })

  test('is that of the user flow which the account signed in with, unless it names one itself', () => {
    assert.equal(choose(one, undefined, { userFlow: 'B2C_1_Ropc' }), one.replace('signin', 'ropc'))
    assert.equal(choose(one, one, { userFlow: 'b2c_1_ropc' }), one)
    const entra = 'https://login.microsoftonline.com/contoso.com'
    assert.equal(choose(entra, undefined, { userFlow: 'b2c_1_ropc' }), entra)
  })

  test('is of the same kind and host', () => {
    const fs = 'https://fs.contoso.com/adfs'
    assert.throws(() => choose(one, fs), { code: 'authority_type_mismatch' })
    assert.throws(() => choose(fs, 'https://login.microsoftonline.com/contoso.com'), {
      code: 'authority_type_mismatch',
    })
    assert.throws(() => choose(one, one.replace('contoso.b2c', 'fabrikam.b2c')), {
      code: 'B2C_authority_host_mismatch',
    })
    assert.throws(() => choose(fs, 'https://fs.fabrikam.com/adfs'), { code: 'authority_host_mismatch' })
    assert.equal(choose(fs, fs), fs)
  })

  test('has another tenant, where the kind has tenants', () => {
    assert.equal(choose(one, undefined, { tenantId: GUID }), `${B2C}/tfp/${GUID}/b2c_1_signin`)
    assert.equal(
      choose('https://contoso.ciamlogin.com', undefined, { tenantId: GUID }),
      `https://contoso.ciamlogin.com/${GUID}`,
    )
    assert.throws(() => choose('https://fs.contoso.com/adfs', undefined, { tenantId: GUID }), {
      code: 'tenant_override_non_aad',
    })
  })
})
